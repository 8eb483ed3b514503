/// A day of a site in simulated time, on the in-memory store: customers of all levels by a daily
/// curve, agents who come, pause and go, chats of random length, customers who give up. It notes
/// what each one who had to wait was told first, and how long it really took.
import ChatModel
import ChatProtocol
import Routing

@testable import HubCore

/// One who waited and was answered.
struct Answered {
    let level: Level
    /// Seconds; `high` is infinite beyond the ladder.
    let low: Double
    let high: Double
    let waited: Double

    var isHit: Bool { low <= waited && waited <= high }
}

struct WaitDay {
    /// What is told: the hub's own estimate, or a spoilt one.
    typealias Estimator = @Sendable (Outlook, Level) -> WaitForecast

    static let headStart = HeadStart.perLevel(milliseconds: 600_000)
    static let estimate: Estimator = {
        WaitEstimate.forecast($0, level: $1, headStart: headStart)
    }

    private enum Event {
        case arrival(GroupID)
        case givesUp(SessionID)
        case accepts(SessionID, PersonID)
        case ends(SessionID, PersonID)
        case comes(PersonID), pauses(PersonID)
    }

    private let estimator: Estimator
    private var random: SeededRandom
    private let store = MemoryStore(now: 1_000_000)
    private let node: MemoryStoreNode
    private var lease: Lease?
    private var operation: UInt64 = 0
    /// By time, then by number; a heap.
    private var agenda: [(at: Int64, number: Int, event: Event)] = []
    private var planned = 0
    private var begun: [SessionID: (level: Level, at: Int64, told: WaitForecast)] = [:]
    private var speed: [PersonID: Double] = [:]
    private var customers: UInt64 = 0
    private(set) var answered: [Answered] = []
    private var now: Int64 = 1_000_000

    private static let site = SiteID("demo")!
    private static let groups: [(id: GroupID, agents: Int)] = [
        (GroupID("pre-sales")!, 6), (GroupID("after-sales")!, 4), (GroupID("billing")!, 9),
    ]
    private static let meanChatSeconds = 330.0
    private static let hours = 9.0

    init(seed: UInt64, estimator: @escaping Estimator = WaitDay.estimate) {
        self.estimator = estimator
        random = SeededRandom(seed: seed)
        node = store.connect()
    }

    mutating func run() -> [Answered] {
        let graces = Graces(customerMilliseconds: 60_000, agentMilliseconds: 30_000)
        if case .lease(let opened) = perform(.openLease(milliseconds: 5_000, graces: graces)) {
            lease = opened
        }
        // Nobody sweeps here, and the site's clock would stand.
        store.sites[Self.site]!.lastSweep = nil
        for (group, count) in Self.groups {
            plan(.arrival(group), in: exponential(60))
            for number in 0..<count {
                let agent = PersonID("\(group)-\(number)")!
                speed[agent] = uniform(0.7, 1.4)
                let profile = AgentProfile(id: agent, capacity: 2, groups: [group])
                let who = Participant(role: .agent, id: agent)
                _ = perform(.attach(Attach(person: who, profile: profile)))
                plan(.comes(agent), in: uniform(0, 600))
            }
        }
        while let next = takeNext(), next.at < Int64((Self.hours + 2) * 3_600_000) {
            now = next.at
            store.advance(to: now)
            handle(next.event)
        }
        return answered
    }

    // MARK: What happens

    private mutating func handle(_ event: Event) {
        switch event {
        case .arrival(let group): arrive(at: group)
        case .givesUp(let session):
            guard let record = record(session), record.state == .queued else { return }
            begun[session] = nil
            let who = Participant(role: .customer, id: record.customer)
            _ = perform(.close(session: session, by: who, reason: "left"))
        case .accepts(let session, let agent):
            // Now and then one declines, and the next has to be found.
            if Double.random(in: 0..<1, using: &random) < 0.02 {
                _ = perform(
                    .decline(
                        session: session, agent: agent, reason: "busy", pauseMilliseconds: 30_000))
            } else {
                _ = perform(.accept(session: session, agent: agent))
            }
        case .ends(let session, let agent):
            let who = Participant(role: .agent, id: agent)
            _ = perform(.close(session: session, by: who, reason: "agent"))
        case .comes(let agent): set(agent, .online, then: .pauses(agent), in: uniform(3_600, 7_200))
        case .pauses(let agent): set(agent, .away, then: .comes(agent), in: uniform(600, 1_500))
        }
    }

    private mutating func set(
        _ agent: PersonID, _ status: AgentStatus, then next: Event, in seconds: Double
    ) {
        // In the evening nobody goes before the last one is served.
        guard hour < Self.hours || status == .online else { return }
        _ = perform(.setStatus(SetStatus(agent: agent, status: status)))
        plan(next, in: seconds)
    }

    private mutating func arrive(at group: GroupID) {
        let count = Self.groups.first { $0.id == group }!.agents
        // Two chats at once each; the curve goes well above what they can take.
        let perSecond = Double(count) * 2 / (Self.meanChatSeconds * 1.25) * curve
        if hour < Self.hours { plan(.arrival(group), in: exponential(1 / perSecond)) }
        customers += 1
        let isOrdinary = Double.random(in: 0..<1, using: &random) < 0.75
        let level = Level(isOrdinary ? 0 : Int.random(in: 1...10, using: &random))!
        let customer = PersonID("v_\(customers)")!
        let session = SessionID(high: 7, low: customers)
        _ = perform(
            .attach(Attach(person: Participant(role: .customer, id: customer), profile: nil)))
        let placement = Placement(
            level: level, levelSource: .attribute,
            headStartMilliseconds: Self.headStart.milliseconds(for: level), home: group,
            openings: [Placement.Opening(target: .group(group, nil))],
            offerMilliseconds: 20_000)
        let reply = perform(
            .start(
                StartSession(
                    session: session, customer: customer, siteVersion: 0, placement: placement,
                    topic: nil, channel: nil, profile: [], explanation: [], firstMessage: nil)))
        guard case .started(let started) = reply, started.session.state == .queued else { return }
        begun[session] = (level, now, estimator(started.outlook, level))
        plan(.givesUp(session), in: exponential(1_800))
    }

    private mutating func assigned(_ session: SessionID, to agent: PersonID) {
        plan(.accepts(session, agent), in: uniform(1, 8))
    }

    /// A log-normal length: many short ones, some long ones.
    private mutating func accepted(_ session: SessionID, by agent: PersonID) {
        let length = Self.meanChatSeconds * speed[agent]! * product(0.55)
        plan(.ends(session, agent), in: length)
        guard let waiting = begun.removeValue(forKey: session),
            case .range(let range) = waiting.told
        else { return }
        answered.append(
            Answered(
                level: waiting.level, low: Double(range.low),
                high: range.high.map(Double.init) ?? .infinity,
                waited: Double(now - waiting.at) / 1000))
    }

    private mutating func perform(_ request: StoreRequest) -> StoreReply {
        operation += 1
        let reply = store.perform(
            StoreCall(
                operation: OperationID(operation), site: Self.site, lease: lease, request: request),
            from: node)
        while let (_, notice) = node.nextNotice() {
            guard case .session(let record, let change) = notice, let agent = record.agent else {
                continue
            }
            if change == .offered { assigned(record.id, to: agent) }
            if change == .accepted { accepted(record.id, by: agent) }
        }
        return reply
    }

    private func record(_ session: SessionID) -> SessionRecord? {
        store.sites[Self.site]?.sessions[session]?.record
    }

    // MARK: Chance

    private var hour: Double { Double(now - 1_000_000) / 3_600_000 }

    /// Twice a day it is more than the agents can take.
    private var curve: Double {
        func bell(_ center: Double, _ width: Double) -> Double {
            let distance = (hour - center) / width
            return 1 / (1 + distance * distance * distance * distance)
        }
        return 0.55 + 0.75 * bell(2, 1) + 0.7 * bell(6.5, 1.2)
    }

    private mutating func uniform(_ low: Double, _ high: Double) -> Double {
        Double.random(in: low..<high, using: &random)
    }

    /// Without a logarithm: the first failure of many small trials.
    private mutating func exponential(_ mean: Double) -> Double {
        var steps = 0.0
        while Double.random(in: 0..<1, using: &random) > 0.02 { steps += 1 }
        return mean * (steps + uniform(0, 1)) * 0.02
    }

    /// A random factor of mean about 1: the product of twelve small ones.
    private mutating func product(_ spread: Double) -> Double {
        var value = 1.0
        for _ in 0..<12 { value *= 1 + spread * uniform(-0.5, 0.5) }
        return value
    }

    // MARK: The agenda

    private mutating func plan(_ event: Event, in seconds: Double) {
        planned += 1
        agenda.append((now + Int64(seconds * 1000), planned, event))
        var child = agenda.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            agenda.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func takeNext() -> (at: Int64, number: Int, event: Event)? {
        guard !agenda.isEmpty else { return nil }
        agenda.swapAt(0, agenda.count - 1)
        let next = agenda.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < agenda.count && isBefore(child, least) { least = child }
            if least == parent { return next }
            agenda.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (agenda[left].at, agenda[left].number) < (agenda[right].at, agenda[right].number)
    }
}
