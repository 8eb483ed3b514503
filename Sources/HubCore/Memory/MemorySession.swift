/// A session with everything the store keeps of it, and the small values around it.
import ChatModel

struct MemorySession {
    var record: SessionRecord
    /// The targets in order; the first `opened` of them are in force.
    var openings: [Placement.Opening]
    var opened: Int
    var headStart: Int64
    /// Nil: agents are assigned without asking.
    var offerMilliseconds: Int64?
    var explanation: [UInt8]
    /// Whether a robot that has it may hand it to the queue.
    var mayHandOver = false
    var handsOverWhenClosed = false
    /// Agents passed over, each until an instant of the site's clock.
    var excluded: [PersonID: Int64] = [:]
    /// Who was considered when somebody last got it.
    var match: MatchRecord?
    /// By the version each led to; the newest `SessionExplanation.eventBound`.
    var events: [SessionEvent] = []
    var forks: [HistoryPage.Fork] = []
    /// The replication the present epoch is written under.
    var replication: Int
    var stream: [MessageRecord] = []
    var kept: [MemoryKey: MemoryKept] = [:]
    var notes: [NoteRecord] = []
    /// Bodies of the transfers and invitations.
    var requests: [MemoryKey: [UInt8]] = [:]
    /// The customer is asked after so much waiting; nil: never.
    var waitLimit: Int64?
    /// Keys of the starts that led to it.
    var startKeys: [String] = []
    /// See `Placement.closeGoneMilliseconds`.
    var closeGone: Int64?
    /// See `Placement.idle`.
    var idle: IdleLimits?
    var silence: MemorySilence?
    var allowsRobotChoice = false
    /// He waited before he chose the robot that has him.
    var hasWaited = false
    /// See `Placement.wrapUpMilliseconds`.
    var wrapUp: Int64?
    /// How often more time was taken for it.
    var extensions = 0
    /// The left message it began as, and how many texts that had.
    var origin: (message: LeftMessageID, texts: Int)?
    /// The message that was left instead of waiting on.
    var became: LeftMessageID?
    /// The agent who talked with the customer last; an offer alone is no talk.
    var servedBy: PersonID?
    /// It ended before anybody had talked with the customer, while he waited for it.
    var gaveUp = false
    /// When it ended, by the site's clock.
    var closedAt: Int64?
    /// When it began, by Redis's clock, and when the talk ended, by the site's.
    var startedAt: Int64 = 0
    var endedAt: Int64?
    /// Bodies of the ratings by their keys.
    var ratings: [String: [UInt8]] = [:]
    /// The rating that counts, and its score.
    var rating: [UInt8]?
    var ratedScore: Int?
    var files: [FileID: MemorySharedFile] = [:]

    /// Where it stands in true order; equal ones by arrival.
    var score: Int64 { record.arrivedAt - headStart }
    var openGroups: Set<GroupID> { Set(openTargets.compactMap(\.group)) }
    var openTargets: Set<Placement.Target> { Set(openings.prefix(opened).map(\.target)) }
    var home: QueueClass { QueueClass(group: record.group, level: record.level) }

    /// Waiting for somebody, and worth offering.
    var isMatchable: Bool { record.state == .queued && record.customerConnected }
}

/// What makes a send the same send, and a transfer or an invitation the same.
struct MemoryKey: Hashable {
    let sender: Participant
    let key: String
}

/// What makes a start the same start.
struct MemoryStartKey: Hashable {
    let customer: PersonID
    let key: String
}

/// The first result of a send.
struct MemoryKept {
    let seq: Int
    let at: Int64
    let epoch: Int
    let body: [UInt8]
}

/// The customers of one group and level who wait with a ticket.
struct MemoryClass {
    /// Rises by one with each step in which tickets left.
    var version = 0
    var tickets: Set<Int> = []
}

/// Sessions that came to wait and agents that came to be free while a sweep goes on.
struct MemoryDeferred {
    var sessions: Set<SessionID> = []
    var agents: Set<PersonID> = []
}

/// What a home group remembers.
struct MemoryHome {
    var isFull = false
    var flow = MemoryFlow()

    /// Nothing has come about yet.
    var isBlank: Bool {
        !isFull && flow.lastAssignedAt == 0 && flow.waited == 0
            && flow.arrivals.allSatisfy { $0 == (0, 0) }
    }
}

enum MemoryDeadline: Hashable {
    case offer(SessionID)
    case customerGrace(PersonID)
    case agentGrace(PersonID)
    case botGrace(PersonID)
    /// The next target opens.
    case step(SessionID)
    /// The first exclusion ends.
    case pause(SessionID)
    /// The customer has waited as long as the rule says.
    case limit(SessionID)
    /// A conversation's customer did not come back.
    case gone(SessionID)
    /// A colleague is asked to take it over.
    case transfer(SessionID)
    /// Whether the customer is silent is looked at.
    case idle(SessionID)
    /// A colleague is invited.
    case join(SessionID, PersonID)
    /// An agent who comes in slowly may hold one more.
    case ramp(PersonID)
    /// The agent has had his time to write the talk up.
    case wrap(SessionID)

    /// Deadlines of one instant are taken in the order of these texts.
    var text: String {
        switch self {
        case .offer(let session): "offer:\(session)"
        case .customerGrace(let customer): "customer:\(customer)"
        case .agentGrace(let agent): "agent:\(agent)"
        case .botGrace(let bot): "bot:\(bot)"
        case .step(let session): "step:\(session)"
        case .pause(let session): "pause:\(session)"
        case .limit(let session): "limit:\(session)"
        case .gone(let session): "gone:\(session)"
        case .transfer(let session): "transfer:\(session)"
        case .idle(let session): "idle:\(session)"
        case .join(let session, let agent): "join:\(session) \(agent)"
        case .ramp(let agent): "ramp:\(agent)"
        case .wrap(let session): "wrap:\(session)"
        }
    }
}
