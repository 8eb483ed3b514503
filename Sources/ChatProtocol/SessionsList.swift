/// A supervisor asks for open sessions, a page at a time.
public import ChatModel

public struct SessionsList: Hashable, Sendable {
    /// Nil: all that are open.
    public var state: SessionState?
    /// Their home.
    public var group: GroupID?
    public var agent: PersonID?
    /// 1...200.
    public var limit: Int
    /// What the page before gave as `next`.
    public var after: Place?

    public struct Place: Hashable, Sendable {
        /// 1...9.
        public var place: Int
        public var arrival: Int

        public init(place: Int, arrival: Int) {
            self.place = place
            self.arrival = arrival
        }

        /// Clients hand it back as it is.
        public var text: String { "\(place)-\(arrival)" }

        init?(text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let place = Int(parts[0]), (1...9).contains(place),
                let arrival = Int(parts[1]), (0..<1 << 53).contains(arrival)
            else { return nil }
            let read = Place(place: place, arrival: arrival)
            guard read.text == text else { return nil }
            self = read
        }
    }

    public init(
        state: SessionState? = nil, group: GroupID? = nil, agent: PersonID? = nil,
        limit: Int = SessionsList.usualLimit, after: Place? = nil
    ) {
        self.state = state
        self.group = group
        self.agent = agent
        self.limit = limit
        self.after = after
    }

    public static let usualLimit = 50
}

/// A row of the answer.
public struct SessionRow: Hashable, Sendable {
    public var session: SessionID
    public var state: SessionState
    public var customer: PersonID
    public var customerConnected: Bool
    public var level: Level
    public var group: GroupID
    public var topic: String?
    public var agent: PersonID?
    public var agentName: String?
    /// When it came to wait, or began with a robot; milliseconds since 1970.
    public var since: Int64

    public init(
        session: SessionID, state: SessionState, customer: PersonID, customerConnected: Bool,
        level: Level, group: GroupID, topic: String?, agent: PersonID?, agentName: String?,
        since: Int64
    ) {
        self.session = session
        self.state = state
        self.customer = customer
        self.customerConnected = customerConnected
        self.level = level
        self.group = group
        self.topic = topic
        self.agent = agent
        self.agentName = agentName
        self.since = since
    }
}

extension FrameDecoder {
    func sessionsList(_ fields: borrowing FrameFields) throws(FrameError) -> SessionsList {
        var list = SessionsList()
        if fields.has(.state) {
            list.state = try fields.choice(.state, of: SessionState.allCases.filter(\.isOpen))
        }
        if fields.has(.group) {
            guard let group = GroupID(try fields.boundedText(.group, 1...40)) else {
                throw fields.bad(
                    .group, "1 to 40 of a-z 0-9 - _, beginning with a letter or digit")
            }
            list.group = group
        }
        if fields.has(.agent) {
            guard let agent = PersonID(try fields.boundedText(.agent, 1...64)) else {
                throw fields.bad(.agent, "a person: 1 to 64 of A-Z a-z 0-9 . _ @ + -")
            }
            list.agent = agent
        }
        if fields.has(.limit) { list.limit = try fields.count(.limit, 1...200) }
        if fields.has(.after) {
            guard let place = SessionsList.Place(text: try fields.boundedText(.after, 1...32))
            else { throw fields.bad(.after, "what the page before gave as next") }
            list.after = place
        }
        return list
    }
}

extension ServerFrame {
    /// To `sessions.list`; supervisors only.
    public static func sessionsListOK(
        id: Int64, _ rows: [SessionRow], next: SessionsList.Place?
    ) -> [UInt8] {
        var json = ok(id, capacity: 64 + rows.count * 224)
        json.name("sessions")
        json.raw("[")
        for (index, row) in rows.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{")
            json.member("session", row.session)
            json.member("state", row.state.rawValue)
            json.name("customer")
            json.raw("{")
            json.member("id", row.customer.text)
            json.member("connected", row.customerConnected)
            json.raw("}")
            json.member("level", row.level.value)
            json.member("group", row.group.text)
            json.optional("topic", row.topic)
            if let agent = row.agent {
                json.name("agent")
                json.raw("{")
                json.member("id", agent.text)
                json.optional("name", row.agentName)
                json.raw("}")
            }
            json.member("since", row.since)
            json.raw("}")
        }
        json.raw("]")
        json.member("more", next != nil)
        json.optional("next", next?.text)
        json.raw("}")
        return json.bytes
    }
}
