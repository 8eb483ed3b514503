/// What a supervisor's board asks of the store, and what it answers. Part of the `Store` port.
public import ChatModel

public struct BoardQuery: Hashable, Sendable {
    /// In the order of the site file.
    public var groups: [GroupID]
    /// So many minutes back, 1...60, the present one included.
    public var minutes: Int

    public init(groups: [GroupID], minutes: Int) {
        self.groups = groups
        self.minutes = minutes
    }

    /// Agents of one board; of more, those who are there come first.
    public static let agentBound = 300
}

/// A site at one moment, and its last minutes.
public struct BoardSnapshot: Hashable, Sendable {
    public struct Waiting: Hashable, Sendable {
        public var count: Int
        public var longestMilliseconds: Int64

        public init(count: Int, longestMilliseconds: Int64) {
            self.count = count
            self.longestMilliseconds = longestMilliseconds
        }
    }

    public struct Group: Hashable, Sendable {
        public var id: GroupID
        /// Those who may be matched from this group's queue; absent means none.
        public var levels: [Level: Waiting] = [:]
        /// Online and connected, whether the group is within its hours or not.
        public var agentsOnline = 0
        /// Messages that wait to be taken.
        public var left = 0
        /// The most by which somebody who waits came before one who is in front of him in true
        /// order, among the first 50 of each level; and who that is.
        public var overtakenMilliseconds: Int64 = 0
        public var overtaken: SessionID?

        public init(id: GroupID) { self.id = id }
    }

    /// What came about with the sessions of a home group in a minute.
    public struct Minute: Hashable, Sendable {
        public var group: GroupID
        /// Minutes since 1970, by Redis's time.
        public var minute: Int64
        public var started = 0
        /// An agent began to talk with the customer, for the first time.
        public var assigned = 0
        /// Ended while it waited or was offered, before anybody had talked with the customer.
        public var abandoned = 0
        public var closed = 0
        /// How long they had waited, in milliseconds: the newest 64 of each, in no order.
        public var waits: [Int64] = []
        public var abandonedWaits: [Int64] = []

        public init(group: GroupID, minute: Int64) {
            self.group = group
            self.minute = minute
        }

        /// Waits kept of one minute.
        static let sampleBound = 64
    }

    /// The present one, since 1970.
    public var minute: Int64
    public var groups: [Group] = []
    /// By identifier.
    public var agents: [AgentRecord] = []
    /// By group, then minute; those in which nothing came about are left out.
    public var minutes: [Minute] = []
    /// Of the whole site, whatever they wait for; absent means none.
    public var sessions: [SessionState: Int] = [:]

    public init(minute: Int64) { self.minute = minute }

    /// The states of open sessions.
    public static let counted: [SessionState] = [.bot, .queued, .offered, .active, .wrapup]
}

/// Asks for open sessions: by state, and by arrival in each; of an agent, by arrival alone.
public struct SessionQuery: Hashable, Sendable {
    /// Where a page ended: the number of the state in `states`, from 1, and the arrival number.
    public struct Place: Hashable, Sendable {
        public var place: Int
        public var arrival: Int

        public init(place: Int, arrival: Int) {
            self.place = place
            self.arrival = arrival
        }
    }

    /// At least one, none twice, none that is closed.
    public var states: [SessionState]
    /// Their home.
    public var group: GroupID?
    /// Whoever holds them.
    public var agent: PersonID?
    public var after: Place?
    /// 1...200.
    public var limit: Int

    public init(
        states: [SessionState], group: GroupID? = nil, agent: PersonID? = nil,
        after: Place? = nil, limit: Int
    ) {
        self.states = states
        self.group = group
        self.agent = agent
        self.after = after
        self.limit = limit
    }

    /// Sessions one step looks at. Fewer than the limit may be found among them though more follow.
    public static let lookBound = 400
}

public struct SessionPage: Hashable, Sendable {
    public var sessions: [ListedSession] = []
    /// Nil: there are no more.
    public var next: SessionQuery.Place?

    public init() {}
}

/// An open session in a list, without what only its participants need.
public struct ListedSession: Hashable, Sendable {
    public var id: SessionID
    public var state: SessionState
    public var customer: PersonID
    public var level: Level
    public var group: GroupID
    public var topic: String?
    public var agent: PersonID?
    /// Milliseconds since it came to wait, or began with a robot.
    public var waited: Int64
    public var customerConnected: Bool

    public init(
        id: SessionID, state: SessionState, customer: PersonID, level: Level, group: GroupID,
        topic: String?, agent: PersonID?, waited: Int64, customerConnected: Bool
    ) {
        self.id = id
        self.state = state
        self.customer = customer
        self.level = level
        self.group = group
        self.topic = topic
        self.agent = agent
        self.waited = waited
        self.customerConnected = customerConnected
    }
}
