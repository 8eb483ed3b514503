/// The hub's own lines in a session, as stores keep them and clients read them.
public import ChatModel

extension ServerFrame {
    /// As `MessageRecord.body`. `agent`: as `agentLabel` made it. `lib_line.lua` writes the same.
    public static func systemBody(_ event: SystemEvent, agent: [UInt8]? = nil) -> [UInt8] {
        var json = JSONWriter(capacity: 128)
        json.raw("\"from\":{\"role\":\"hub\",\"id\":\"hub\"},\"kind\":\"system\",\"event\":\"")
        json.raw(event.rawValue.utf8)
        json.raw("\"")
        if let agent { json.member("agent", json: agent) }
        return json.bytes
    }

    /// An agent as lines name him: one JSON object.
    public static func agentLabel(_ id: PersonID, name: String) -> [UInt8] {
        var json = JSONWriter(capacity: 64)
        json.raw("{")
        json.member("id", id.text)
        json.member("name", name)
        json.raw("}")
        return json.bytes
    }
}

// MARK: - What is left of a deleted message

extension ServerFrame {
    /// As `MessageRecord.body`: who said it, and that it is no more. Of a mark the mark itself.
    /// `lib_mark.lua` writes the same.
    public static func deletedBody(of body: [UInt8]) -> [UInt8] {
        let kind = body.firstRange(of: Array("},\"kind\":\"".utf8))
        let from = kind.map { Array(body[...$0.lowerBound]) + [UInt8(ascii: ",")] } ?? []
        return from + deletedKind
    }

    /// No other body ends so: what people write is escaped.
    public static func isDeleted(_ body: [UInt8]) -> Bool {
        body.suffix(deletedKind.count).elementsEqual(deletedKind)
    }

    private static let deletedKind = Array("\"kind\":\"deleted\"".utf8)

    /// The file that the message names, if it names one.
    public static func file(in body: [UInt8]) -> FileID? {
        let head = Array("\"file\":{\"id\":\"".utf8)
        guard let range = body.firstRange(of: head) else { return nil }
        let text = body[range.upperBound...].prefix { $0 != UInt8(ascii: "\"") }
        return FileID(String(decoding: text, as: UTF8.self))
    }

    /// To everybody in the session.
    public static func messageDeleted(session: SessionID, seq: Int) -> [UInt8] {
        var json = JSONWriter(capacity: 96)
        json.raw("{\"type\":\"message.deleted\"")
        json.member("session", session)
        json.member("seq", seq)
        json.raw("}")
        return json.bytes
    }
}
