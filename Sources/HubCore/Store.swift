/// The Store port: what the hub needs from its store. Two implementations keep it: the in-memory
/// store beside it (twin and oracle) and `RedisStore`. Each request is one atomic step.
///
/// Policy is Swift's: a request says what a session needs as data. Commitment is the store's: it
/// queues, matches, numbers, and publishes what happened as notices.
public import ChatModel
public import Routing

/// A hub's connection to its store. Used on the hub's thread only.
public protocol Store: AnyObject {
    /// Begins one atomic step. Its result comes back later, exactly once, as an event carrying the
    /// same operation; never from inside this call. Steps of one node take effect in the order they
    /// were submitted.
    func submit(_ call: StoreCall)
}

/// The number of a request, made by the hub; never used twice by a node.
public struct OperationID: Hashable, Sendable {
    public let value: UInt64
    public init(_ value: UInt64) { self.value = value }
}

/// A node's registration at one site. Acts of a node whose lease has ended are answered `fenced`.
public struct Lease: Hashable, Sendable {
    /// Made by the store, rising, never used twice in a site.
    public let incarnation: Int64
    public init(incarnation: Int64) { self.incarnation = incarnation }
}

public struct StoreCall: Sendable {
    public let operation: OperationID
    public let site: SiteID
    /// Nil only for requests that need no lease: `openLease` and those about site files.
    public let lease: Lease?
    public let request: StoreRequest

    public init(operation: OperationID, site: SiteID, lease: Lease?, request: StoreRequest) {
        self.operation = operation
        self.site = site
        self.lease = lease
        self.request = request
    }
}

/// One connection, unique over all nodes of a site.
public struct ConnectionReference: Hashable, Sendable {
    public let incarnation: Int64
    public let connection: UInt64

    public init(incarnation: Int64, connection: UInt64) {
        self.incarnation = incarnation
        self.connection = connection
    }
}

/// Rare and large cases are boxed, so that a message's way copies little.
public enum StoreRequest: Hashable, Sendable {
    // Nodes.
    /// A new incarnation, with a lease of so many milliseconds. The graces are kept with it, for
    /// whoever takes the node's people over when it dies. Answer: `lease`.
    case openLease(milliseconds: Int64, graces: Graces)
    /// Answer: `done` or `fenced`.
    case renewLease(milliseconds: Int64)
    /// Drain: gives the lease up; whoever is still attached through it goes into grace.
    /// Robots have another grace than after a death: the node sent them away itself, and the one
    /// that comes up again may be the only one.
    case closeLease(botMilliseconds: Int64)

    // People.
    /// The first connection of this person on this node. Answer: `attached`.
    indirect case attach(Attach)
    /// The last one has gone. The grace period begins when no other node has one. Answer: `done`.
    case detach(Detach)
    /// The open sessions of a person, without attaching him; of a customer without one, what was
    /// closed while he was away, until he begins something new. Answer: `sessions`.
    case sessions(Participant)
    /// What an agent set for himself, or a supervisor for him; matches at once when he became
    /// available. Answer: `agent`, or `refused(.unknownAgent)`.
    indirect case setStatus(SetStatus)
    /// The agents of the site changed: capacities and groups as the site file now says. A group
    /// that is not among `groups` any more keeps its agents as long as an open session names it.
    indirect case syncAgents([AgentProfile], groups: [GroupID], selection: Selection)
    /// When the groups that have hours open and close, by the version of the site that is in force;
    /// another one's are not taken. Nobody is matched by a group that is out of hours. The instants
    /// are the calendar's, not a node's clock's: the store holds them against its own.
    /// Answer: `done`.
    indirect case setHours([GroupHours], version: Int)

    // Sessions.
    /// One that is opened again: also `notFound`, `sessionOpen` while he has another, `keyConflict`
    /// when the key led to another, `notReopenable` when it ended too long ago.
    /// Answer: `started`, `refused(.queueFull)`, `refused(.noRobot)`, or `refused(.reload)` when it
    /// was placed by another version of the site than the one in force.
    indirect case start(StartSession)
    /// Answer: `session`, or `refused(.noOffer)` when it is not offered to him any more.
    case accept(session: SessionID, agent: PersonID)
    /// The session goes back hidden, with its arrival; this agent is passed over for
    /// `pauseMilliseconds`. Answer: `session` or `refused(.noOffer)`.
    indirect case decline(
        session: SessionID, agent: PersonID, reason: String, pauseMilliseconds: Int64)
    /// The owner gives the session back to its queue, hidden, with its arrival.
    indirect case release(session: SessionID, agent: PersonID, reason: String)
    /// The search for an agent's next session goes on where the last step left it; nothing without
    /// one. Answer: `done`.
    case lookOn(agent: PersonID)
    /// Ends it, from any open state. A participant only: the customer or the owning agent.
    /// Answer: `session`; closing a closed one answers the record as it is.
    indirect case close(session: SessionID, by: Participant, reason: String)
    /// Answer: `session`, or `refused(.notFound)`.
    case session(SessionID)
    /// A session that a robot has goes to its queue, with arrival and ticket of this moment. One
    /// that is beyond the robot already is answered as it is. Answer: `started`, or refused:
    /// `noHuman`, `closed`, `queueFull`, `sessionClosed`, `notParticipant`, `notFound`.
    indirect case handOver(Handover)
    /// An agent takes a waiting session out of its turn. `anyGroup`: also one that waits for none
    /// of his groups. One that is his already is answered as it is, one he is offered is accepted.
    /// Answer: `session`; `refused` with `notFound`, `sessionClosed`, `unknownAgent`, `notWaiting`,
    /// `agentUnavailable`, `otherGroup` or `agentFull`.
    indirect case pick(session: SessionID, agent: PersonID, anyGroup: Bool)
    /// A supervisor gives it to an agent. Answer: as for `pick`, without `otherGroup`.
    indirect case assign(AssignSession)
    /// Answer: `session`, or `refused` with `notFound`, `notParticipant`, `sessionClosed`,
    /// `notActive` (also while another transfer is pending), `unknownAgent`, `agentUnavailable`,
    /// `agentFull`, `tooMany`, `closed` (the group is out of hours), `queueFull` or `keyConflict`.
    indirect case transfer(TransferSession)
    /// Takes a pending one back; nothing without one. Answer: `session`, or `refused` with
    /// `notFound`, `notParticipant` or `sessionClosed`.
    indirect case cancelTransfer(session: SessionID, by: Participant)
    /// A colleague is asked to come in. Answer: `session`, also when he is in it already; `refused`
    /// as for `transfer`, with `tooMany` instead of `agentFull`.
    indirect case invite(InviteAgent)
    /// Who is invited comes in, or a supervisor unasked. Answer: `session`, also for who is in it;
    /// `refused` with `notFound`, `notParticipant`, `sessionClosed`, `notActive`,
    /// `agentUnavailable` or `tooMany`.
    indirect case join(session: SessionID, by: Participant)
    /// An invitation is taken back; nothing without one. Answer: `session`, or `refused` with
    /// `notFound`, `notParticipant`, `sessionClosed`, or `hasJoined` when he is in it by now.
    indirect case cancelInvite(session: SessionID, agent: PersonID, by: Participant)
    /// Who joined it leaves it, who is invited declines. Answer: `session`, or `refused` with
    /// `notFound`, `notParticipant` or `isOwner`.
    case stepOut(session: SessionID, agent: PersonID)
    /// A supervisor owns it from now on, over his capacity too, whoever had it. Answer: `session`,
    /// or `refused` with `notFound`, `sessionClosed`, `unknownAgent` or `notWaiting`.
    indirect case takeOver(session: SessionID, agent: PersonID)
    /// Answer: `explained`, or `refused(.notFound)`.
    case explain(SessionID)
    /// Answer: `session`; `refused` with `notFound`, `notParticipant`, `sessionClosed` when it
    /// ended too long ago, `noWrap` when it is not being written up, `tooMany` extensions.
    indirect case describe(DescribeSession)
    /// Everybody who was ever there as an agent: who is present first, then by identifier; at most
    /// `limit`. Answer: `agents`.
    case agents(limit: Int)

    // Left messages.
    /// Answer: `left`, or `refused` with `keyConflict`, `sessionOpen`, `tooManyMessages` or
    /// `reload`.
    indirect case leaveMessage(LeaveMessage)
    /// An agent of its group with a free slot takes it: an active session of his begins with it.
    /// Answer: `session`, or `refused` with `noMessage`, `sessionOpen`, `agentFull` or
    /// `unknownAgent`. Asking again for what he has answers the same.
    indirect case takeMessage(TakeMessage)
    /// Answer: `session`, or `left` for a message; `refused` with `noChoice` when he was not asked
    /// or is served by now, `noRobot`, `tooManyMessages`, `sessionClosed`, `notFound` or
    /// `notParticipant`.
    indirect case choose(WaitChoice)

    // Messages.
    /// Hears messages and volatile events of a session from now on. Answer: `done` once in force:
    /// what is appended afterwards comes as a notice.
    case watch(SessionID)
    /// Answer: `done`.
    case unwatch(SessionID)
    /// Answer: `appended`, outcomes in the order of the messages.
    case append(Append)
    /// Answer: `history`.
    case history(HistoryQuery)
    /// For the eyes of agents: its owner and supervisors write it, also after the end. Answer:
    /// `noted`, or `refused` with `notFound`, `notParticipant` or `keyConflict`.
    indirect case addNote(AddNote)
    /// Answer: `notes`, or `refused(.notFound)`.
    case notes(HistoryQuery)
    /// Typing and read marks: published to the session's watchers, never kept. Answer: `done`.
    indirect case publishVolatile(VolatileEvent)

    // Files; see `FileSteps`. `fileKept` needs no lease.
    /// By whom may write. Answer: `file`, also for a key that is known; `refused` with `notFound`,
    /// `sessionClosed`, `notParticipant`, `keyConflict`, `tooManyFiles` or `noSpace`.
    indirect case offerFile(OfferFile)
    /// Answer: `file`, for a repeat as the first one left it; `refused` with `noFile`,
    /// `sessionClosed` or `noSpace`.
    indirect case fileKept(KeptFile)
    /// It stays with the session from now on. Answer: `file`; `refused` with `noFile` or
    /// `sessionClosed`. One that is claimed already is answered alike.
    indirect case claimFile(ClaimFile)
    /// Answer: `file`, or `refused` with `noFile`.
    case file(SessionID, FileID)

    // Queues.
    /// Answer: `queue`.
    case queueSnapshot(GroupID)
    /// All live tickets of a class with the class's version. Answer: `tickets`.
    case tickets(QueueClass)
    /// How a home queue flows, with `helpers` as the other groups that may take its sessions, and
    /// the true order of some of those in it. Answer: `queueOutlook`.
    indirect case queueOutlook(GroupID, helpers: [GroupID])
    /// What a supervisor looks at. Answer: `board`.
    indirect case board(BoardQuery)
    /// Open sessions, a page. Answer: `sessionList`.
    indirect case listSessions(SessionQuery)
    /// Deletes closed sessions that are kept no longer, whole, left messages that were taken long
    /// ago and files that no message named, and trims the journal. Answer: `cleaned`.
    indirect case clean(Cleaning)
    /// What is due: offers, graces, steps, pauses, leases; at most `limit` of them; then a match
    /// over every group as safety net. Answer: `swept`.
    case sweep(limit: Int)

    // Site files.
    /// What is in force. Answer: `site`.
    case loadSite
    /// A kept version. Answer: `site`, or `refused(.notFound)`.
    case loadVersion(Int)
    /// All kept versions, without their texts. Answer: `versions`.
    case siteVersions
    /// Stores a version, if its condition holds. Answer: `site` with what is then in force, or
    /// `refused(.reload)`.
    indirect case applySite(ApplySite)
    /// Goes back to the version that was in force before this one was applied. `replacing` as in
    /// `ApplySite`. Answer: `site`, `refused(.reload)`, or `refused(.notFound)` when there is no
    /// version before or it is not kept any more.
    case rollbackSite(replacing: Int?)

    // Customers, apart from their sessions; see `CustomerSteps`. Only `rate` needs a lease.
    /// Answer: `customer`, an empty record for one of whom nothing is known.
    case readCustomer(PersonID)
    /// What a decision may look at. Answer: `customer`.
    indirect case readFacts(FactsQuery)
    /// Answer: `customer` as it is then, or `refused(.tooMany)` with too many attributes.
    indirect case changeCustomer(CustomerChange)
    /// At most `CustomerChange.stepBound`, in their order. Answer: `customersChanged`.
    indirect case changeCustomers([CustomerChange])
    /// Answer: `customers`.
    indirect case listCustomers(CustomerQuery)
    /// Answer: `done`, also for a repeated key; `refused` with `.notFound`, `.notParticipant`,
    /// `.keyConflict`, `.tooMany`, or `.sessionClosed` when it ended too long ago.
    indirect case rate(RateSession)

    /// Answer: `done`, also when it is gone already; `refused(.notFound)` when it is nobody's word.
    indirect case deleteMessage(DeleteMessage)
    /// Answer: `past`.
    indirect case customerSessions(CustomerSessionsQuery)

    // What an agent keeps for himself; needs no lease. See `AgentDesk`.
    /// Answer: `canned`, by shortcut.
    case readCanned(agent: PersonID)
    /// Answer: `done`, or `refused(.tooMany)`.
    indirect case setCanned(SetCanned)
}

/// How long a person who lost his last connection keeps his sessions and his place.
public struct Graces: Hashable, Sendable {
    public var customerMilliseconds: Int64
    public var agentMilliseconds: Int64
    /// A robot's: long enough to come back after a drain, short enough for who waits for an answer.
    public var botMilliseconds: Int64

    public init(
        customerMilliseconds: Int64, agentMilliseconds: Int64, botMilliseconds: Int64 = 2_000
    ) {
        self.customerMilliseconds = customerMilliseconds
        self.agentMilliseconds = agentMilliseconds
        self.botMilliseconds = botMilliseconds
    }
}

/// How an agent is chosen inside a group (DESIGN section 6).
public enum Selection: String, Hashable, Sendable, CaseIterable {
    case leastLoaded = "least-loaded"
    case longestIdle = "longest-idle"
    case roundRobin = "round-robin"
    case proficiency
}

public struct Attach: Hashable, Sendable {
    public var person: Participant
    /// The agent as the site file has him; nil for customers.
    public var profile: AgentProfile?
    /// Sessions a robot may have at once; of a robot only.
    public var botCapacity: Int

    public init(person: Participant, profile: AgentProfile?, botCapacity: Int = 1000) {
        self.person = person
        self.profile = profile
        self.botCapacity = botCapacity
    }
}

public struct Detach: Hashable, Sendable {
    public var person: Participant
    /// How long his sessions and his place are kept. 0 ends it at once.
    public var graceMilliseconds: Int64

    public init(person: Participant, graceMilliseconds: Int64) {
        self.person = person
        self.graceMilliseconds = graceMilliseconds
    }
}

public struct StartSession: Hashable, Sendable {
    /// Used if a new session is made; the customer's open session wins over it.
    public var session: SessionID
    public var customer: PersonID
    /// The version of the site that `placement` was made by.
    public var siteVersion: Int
    public var placement: Placement
    public var topic: String?
    public var channel: String?
    /// One JSON object for agents' eyes.
    public var profile: [UInt8]
    /// The explanation of the routing, one JSON object, kept with the session.
    public var explanation: [UInt8]
    /// The customer's first message; into his open session if he has one.
    public var firstMessage: NewMessage?
    /// Who may take it, in the order in which they are tried. `nextQueue` is passed over.
    public var ways: [ReceptionWay]
    /// Whether a robot that has it may hand it to the queue, or lose it to the queue.
    public var mayHandOver: Bool
    /// It may do so also while nobody is there at this hour: the rule lets him wait.
    public var handsOverWhenClosed = false
    /// After his wait limit the customer may talk with a robot instead.
    public var allowsRobotChoice = false
    /// The client's: the same key leads to the same session, also when that is closed by now.
    public var key: String?
    /// `session` is one of his that is over and is opened again, if it ended no longer ago than so
    /// many milliseconds. What was said stays; all else is as for a new one. Nil: it is a new one.
    public var reopensWithin: Int64?

    public init(
        session: SessionID, customer: PersonID, siteVersion: Int, placement: Placement,
        topic: String?, channel: String?, profile: [UInt8], explanation: [UInt8],
        firstMessage: NewMessage?, ways: [ReceptionWay] = [.queue], mayHandOver: Bool = true
    ) {
        self.session = session
        self.customer = customer
        self.siteVersion = siteVersion
        self.placement = placement
        self.topic = topic
        self.channel = channel
        self.profile = profile
        self.explanation = explanation
        self.firstMessage = firstMessage
        self.ways = ways
        self.mayHandOver = mayHandOver
    }
}

/// A robot's session on its way to the people who wait.
public struct Handover: Hashable, Sendable {
    public var session: SessionID
    /// The customer, or the robot that has it.
    public var by: Participant
    /// `SessionRecord.handover`.
    public var note: [UInt8]
    /// The robot may go on helping while the customer waits.
    public var keepsBot: Bool
    /// As in `Placement`.
    public var maximumWaiting: Int?
    public var reopenBelow: Int?
    /// Said by `by` with the handover, where somebody is there at this hour.
    public var lastWords: NewMessage?

    public init(
        session: SessionID, by: Participant, note: [UInt8], keepsBot: Bool,
        maximumWaiting: Int? = nil, reopenBelow: Int? = nil
    ) {
        self.session = session
        self.by = by
        self.note = note
        self.keepsBot = keepsBot
        self.maximumWaiting = maximumWaiting
        self.reopenBelow = reopenBelow
    }
}
