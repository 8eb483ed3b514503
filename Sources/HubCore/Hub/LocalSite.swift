/// One site as this node knows it: its rules, its lease, and who and what of it is here.
import ChatModel
import ChatProtocol
import Routing

final class LocalSite {
    let id: SiteID
    var rules: SiteRules
    var decoder: FrameDecoder

    /// Nil while a new one is being opened.
    var lease: Lease?
    var isOpeningLease = false
    /// The store was away when a lease was last asked for: requests fail at once.
    var isWithoutStore = false
    /// Requests that wait for the lease; at most `heldBound`.
    var held: [(request: StoreRequest, purpose: Purpose)] = []
    static let heldBound = 4096

    /// Starts that wait for the version in force to be loaded.
    var reloading: [Starting] = []

    var people: [PersonKey: LocalPerson] = [:]
    var sessions: [SessionID: LocalSession] = [:]
    /// The last sessions that ended here: late answers must not bring them back.
    private(set) var ended: [SessionID: SessionRecord] = [:]
    private var endedOrder: [SessionID] = []
    private static let endedBound = 1024
    var classes: [QueueClass: LocalClass] = [:]
    var groupWatches: [GroupID: GroupWatch] = [:]
    /// Nil while no supervisor here looks at it.
    var board: BoardWatch?
    /// How the queues flow that somebody here waits in.
    var outlooks: [GroupID: LocalOutlook] = [:]
    /// See `helpers(of:)`; made anew when the rules' version changed.
    var helpersByHome: [GroupID: Set<GroupID>] = [:]
    var helpersVersion: Int?
    /// Agents who dropped off or are gone, as far as was told here.
    var absentAgents: Set<PersonID> = []
    /// Which of the queues nobody watches was measured last.
    var lastMeasured = 0
    /// Levels a group's length was last reported for, so that an empty one is reported once more.
    var reportedLevels: [GroupID: Set<Level>] = [:]

    /// Openings that were looked up: by which version, from when on they hold, and the opening.
    private var openings: [GroupID: (version: Int, from: Int64, until: Int64)] = [:]

    /// What failed and is tried again with the next tick.
    var repairs: [Repair] = []
    /// People whose sessions are to be read again, some with each tick.
    var toReread: [PersonKey] = []
    /// What reads of people's sessions have to be held against.
    var passedOver = PassedOver()
    /// Monotonic; 0 while no tick is armed.
    var tickAt: Int64 = 0
    /// Agents as the rules name them are still to be told to the store.
    var needsSync = false
    /// When the store is told next when groups open and close. Monotonic.
    var hoursAt: Int64 = 0
    /// The groups that were out of hours with the last tick.
    var shutGroups: Set<GroupID> = []
    /// One sweep is under way.
    var isSweeping = false
    /// When what is kept no longer is looked for next. Monotonic.
    var cleanAt: Int64 = 0
    /// Of which nothing is left: the next cleaning says so.
    var goneFiles: [FileID] = []
    /// The drain waits for its answer.
    var isClosing = false
    /// The lease was given up.
    var isClosed = false

    init(_ rules: SiteRules) {
        id = rules.site
        self.rules = rules
        decoder = FrameDecoder(limits: DecoderLimits(messageBytes: rules.limits.messageBytes))
    }

    func noteEnd(_ record: SessionRecord) {
        if ended.updateValue(record, forKey: record.id) == nil { endedOrder.append(record.id) }
        guard endedOrder.count > 2 * Self.endedBound else { return }
        for id in endedOrder.prefix(Self.endedBound) { ended[id] = nil }
        endedOrder.removeFirst(Self.endedBound)
    }

    /// Whether this is of a session that has ended here, and is not known to have been opened
    /// again. One that has been is forgotten as an ended one.
    func hasEnded(_ record: SessionRecord) -> Bool {
        guard let end = ended[record.id] else { return false }
        guard record.version > end.version, !record.state.isOver else { return true }
        ended[record.id] = nil
        endedOrder.removeAll { $0 == record.id }
        return false
    }

    /// In an order that is the same in every run.
    var sortedPeople: [LocalPerson] { people.values.sorted { $0.key < $1.key } }
    var sortedSessions: [LocalSession] { sessions.values.sorted { $0.id < $1.id } }
    var sortedClasses: [LocalClass] {
        classes.values.sorted { ($0.key.group, $0.key.level) < ($1.key.group, $1.key.level) }
    }
    var sortedWatches: [GroupWatch] { groupWatches.values.sorted { $0.group < $1.group } }

    /// When a group that is out of hours opens, milliseconds since 1970; nil within its hours.
    /// Looked up once for each time it is closed: the search may go through 400 days.
    func nextOpening(of group: GroupID, from milliseconds: Int64) -> Int64? {
        if let known = openings[group], known.version == rules.version,
            milliseconds >= known.from, milliseconds < known.until
        {
            return known.until == .max ? nil : known.until
        }
        guard !rules.strategy.isOpen(group, at: milliseconds) else { return nil }
        let opening = rules.strategy.nextOpening(of: group, from: milliseconds)
        openings[group] = (rules.version, milliseconds, opening ?? .max)
        return opening
    }

    /// The same of a plan's groups: nil while one of them is within its hours, or there is none.
    func nextOpening(of groups: [GroupID], from milliseconds: Int64) -> Int64? {
        var first: Int64?
        for group in groups {
            guard isShut(group, at: milliseconds) else { return nil }
            if let opening = nextOpening(of: group, from: milliseconds) {
                first = min(first ?? opening, opening)
            }
        }
        return first
    }

    func isShut(_ group: GroupID, at milliseconds: Int64) -> Bool {
        rules.strategy.groupHours[group] != nil && !rules.strategy.isOpen(group, at: milliseconds)
    }

    /// What `hello` tells of it.
    var card: SiteCard {
        SiteCard(
            name: rules.service.name ?? id.text, service: rules.service,
            acceptsAlone: rules.offerMilliseconds == nil,
            wrapUpMilliseconds: rules.wrapUpMilliseconds,
            reopenMilliseconds: rules.reopenMilliseconds,
            groups: rules.groups.map { GroupLabel(id: $0.id, name: $0.name) },
            files: rules.files?.terms)
    }

    func name(of agent: PersonID?) -> String? {
        agent.map { rules.agents[$0]?.name ?? $0.text }
    }
}

/// Something that has to be done again because the store could not do it.
enum Repair {
    case enrollment(Enrollment)
    case watch(LocalSession)
    case catchUp(LocalSession)
    case notes(LocalSession)
    case reread(SessionID)
    case tickets(LocalClass)
    case person(PersonKey)
}

/// A person of a site: customers and those who serve them are never the same one.
struct PersonKey: Hashable, Comparable {
    /// Also of a robot: one who serves.
    let isAgent: Bool
    /// A robot may be named like an agent and is not the same.
    let isBot: Bool
    let id: PersonID

    static func < (left: Self, right: Self) -> Bool {
        if left.isAgent != right.isAgent { return right.isAgent }
        return left.isBot == right.isBot ? left.id < right.id : right.isBot
    }

    init(isAgent: Bool, isBot: Bool = false, id: PersonID) {
        self.isAgent = isAgent
        self.isBot = isBot
        self.id = id
    }

    init(_ participant: Participant) {
        self.init(
            isAgent: participant.role != .customer, isBot: participant.role == .bot,
            id: participant.id)
    }
}

/// Somebody with a connection here, or one who had one until a moment ago.
final class LocalPerson {
    enum Attachment {
        case detached, attached
        /// The store's answer was lost.
        case unknown
    }

    let key: PersonKey
    var connections: [Connection] = []
    /// Open sessions of a customer; offers to an agent and what he holds.
    var sessions: Set<SessionID> = []
    /// Agents while they have a connection; customers once they have a session as well.
    var wantsAttachment = false
    var attachment = Attachment.detached
    /// Attach and detach steps on their way.
    var stepsInFlight = 0

    init(_ key: PersonKey) { self.key = key }

    /// Of a robot: sessions it takes at once, as its last `hello` said.
    var botCapacity = 1000
    var participant: Participant {
        Participant(role: key.isBot ? .bot : key.isAgent ? .agent : .customer, id: key.id)
    }
    /// Whether the store may think that he is here.
    var mayBeAttached: Bool { attachment != .detached || stepsInFlight > 0 }
}
