/// Frames by which several people work on one session.
public import ChatModel

/// What an agent or supervisor leaves in a session for his colleagues.
public struct SessionNote: Hashable, Sendable {
    public var session: SessionID
    /// 1...64 bytes; the same key gives the first result.
    public var key: String
    /// 1 byte...the site's `message_bytes` of UTF-8.
    public var text: String

    public init(session: SessionID, key: String, text: String) {
        self.session = session
        self.key = key
        self.text = text
    }
}

/// A conversation is to go to a colleague or to a group.
public struct SessionTransfer: Hashable, Sendable {
    public enum Target: Hashable, Sendable {
        case agent(PersonID)
        case group(GroupID)
    }

    public var session: SessionID
    /// 1...64 bytes; the same key with the same target and words is done once.
    public var key: String
    public var to: Target
    /// The giver's words, at most the site's `message_bytes`.
    public var note: String?
    /// The giver stays in it; means nothing to a group.
    public var isWarm: Bool

    public init(
        session: SessionID, key: String, to: Target, note: String? = nil, isWarm: Bool = false
    ) {
        self.session = session
        self.key = key
        self.to = to
        self.note = note
        self.isWarm = isWarm
    }
}

/// A colleague is to come into a conversation.
public struct SessionInvite: Hashable, Sendable {
    public var session: SessionID
    /// 1...64 bytes; the same key with the same agent and words is done once.
    public var key: String
    public var agent: PersonID
    /// Words for him, at most the site's `message_bytes`.
    public var note: String?

    public init(session: SessionID, key: String, agent: PersonID, note: String? = nil) {
        self.session = session
        self.key = key
        self.agent = agent
        self.note = note
    }
}

/// A colleague is invited into a conversation no longer.
public struct SessionInviteCancel: Hashable, Sendable {
    public var session: SessionID
    public var agent: PersonID

    public init(session: SessionID, agent: PersonID) {
        self.session = session
        self.agent = agent
    }
}
