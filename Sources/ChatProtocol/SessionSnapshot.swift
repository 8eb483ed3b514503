/// What the answers to `hello` are made of.
public import ChatModel

/// The connection's own person, as the `hello` answer tells him.
public struct You: Hashable, Sendable {
    public var id: PersonID
    public var role: Role
    public var name: String?
    /// A new anonymous visitor's, told this once.
    public var secret: String?

    public init(id: PersonID, role: Role, name: String? = nil, secret: String? = nil) {
        self.id = id
        self.role = role
        self.name = name
        self.secret = secret
    }
}

/// The limits a client is told, so that it needs no constants.
public struct ClientLimits: Hashable, Sendable {
    public var messageBytes: Int
    /// Bytes of one message of the WebSocket.
    public var frameBytes: Int
    public var lines: Int
    public var framesPerSecond: Int
    public var frameBurst: Int
    /// Messages in one page of `history`.
    public var historyMessages: Int

    public init(
        messageBytes: Int, frameBytes: Int = FrameDecoder.messageByteLimit,
        lines: Int = FrameDecoder.lineLimit, framesPerSecond: Int, frameBurst: Int,
        historyMessages: Int = 200
    ) {
        self.messageBytes = messageBytes
        self.frameBytes = frameBytes
        self.lines = lines
        self.framesPerSecond = framesPerSecond
        self.frameBurst = frameBurst
        self.historyMessages = historyMessages
    }
}

/// A group as it is shown to its agents.
public struct GroupLabel: Hashable, Sendable {
    public var id: GroupID
    public var name: String

    public init(id: GroupID, name: String) {
        self.id = id
        self.name = name
    }
}

/// How long a customer may still wait, in seconds. `high` nil: longer than the ladder tells.
public struct WaitRange: Hashable, Sendable {
    public var low: Int
    public var high: Int?

    public init(low: Int, high: Int?) {
        self.low = low
        self.high = high
    }
}

/// What is known of a customer's wait.
public enum WaitForecast: Hashable, Sendable {
    /// Nothing yet; what was shown before holds.
    case unknown
    /// No agent is there who could take him: no one can say.
    case nobody
    case range(WaitRange)
}

/// One of a person's open sessions in the `hello` answer.
public struct SessionSnapshot: Hashable, Sendable {
    public var record: SessionRecord
    /// The name of `record.agent`.
    public var agentName: String?
    /// The client's own messages up to `after` hold, and `messages` follow them.
    public var recovered: Bool
    /// `messages` begin behind this number: whatever the client holds above it is void. The resume
    /// point when recovered, else where the streams forked, 0 for a whole new beginning.
    public var after: Int
    /// At most 200, ascending.
    public var messages: [MessageRecord]
    /// There is a gap between `after` and `messages`, or behind them: `history` tells the rest.
    public var more: Bool
    /// While it waits with a ticket.
    public var position: Int?
    public var wait: WaitRange?
    /// His queue is out of hours until then, milliseconds since 1970.
    public var opensAt: Int64?

    public init(
        record: SessionRecord, agentName: String? = nil, recovered: Bool, after: Int = 0,
        messages: [MessageRecord] = [], more: Bool = false, position: Int? = nil,
        wait: WaitRange? = nil, opensAt: Int64? = nil
    ) {
        self.record = record
        self.agentName = agentName
        self.recovered = recovered
        self.after = after
        self.messages = messages
        self.more = more
        self.position = position
        self.wait = wait
        self.opensAt = opensAt
    }
}

/// All of a `hello` answer.
public struct Greeting: Hashable, Sendable {
    public var you: You
    /// Milliseconds since 1970.
    public var now: Int64
    public var heartbeatMilliseconds: Int64
    public var limits: ClientLimits
    /// Opaque.
    public var node: String
    /// The class of an acknowledgement: `accepted`, `replicated` or `synced`.
    public var durability: String
    public var sessions: [SessionSnapshot]
    /// For agents, with the names of the groups he is in.
    public var agent: AgentRecord?
    public var groups: [GroupLabel]
    /// What everybody but robots is told of the site.
    public var site: SiteCard?

    public init(
        you: You, now: Int64, heartbeatMilliseconds: Int64, limits: ClientLimits, node: String,
        durability: String, sessions: [SessionSnapshot] = [], agent: AgentRecord? = nil,
        groups: [GroupLabel] = [], site: SiteCard? = nil
    ) {
        self.you = you
        self.now = now
        self.heartbeatMilliseconds = heartbeatMilliseconds
        self.limits = limits
        self.node = node
        self.durability = durability
        self.sessions = sessions
        self.agent = agent
        self.groups = groups
        self.site = site
    }
}
