/// What is asked of the store for an agent alone, and what it answers. Part of the `Store` port.
public import ChatModel

/// A canned reply an agent keeps for himself.
public struct OwnReply: Hashable, Sendable {
    public var shortcut: String
    /// Title and text as JSON members without braces: kept and told as they are.
    public var body: [UInt8]

    public init(shortcut: String, body: [UInt8]) {
        self.shortcut = shortcut
        self.body = body
    }
}

public struct SetCanned: Hashable, Sendable {
    public var agent: PersonID
    public var shortcut: String
    /// As in `OwnReply`; nil takes the reply away.
    public var body: [UInt8]?
    /// Replies an agent may have, and bytes of their bodies together.
    public var countBound: Int
    public var byteBound: Int

    public init(
        agent: PersonID, shortcut: String, body: [UInt8]?,
        countBound: Int = CannedReply.agentBound, byteBound: Int = CannedReply.totalBytes
    ) {
        self.agent = agent
        self.shortcut = shortcut
        self.body = body
        self.countBound = countBound
        self.byteBound = byteBound
    }
}
