/// Frames about canned replies: the site's, and what an agent keeps for himself.
public import ChatModel

public struct CannedSet: Hashable, Sendable {
    /// 1...64 bytes.
    public var shortcut: String
    /// 1...4,096 bytes; nil takes the reply away.
    public var text: String?
    /// At most 200 bytes.
    public var title: String

    public init(shortcut: String, text: String?, title: String = "") {
        self.shortcut = shortcut
        self.text = text
        self.title = title
    }
}

/// A canned reply as one agent finds it.
public struct CannedEntry: Hashable, Sendable {
    public enum Scope: Hashable, Sendable {
        case site
        case group(GroupID)
        /// His own.
        case agent
    }

    public var shortcut: String
    public var scope: Scope
    /// Title and text as `ServerFrame.cannedBody` wrote them.
    public var body: [UInt8]

    public init(shortcut: String, scope: Scope, body: [UInt8]) {
        self.shortcut = shortcut
        self.scope = scope
        self.body = body
    }
}

extension FrameDecoder {
    func cannedSet(_ fields: borrowing FrameFields) throws(FrameError) -> CannedSet {
        CannedSet(
            shortcut: try fields.name(.shortcut, 1...64),
            text: fields.has(.text)
                ? try fields.messageText(.text, CannedReply.textBytes) : nil,
            title: try fields.optionalName(.title, 0...CannedReply.titleBytes) ?? "")
    }
}

extension ServerFrame {
    /// The members of a canned reply that stores keep as they are.
    public static func cannedBody(title: String, text: String) -> [UInt8] {
        var json = JSONWriter(capacity: 32 + title.utf8.count + text.utf8.count)
        json.raw("\"title\":")
        json.text(title)
        json.member("text", text)
        return json.bytes
    }

    /// To `canned.list`.
    public static func cannedOK(id: Int64, _ replies: [CannedEntry]) -> [UInt8] {
        var json = JSONWriter(capacity: 64 + replies.reduce(0) { $0 + $1.body.count + 96 })
        json.raw("{\"type\":\"ok\",\"id\":")
        json.integer(id)
        json.list("replies", replies) { reply, json in
            json.raw("{")
            json.member("shortcut", reply.shortcut)
            json.raw(",")
            json.raw(reply.body)
            switch reply.scope {
            case .site: json.member("scope", word: "site")
            case .group(let group):
                json.member("scope", word: "group")
                json.member("group", group.text)
            case .agent: json.member("scope", word: "agent")
            }
            json.raw("}")
        }
        json.raw("}")
        return json.bytes
    }
}
