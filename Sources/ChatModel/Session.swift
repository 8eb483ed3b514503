/// The states of a session (DESIGN section 1).
public enum SessionState: String, Hashable, Sendable, CaseIterable {
    case bot, queued, offered, active, wrapup, closed

    /// States in which the session belongs to an agent's load.
    public var isHeld: Bool { self == .offered || self == .active || self == .wrapup }
    public var isOpen: Bool { self != .closed }
    /// The talk with the customer has ended; its agent may still be writing it up.
    public var isOver: Bool { self == .wrapup || self == .closed }
}

/// How a customer is received (DESIGN section 4).
public enum ReceptionMode: String, Hashable, Sendable, CaseIterable {
    case robotFirst = "robot-first"
    case humanFirst = "human-first"
    case robotOnly = "robot-only"
    case humanOnly = "human-only"
}

/// A session as the store knows it. Every change raises `version`, so a stale answer or notice is
/// recognised by comparing it.
public struct SessionRecord: Hashable, Sendable {
    public let id: SessionID
    public let customer: PersonID
    public var state: SessionState
    /// Rises by one with every change of state, owner or group. Starts at 1.
    public var version: Int
    /// Rises when the stream was lost or rolled back (DESIGN section 7). Starts at 1.
    public var epoch: Int
    /// The number of the last message; 0 while there is none.
    public var lastSeq: Int
    public var level: Level
    public var levelSource: LevelSource
    /// What the level was credited with when it began; true order is by this, whatever the rules
    /// say by now. Milliseconds.
    public var headStartMilliseconds: Int64
    /// The home group; fixed until the session is answered, and then sent to another, or closed.
    public var group: GroupID
    /// The arrival number in the site; it is also the ticket while `hasTicket`.
    public var arrival: Int
    /// False once the session came back to a queue (hidden) or left it: nobody counts it.
    public var hasTicket: Bool
    /// When the customer began to wait, or to talk with a robot, in milliseconds of the site's
    /// clock.
    public var arrivedAt: Int64
    /// Milliseconds from then until the record was read, by the site's clock, which may be hours
    /// behind a node's: it stands while nobody sweeps.
    public var waited: Int64
    /// The agent who is offered the session or owns it.
    public var agent: PersonID?
    /// Milliseconds left of the offer, or of the wrap-up, when the record was read; nil without
    /// one.
    public var remaining: Int64?
    public var customerConnected: Bool
    public var topic: String?
    public var channel: String?
    /// What agents are shown of the customer: one JSON object made by the hub, opaque to stores.
    public var profile: [UInt8]
    /// Who ended it and why, once it is over: `customer`, `agent`, `left`, `idle`, `gone`,
    /// `left_message`.
    public var closeReason: String?
    /// The robot that answers, helps or answered; nil when none ever had it.
    public var bot: PersonID?
    /// Whether that robot may speak: in `bot` it has the floor, in `queued` and `offered` it helps.
    public var botHelps: Bool
    /// What the robot leaves to whoever takes over: one JSON object made by the hub, opaque to
    /// stores; empty until then.
    public var handover: [UInt8]
    /// His wait limit has passed, and he has neither chosen nor been answered.
    public var isChoiceDue: Bool
    /// Only of an active session.
    public var transfer: PendingTransfer?
    /// A robot is among his choices: the rule allows one, and one is there.
    public var mayChooseRobot: Bool
    /// Every group of its plan, each once, whether it may take the session already or not.
    public var planGroups: [GroupID]
    /// The number of the last note; 0 while there is none. Never a customer's to know.
    public var lastNote: Int
    /// At most 20, each 1...64 bytes; for agents' eyes, like the disposition.
    public var tags: [String] = []
    public var disposition = Disposition()
    /// Agents in it beside its owner, or invited; only of an active session.
    public var others: [SessionOther] = []

    public init(
        id: SessionID, customer: PersonID, state: SessionState, version: Int, epoch: Int,
        lastSeq: Int, level: Level, levelSource: LevelSource, group: GroupID, arrival: Int,
        hasTicket: Bool, arrivedAt: Int64, waited: Int64 = 0, agent: PersonID? = nil,
        remaining: Int64? = nil,
        customerConnected: Bool = true, topic: String? = nil, channel: String? = nil,
        profile: [UInt8] = Array("{}".utf8), closeReason: String? = nil,
        bot: PersonID? = nil, botHelps: Bool = false, handover: [UInt8] = [],
        isChoiceDue: Bool = false, transfer: PendingTransfer? = nil, mayChooseRobot: Bool = false,
        headStartMilliseconds: Int64 = 0, planGroups: [GroupID] = [], lastNote: Int = 0
    ) {
        self.id = id
        self.customer = customer
        self.state = state
        self.version = version
        self.epoch = epoch
        self.lastSeq = lastSeq
        self.level = level
        self.levelSource = levelSource
        self.group = group
        self.arrival = arrival
        self.hasTicket = hasTicket
        self.arrivedAt = arrivedAt
        self.waited = waited
        self.agent = agent
        self.remaining = remaining
        self.customerConnected = customerConnected
        self.topic = topic
        self.channel = channel
        self.profile = profile
        self.closeReason = closeReason
        self.bot = bot
        self.botHelps = botHelps
        self.handover = handover
        self.isChoiceDue = isChoiceDue
        self.transfer = transfer
        self.mayChooseRobot = mayChooseRobot
        self.headStartMilliseconds = headStartMilliseconds
        self.planGroups = planGroups
        self.lastNote = lastNote
    }
}

/// What an agent writes down of a talk; empty: nothing.
public struct Disposition: Hashable, Sendable {
    /// What it was about, and what came of it. At most 64 bytes each.
    public var topic: String
    public var result: String
    /// In the agent's words: at most `noteBytes`.
    public var note: String

    public static let noteBytes = 2_000

    public init(topic: String = "", result: String = "", note: String = "") {
        self.topic = topic
        self.result = result
        self.note = note
    }
}

/// A message as it lies in a session's stream.
public struct MessageRecord: Hashable, Sendable {
    /// 1, 2, 3... without holes in its session and epoch line.
    public let seq: Int
    /// Milliseconds since 1970, the store's clock.
    public let at: Int64
    public let sender: Participant
    /// The sender's own key; shown to his own connections only. Empty for the hub's system lines.
    public let key: String
    /// The part of the message's frame that does not depend on the reader, as JSON members without
    /// braces (`"from":{...},"kind":"text","text":"..."`): encoded once, stored and sent as it is.
    public let body: [UInt8]

    public init(seq: Int, at: Int64, sender: Participant, key: String, body: [UInt8]) {
        self.seq = seq
        self.at = at
        self.sender = sender
        self.key = key
        self.body = body
    }
}
