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

/// A status of an agent.
public struct SetStatus: Hashable, Sendable {
    public var agent: PersonID
    public var status: AgentStatus
    /// At most 64 bytes; empty: none.
    public var reason: String
    /// With `online`: so many sessions more than he holds at first, and one more each `rampEvery`,
    /// up to his capacity. Nil: all of it at once.
    public var ramp: Int?
    public var rampEveryMilliseconds: Int64
    /// The supervisor who sets it; nil: the agent himself.
    public var setBy: PersonID?

    public init(
        agent: PersonID, status: AgentStatus, reason: String = "", ramp: Int? = nil,
        rampEveryMilliseconds: Int64 = 30_000, by setBy: PersonID? = nil
    ) {
        self.agent = agent
        self.status = status
        self.reason = reason
        self.ramp = ramp
        self.rampEveryMilliseconds = rampEveryMilliseconds
        self.setBy = setBy
    }
}

/// What is written down of a session, and the end of its wrap-up.
public struct DescribeSession: Hashable, Sendable {
    public enum Act: String, Hashable, Sendable {
        /// It is written up: the slot is free.
        case done
        /// The limit once more.
        case extend
    }

    public var session: SessionID
    /// Its owner, of a session he serves or served; nil: a supervisor, whosever it is.
    public var agent: PersonID?
    /// Nil: as it is; empty: none.
    public var topic: String?
    public var result: String?
    public var tags: [String]?
    public var note: String?
    public var act: Act?
    public var extensionMilliseconds: Int64
    public var extensionBound = 3
    /// How long after its end a session may still be written up.
    public var withinMilliseconds: Int64 = 86_400_000

    public init(
        session: SessionID, agent: PersonID?, topic: String? = nil, result: String? = nil,
        tags: [String]? = nil, note: String? = nil, act: Act? = nil,
        extensionMilliseconds: Int64 = 0
    ) {
        self.session = session
        self.agent = agent
        self.topic = topic
        self.result = result
        self.tags = tags
        self.note = note
        self.act = act
        self.extensionMilliseconds = extensionMilliseconds
    }
}
