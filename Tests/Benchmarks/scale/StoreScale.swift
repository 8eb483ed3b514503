// A queue of so many, in eleven levels, through the Store port: what each step then costs Redis,
// and what a waiting session takes of its memory.
import ChatModel
import HubCore

final class StoreScale {
    private let house: RedisHouse
    private let waiting: Int
    private let signatures: Int
    private let exclusions: Int
    private let figures: FigureBook
    private var started = 0
    private let group = GroupID("sales")!
    private let agents = (0..<200).map { PersonID("agent\($0)")! }
    private let profile = Array(
        #"{"id":"v_0123456789","name":"Somebody","attributes":{"member":"gold"}}"#.utf8)
    private let explanation = Array(#"{"rule":"default","level":0,"source":"none"}"#.utf8)
    private let body = Array(
        (#""from":{"role":"customer","id":"v_1"},"kind":"text","text":""#
            + String(repeating: "x", count: 80) + "\"").utf8)

    init(waiting: Int, _ options: ScaleOptions, _ figures: FigureBook) throws {
        self.waiting = waiting
        self.figures = figures
        signatures = options.signatures
        exclusions = options.exclusions
        house = try RedisHouse()
    }

    func run() throws {
        var (name, title) = ("store.\(waiting)", "store, \(waiting) waiting in 11 levels")
        if signatures > 0 {
            name += ".signatures"
            title += ", \(signatures) signatures"
        }
        if exclusions > 0 {
            name += ".exclusions"
            title += ", each passes \(exclusions) of 200 agents over"
        }
        figures.begin(name, title + ":")
        let skills = Dictionary(uniqueKeysWithValues: (0..<signatures).map { ("topic\($0)", 5) })
        let profiles = agents.map {
            AgentProfile(id: $0, capacity: 10, groups: [group], skills: skills)
        }
        _ = try house.ask([.syncAgents(profiles, groups: [group], selection: .leastLoaded)])
        _ = try house.ask(
            profiles.map {
                .attach(Attach(person: Participant(role: .agent, id: $0.id), profile: $0))
            })
        let before = try house.redisFigures().memory
        try build()
        let after = try house.redisFigures().memory
        figures.record(
            "bytes", "memory a waiting session (with its customer and first message)",
            (after - before) / Double(waiting), "bytes", decimals: 0)
        let count = min(5_000, max(500, waiting / 4))
        let people = customers(count)
        _ = try house.ask(people.map(attach))
        try measure("enqueue_us", "enqueue: a start that waits", people.map { start($0) })
        try matches()
        try measure("outlook_us", "outlook of the queue, once a node and 5 s", (0..<500).map { _ in
            .queueOutlook(group, helpers: [GroupID("floaters")!])
        })
        try measure("tickets_us", "live tickets of one level, after a gap", (0..<50).map { _ in
            .tickets(QueueClass(group: group, level: Level(3)!))
        })
        try measure("snapshot_us", "snapshot for those who watch the queue", (0..<500).map { _ in
            .queueSnapshot(group)
        })
        try measure("sweep_us", "a sweep that finds nothing due", (0..<100).map { _ in
            .sweep(limit: 200)
        })
        try house.stop()
    }

    /// Agents come and take the first; then each one that ends hands its slot to the next. What the
    /// end itself costs is seen when the agents get nothing more, and is taken off.
    private func matches() throws {
        try measure("online_us", "an agent comes online and takes ten", agents.map {
            .setStatus(SetStatus(agent: $0, status: .online))
        })
        var rounds: [Double] = []
        for _ in 0..<3 { rounds += try cost(endings()) }
        _ = try house.ask(agents.map { .setStatus(SetStatus(agent: $0, status: .busy)) })
        let end = try cost(endings()).median
        figures.record("end_us", "end: a chat ends, its agent gets no other", end, "us of Redis")
        figures.record(
            "match_us", "match: the next in true order is assigned to an agent who becomes free",
            rounds.median - end, "us of Redis")
        // Nobody waits for these two hundred.
        _ = try house.ask(agents.map { .setStatus(SetStatus(agent: $0, status: .away)) })
    }

    /// Of all that the agents hold.
    private func endings() throws -> [StoreRequest] {
        let sessions = try house.ask(
            agents.map { .sessions(Participant(role: .agent, id: $0)) })
        var held: [StoreRequest] = []
        for (agent, reply) in zip(agents, sessions) {
            guard case .sessions(let records) = reply else { continue }
            let by = Participant(role: .agent, id: agent)
            held += records.map { .close(session: $0.id, by: by, reason: "agent") }
        }
        guard held.count == 10 * agents.count else {
            throw BenchmarkFailure(what: "the agents hold \(held.count) sessions")
        }
        return held
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
                session: SessionID(
                    high: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, low: UInt64(number)),
                customer: person(number).id, siteVersion: 0,
                placement: Placement(
                    level: level, levelSource: .attribute,
                    headStartMilliseconds: Int64(level.value) * 600_000, home: group,
                    openings: [Placement.Opening(target: .group(group, requirement(number)))],
                    exclusions: passedOver(number), offerMilliseconds: nil),
                topic: "refund", channel: "web", profile: profile, explanation: explanation,
                firstMessage: NewMessage(
                    sender: person(number), key: "k\(number)", body: body,
                    origin: ConnectionReference(incarnation: 1, connection: UInt64(number)))))
    }

    private func requirement(_ number: Int) -> Requirement? {
        guard signatures > 0 else { return nil }
        return Requirement([
            Requirement.Clause(least: 3, anyOf: [Quality.skill("topic\(number % signatures)")])
        ])
    }

    /// Different ones for each session, each agent as often as any other.
    private func passedOver(_ number: Int) -> [Placement.Exclusion] {
        (0..<exclusions).map {
            let agent = agents[(number &* 31 &+ $0 &* 7) % agents.count]
            return Placement.Exclusion(agent: agent, forMilliseconds: nil)
        }
    }

    private func measure(_ name: String, _ what: String, _ requests: [StoreRequest]) throws {
        figures.record(name, what, try cost(requests).median, "us of Redis")
    }

    /// The server's CPU for each of the requests, of five parts of them.
    private func cost(_ requests: [StoreRequest]) throws -> [Double] {
        let size = (requests.count + 4) / 5
        return try stride(from: 0, to: requests.count, by: size).map { first in
            let part = Array(requests[first..<min(first + size, requests.count)])
            return try house.cpu(of: part) / Double(part.count)
        }
    }
}
