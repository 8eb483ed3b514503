/// Why a session is where it is: what the store keeps and what it finds when asked. Answer to
/// `StoreRequest.explain`; for agents and supervisors only.
public import ChatModel

/// How an agent stands to a session that looks for somebody. The likelier to get it come first.
public enum Standing: String, Hashable, Sendable, CaseIterable {
    /// He got it.
    case chosen
    /// He could have had it as well; another came first by the site's selection.
    case free
    /// He declined it, gave it back or let it pass a while ago.
    case declined
    /// He is passed over for this session from its start: the customer rated him badly.
    case rated
    /// The step asks for something he does not have.
    case requirement
    /// He holds as many sessions as he may.
    case full
    case busy, away
    /// He lost his last connection, and may be back within the grace.
    case droppedOff = "dropped_off"
    case offline
}

/// One target of the plan and who is in it.
public struct TargetReport: Hashable, Sendable {
    public struct Examined: Hashable, Sendable {
        public var agent: PersonID
        public var standing: Standing

        public init(agent: PersonID, standing: Standing) {
            self.agent = agent
            self.standing = standing
        }
    }

    /// Its place among the openings, from 0.
    public var index: Int
    /// Everybody of the group whom the store knows, by what he shows: `free`, `full`, `busy`,
    /// `away`, `droppedOff`, `offline`. Standings nobody has are left out.
    public var counts: [Standing: Int]
    /// The first ones, free ones first; at most 16 over all targets of a report.
    public var examined: [Examined]

    public init(index: Int, counts: [Standing: Int], examined: [Examined]) {
        self.index = index
        self.counts = counts
        self.examined = examined
    }
}

/// Who was considered when a session was last given to somebody. Kept with the session.
public struct MatchRecord: Hashable, Sendable {
    /// Milliseconds since 1970, the store's clock.
    public var at: Int64
    /// `offered`, `assigned`, `picked` or `handedOver`.
    public var how: SessionChange
    public var agent: PersonID
    /// The supervisor, when one decided.
    public var by: PersonID?
    /// How agents are chosen inside a group: the tie-break.
    public var selection: Selection
    /// What he held before, of what he may hold.
    public var held: Int
    public var capacity: Int
    /// For how long he had been free, by the site's clock.
    public var idleMilliseconds: Int64
    public var targets: [TargetReport]

    public init(
        at: Int64, how: SessionChange, agent: PersonID, by: PersonID?, selection: Selection,
        held: Int, capacity: Int, idleMilliseconds: Int64, targets: [TargetReport]
    ) {
        self.at = at
        self.how = how
        self.agent = agent
        self.by = by
        self.selection = selection
        self.held = held
        self.capacity = capacity
        self.idleMilliseconds = idleMilliseconds
        self.targets = targets
    }
}

/// A change of a session, as it is remembered with it.
public struct SessionEvent: Hashable, Sendable {
    /// Milliseconds since 1970, the store's clock.
    public var at: Int64
    public var change: SessionChange
    /// Who was asked, got it, or lost it.
    public var agent: PersonID?

    public init(at: Int64, change: SessionChange, agent: PersonID?) {
        self.at = at
        self.change = change
        self.agent = agent
    }
}

/// Why a queued session has nobody yet, found when asked.
public struct WaitingReport: Hashable, Sendable {
    public var targets: [TargetReport]
    /// Sessions before it in true order in its home queue.
    public var ahead: Int
    /// Nil: no further step.
    public var nextStepMilliseconds: Int64?

    public init(targets: [TargetReport], ahead: Int, nextStepMilliseconds: Int64?) {
        self.targets = targets
        self.ahead = ahead
        self.nextStepMilliseconds = nextStepMilliseconds
    }
}

public struct SessionExplanation: Hashable, Sendable {
    public var record: SessionRecord
    /// What routing found at the start: one JSON object made by the hub.
    public var routing: [UInt8]
    public var headStartMilliseconds: Int64
    public var offerMilliseconds: Int64?
    public var openings: [Placement.Opening]
    /// How many of them are in force.
    public var opened: Int
    /// What decided about its way since the start, oldest first; the newest 40.
    public var events: [SessionEvent]
    public var match: MatchRecord?
    /// While it is queued.
    public var waiting: WaitingReport?

    public static let eventBound = 40
    /// Agents examined over all targets of one report.
    public static let examinedBound = 16

    public init(
        record: SessionRecord, routing: [UInt8], headStartMilliseconds: Int64,
        offerMilliseconds: Int64?, openings: [Placement.Opening], opened: Int,
        events: [SessionEvent], match: MatchRecord?, waiting: WaitingReport?
    ) {
        self.record = record
        self.routing = routing
        self.headStartMilliseconds = headStartMilliseconds
        self.offerMilliseconds = offerMilliseconds
        self.openings = openings
        self.opened = opened
        self.events = events
        self.match = match
        self.waiting = waiting
    }
}
