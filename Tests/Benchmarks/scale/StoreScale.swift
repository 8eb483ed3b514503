// A queue of so many, in eleven levels, through the Store port: what each step then costs Redis,
// and what a waiting session takes of its memory.
import ChatModel
import HubCore

final class StoreScale {
    private let house: RedisHouse
    private let waiting: Int
    private var started = 0
    private let group = GroupID("sales")!
    private let agents = (0..<200).map { PersonID("agent\($0)")! }
    private var held: [(session: SessionID, agent: PersonID)] = []
    private let profile = Array(
        #"{"id":"v_0123456789","name":"Somebody","attributes":{"member":"gold"}}"#.utf8)
    private let explanation = Array(#"{"rule":"default","level":0,"source":"none"}"#.utf8)
    private let body = Array(
        (#""from":{"role":"customer","id":"v_1"},"kind":"text","text":""#
            + String(repeating: "x", count: 80) + "\"").utf8)

    init(waiting: Int) throws {
        self.waiting = waiting
        house = try RedisHouse()
    }

    func run() throws {
        say("store, \(waiting) waiting in 11 levels:")
        let profiles = agents.map { AgentProfile(id: $0, capacity: 10, groups: [group]) }
        _ = try house.ask([.syncAgents(profiles, groups: [group], selection: .leastLoaded)])
        _ = try house.ask(
            profiles.map {
                .attach(Attach(person: Participant(role: .agent, id: $0.id), profile: $0))
            })
        let before = try house.redisFigures().memory
        try build()
        let after = try house.redisFigures().memory
        report(
            "memory a waiting session (with its customer and first message)",
            text((after - before) / Double(waiting), decimals: 0) + " bytes")
        let count = min(5_000, waiting / 4)
        let people = customers(count)
        _ = try house.ask(people.map(attach))
        try measure("enqueue: a start that waits", people.map { start($0) })
        try matches(count)
        try measure("outlook of the queue, once a node and 5 s", (0..<500).map { _ in
            .queueOutlook(group, helpers: [GroupID("floaters")!])
        })
        try measure("live tickets of one level, after a gap", (0..<50).map { _ in
            .tickets(QueueClass(group: group, level: Level(3)!))
        })
        try measure("snapshot for those who watch the queue", (0..<500).map { _ in
            .queueSnapshot(group)
        })
        try measure("a sweep that finds nothing due", (0..<100).map { _ in .sweep(limit: 200) })
        try house.stop()
    }

    /// Agents come and take the first; then each one that ends hands its slot to the next.
    private func matches(_ count: Int) throws {
        try measure("an agent comes online and takes ten", agents.map {
            .setStatus(SetStatus(agent: $0, status: .online))
        })
        for _ in 0..<max(1, count / 2_000) {
            let sessions = try house.ask(
                agents.map { .sessions(Participant(role: .agent, id: $0)) })
            held = []
            for (agent, reply) in zip(agents, sessions) {
                guard case .sessions(let records) = reply else { continue }
                held += records.map { ($0.id, agent) }
            }
            guard held.count == 10 * agents.count else {
                throw BenchmarkFailure(what: "the agents hold \(held.count) sessions")
            }
            try measure("match: a chat ends, the next in true order is assigned", held.map {
                .close(session: $0.session, by: Participant(role: .agent, id: $0.agent),
                    reason: "agent")
            })
        }
        // Ten each for two hundred agents who are free again: nobody waits for these.
        _ = try house.ask(agents.map { .setStatus(SetStatus(agent: $0, status: .away)) })
    }

    private func build() throws {
        var next = 0
        while next < waiting {
            let people = customers(min(5_000, waiting - next))
            _ = try house.ask(people.map(attach))
            for reply in try house.ask(people.map { start($0) }) {
                guard case .started(let started) = reply, started.session.state == .queued else {
                    throw BenchmarkFailure(what: "a start was answered \(reply)")
                }
            }
            // The site's clock stands when nobody sweeps.
            _ = try house.ask([.sweep(limit: 1)])
            next += people.count
            if waiting > 100_000, next % 50_000 == 0 { say("    \(next) wait") }
        }
    }

    private func customers(_ count: Int) -> Range<Int> {
        defer { started += count }
        return started..<started + count
    }

    private func attach(_ number: Int) -> StoreRequest {
        .attach(Attach(person: person(number), profile: nil))
    }

    private func person(_ number: Int) -> Participant {
        Participant(role: .customer, id: PersonID("v_0000000000\(1_000_000_000 + number)")!)
    }

    private func start(_ number: Int) -> StoreRequest {
        let level = Level(number % 11)!
        return .start(
            StartSession(
                session: SessionID(high: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, low: UInt64(number)),
                customer: person(number).id, siteVersion: 0,
                placement: Placement(
                    level: level, levelSource: .attribute,
                    headStartMilliseconds: Int64(level.value) * 600_000, home: group,
                    openings: [Placement.Opening(target: .group(group, nil))],
                    offerMilliseconds: nil),
                topic: "refund", channel: "web", profile: profile, explanation: explanation,
                firstMessage: NewMessage(
                    sender: person(number), key: "k\(number)", body: body,
                    origin: ConnectionReference(incarnation: 1, connection: UInt64(number)))))
    }

    /// The server's CPU for each of the requests.
    private func measure(_ what: String, _ requests: [StoreRequest]) throws {
        let before = try house.redisFigures().cpu
        for reply in try house.ask(requests) {
            switch reply {
            case .refused, .unavailable, .fenced, .uncertain:
                throw BenchmarkFailure(what: "\(what): \(reply)")
            default: break
            }
        }
        let cpu = try house.redisFigures().cpu - before
        report(what, text(cpu / Double(requests.count)) + " us of Redis")
    }
}
