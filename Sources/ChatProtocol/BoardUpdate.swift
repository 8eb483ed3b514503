/// What a supervisor's board shows: the whole site at one moment and its last hour.
public import ChatModel

public struct BoardUpdate: Hashable, Sendable {
    public struct Waiting: Hashable, Sendable {
        public var count: Int
        public var longestSeconds: Int

        public init(count: Int, longestSeconds: Int) {
            self.count = count
            self.longestSeconds = longestSeconds
        }
    }

    /// The promised time, and how often it was kept in the last hour.
    public struct Promise: Hashable, Sendable {
        public var seconds: Int
        /// Nil: nobody was due.
        public var percent: Int?

        public init(seconds: Int, percent: Int?) {
            self.seconds = seconds
            self.percent = percent
        }
    }

    public struct Group: Hashable, Sendable {
        public var id: GroupID
        public var name: String
        /// Within its hours.
        public var isOpen: Bool
        public var levels: [Level: Waiting] = [:]
        public var agentsOnline = 0
        public var freeSlots = 0
        /// Messages that wait to be taken.
        public var left = 0
        public var promise: Promise?

        public var waiting: Int { levels.values.reduce(0) { $0 + $1.count } }
        public var longestSeconds: Int { levels.values.map(\.longestSeconds).max() ?? 0 }

        public init(id: GroupID, name: String, isOpen: Bool) {
            self.id = id
            self.name = name
            self.isOpen = isOpen
        }
    }

    public struct Minute: Hashable, Sendable {
        /// Its beginning, milliseconds since 1970.
        public var at: Int64
        public var started = 0
        public var assigned = 0
        public var abandoned = 0
        public var closed = 0
        /// The median wait of those assigned.
        public var waitSeconds: Int?

        public init(at: Int64) { self.at = at }
    }

    /// The customer who waits longest behind one who came after him.
    public struct Overtaking: Hashable, Sendable {
        public var seconds: Int
        public var session: SessionID
        public var group: GroupID

        public init(seconds: Int, session: SessionID, group: GroupID) {
            self.seconds = seconds
            self.session = session
            self.group = group
        }
    }

    public struct Alert: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// Customers in a group's queue.
            case waiting
            /// Seconds.
            case longestWait = "longest_wait"
            /// Percent of those who came to an end in the last quarter of an hour.
            case abandonedRate = "abandoned_rate"
        }

        public var kind: Kind
        /// Nil: the whole site.
        public var group: GroupID?
        public var value: Int
        public var limit: Int

        public init(kind: Kind, group: GroupID?, value: Int, limit: Int) {
            self.kind = kind
            self.group = group
            self.value = value
            self.limit = limit
        }
    }

    public var groups: [Group] = []
    public var agents: [AgentRecord] = []
    /// Names of those agents.
    public var names: [PersonID: String] = [:]
    /// Open sessions of the site, by state; absent means none.
    public var sessions: [SessionState: Int] = [:]
    public var promise: Promise?
    /// The last 60, oldest first.
    public var minutes: [Minute] = []
    public var overtaking: Overtaking?
    public var alerts: [Alert] = []

    public init() {}
}

extension ServerFrame {
    /// To supervisors who subscribed. `at`: milliseconds since 1970.
    public static func boardUpdate(_ board: BoardUpdate, at: Int64) -> [UInt8] {
        var json = JSONWriter(capacity: 8192 + board.agents.count * 160)
        json.raw("{\"type\":\"board.update\"")
        json.member("at", at)
        list("groups", board.groups, &json, boardGroup)
        list("agents", board.agents, &json) { agent, json in
            wholeAgent(agent, board.names[agent.id], &json)
        }
        json.counts("sessions", board.sessions)
        promise(board.promise, &json)
        list("minutes", board.minutes, &json, boardMinute)
        if let overtaking = board.overtaking {
            json.name("overtaking")
            json.raw("{")
            json.member("worst_s", overtaking.seconds)
            json.member("session", overtaking.session)
            json.member("group", overtaking.group.text)
            json.raw("}")
        }
        list("alerts", board.alerts, &json) { alert, json in
            json.raw("{")
            json.member("kind", alert.kind.rawValue)
            json.optional("group", alert.group?.text)
            json.member("value", alert.value)
            json.member("limit", alert.limit)
            json.raw("}")
        }
        json.raw("}")
        return json.bytes
    }

    private static func list<Element>(
        _ name: StaticString, _ elements: [Element], _ json: inout JSONWriter,
        _ write: (Element, inout JSONWriter) -> Void
    ) {
        json.name(name)
        json.raw("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { json.raw(",") }
            write(element, &json)
        }
        json.raw("]")
    }

    private static func promise(_ promise: BoardUpdate.Promise?, _ json: inout JSONWriter) {
        json.optional("within_s", promise?.seconds)
        json.optional("within_percent", promise?.percent)
    }

    private static func boardGroup(_ group: BoardUpdate.Group, _ json: inout JSONWriter) {
        json.raw("{")
        json.member("group", group.id.text)
        json.member("name", group.name)
        json.member("open", group.isOpen)
        json.name("levels")
        json.raw("{")
        for level in group.levels.keys.sorted() {
            if json.bytes.last != UInt8(ascii: "{") { json.raw(",") }
            json.text(level.description)
            json.raw(":{")
            json.member("waiting", group.levels[level]?.count ?? 0)
            json.member("longest_wait_s", group.levels[level]?.longestSeconds ?? 0)
            json.raw("}")
        }
        json.raw("}")
        json.member("waiting", group.waiting)
        json.member("longest_wait_s", group.longestSeconds)
        json.member("agents_online", group.agentsOnline)
        json.member("free_slots", group.freeSlots)
        json.member("left", group.left)
        promise(group.promise, &json)
        json.raw("}")
    }

    private static func boardMinute(_ minute: BoardUpdate.Minute, _ json: inout JSONWriter) {
        json.raw("{")
        json.member("at", minute.at)
        json.member("started", minute.started)
        json.member("assigned", minute.assigned)
        json.member("abandoned", minute.abandoned)
        json.member("closed", minute.closed)
        json.optional("wait_p50_s", minute.waitSeconds)
        json.raw("}")
    }
}
