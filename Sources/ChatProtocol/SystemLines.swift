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
