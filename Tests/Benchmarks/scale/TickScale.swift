// A hub with so many customers who wait on it, one class, nobody else: what a departure, a tick and
// a new range cost it. The store is played here: it answers as an empty site would.
import ChatModel
import ChatProtocol
import HubCore
import Routing

final class TickScale {
    private let waiting: Int
    private let figures: FigureBook
    private let site = SiteID("bench")!
    private let group = GroupID("sales")!
    private let hub: Hub
    private var monotonic: Int64 = 1_000_000
    private var arrivals = 0
    private var version = 0
    private var frames = 0
    private var queue: [HubEvent] = []

    init(waiting: Int, _ figures: FigureBook) {
        self.waiting = waiting
        self.figures = figures
        hub = Hub(
            node: "bench", random: SystemRandomNumberGenerator(), signedAddress: { _ in "" })
    }

    func run() {
        figures.begin("tick.\(waiting)", "hub, \(waiting) connected waiters of one class:")
        handle(.siteChanged(rules()))
        for number in 1...waiting { enter(ConnectionNumber(number)) }
        precondition(frames >= waiting, "somebody was shown no place")
        var next = 1
        measure("departure", "departure: one left, everybody is counted", 200) {
            version += 1
            handle(
                .noticed(
                    site,
                    .departed(
                        QueueClass(group: group, level: .ordinary), version: version,
                        tickets: [next])))
            next += 1
        }
        measure("departures_100", "departures of 100 at once", 20) {
            version += 1
            handle(
                .noticed(
                    site,
                    .departed(
                        QueueClass(group: group, level: .ordinary), version: version,
                        tickets: Array(next..<next + 100))))
            next += 100
        }
        monotonic += 6_000
        handle(.timer(.tick(site)))
        measure("idle", "tick, nothing changed", 20) { handle(.timer(.tick(site))) }
        let before = frames
        monotonic += 40_000
        measure("shown", "tick that shows everybody his number and range", 1) {
            handle(.timer(.tick(site)))
        }
        figures.record("frames", "frames of that tick", Double(frames - before), "", decimals: 0)
    }

    private func measure(
        _ name: String, _ what: String, _ count: Int, _ body: () -> Void
    ) {
        let began = cpuNanoseconds()
        for _ in 0..<count { body() }
        let each = Double(cpuNanoseconds() - began) / 1000 / Double(count)
        figures.record(name, what, each / Double(waiting), "us a waiter", decimals: 3)
    }

    // MARK: The world around the hub

    private func enter(_ number: ConnectionNumber) {
        handle(.opened(number, Peer(address: "127.0.0.1", origin: nil, ownOrigin: nil)))
        receive(#"{"type":"hello","id":1,"role":"customer","site":"bench"}"#, number)
        receive(#"{"type":"session.start","id":2,"topic":"refund"}"#, number)
    }

    private func receive(_ line: String, _ number: ConnectionNumber) {
        var effects: [HubEffect] = []
        Array(line.utf8).withUnsafeBytes {
            hub.receive($0, from: number, now: now, into: &effects)
        }
        perform(effects)
        settle()
    }

    private var now: Instant {
        Instant(
            monotonicMilliseconds: monotonic, wallMilliseconds: 1_764_000_000_000 + monotonic)
    }

    private func handle(_ event: HubEvent) {
        queue.append(event)
        settle()
    }

    private func settle() {
        var next = 0
        while next < queue.count {
            var effects: [HubEffect] = []
            hub.handle(queue[next], now: now, into: &effects)
            next += 1
            perform(effects)
        }
        queue.removeAll(keepingCapacity: true)
    }

    private func perform(_ effects: [HubEffect]) {
        for effect in effects {
            switch effect {
            case .send(_, let frame), .sendVolatile(_, let frame, _):
                // Only places begin like this; looking closer would be counted as well.
                if frame.count > 12, frame[9] == UInt8(ascii: "q") { frames += 1 }
            case .authenticate(let number, let generation, _):
                queue.append(
                    .authenticated(
                        number, generation: generation,
                        .granted(
                            Participant(role: .customer, id: PersonID("v_\(number)")!), name: nil,
                            secret: nil, expiresAt: nil, attributes: [:], parameterLevel: nil)))
            case .store(let call):
                if let reply = reply(to: call.request) {
                    queue.append(.stored(call.operation, reply))
                }
            default: break
            }
        }
    }

    private func reply(to request: StoreRequest) -> StoreReply? {
        switch request {
        case .openLease: return .lease(Lease(incarnation: 1))
        case .attach: return .attached(Attached(sessions: [], agent: nil))
        case .sessions: return .sessions([])
        case .readCustomer(let id): return .customer(CustomerRecord(id: id))
        case .start(let start): return .started(started(start))
        case .queueOutlook(let group, _):
            return .queueOutlook(
                QueueOutlook(
                    group: group, flow: flow, waiting: waiting,
                    samples: (0..<8).map { index in
                        let ahead = index * waiting / 7
                        return QueueOutlook.Sample(order: Int64(ahead), ahead: ahead)
                    }))
        case .append, .history, .queueSnapshot, .tickets: return nil
        default: return .done
        }
    }

    private func started(_ start: StartSession) -> Started {
        arrivals += 1
        return Started(
            session: SessionRecord(
                id: start.session, customer: start.customer, state: .queued, version: 1, epoch: 1,
                lastSeq: 0, level: .ordinary, levelSource: .none, group: group, arrival: arrivals,
                hasTicket: true, arrivedAt: Int64(arrivals), customerConnected: true,
                topic: start.topic, channel: nil, profile: start.profile),
            existing: false, position: arrivals, classVersion: 0,
            outlook: Outlook(ahead: arrivals - 1, flow: flow))
    }

    private var flow: QueueFlow {
        QueueFlow(
            agents: 20, workMilliseconds: 60_000, waitedMilliseconds: 300_000,
            leftMillionths: 50_000,
            arrivalMilliseconds: [3_000] + [Int64](repeating: 60_000, count: 10))
    }

    private func rules() -> SiteRules {
        let plan = Plan(steps: [PlanStep(target: .group(group))])
        do {
            return SiteRules(
                site: site, version: 1,
                strategy: try Strategy(rules: [Rule(name: "everybody", plan: plan)]),
                groups: [
                    GroupRules(id: group, name: "Sales", maximumWaiting: nil, reopenBelow: nil)
                ],
                agents: [:], selection: .leastLoaded, offerMilliseconds: nil,
                declinePauseMilliseconds: 0,
                graces: Graces(customerMilliseconds: 60_000, agentMilliseconds: 30_000),
                origins: [], limits: SiteLimits(), durability: "accepted")
        } catch {
            preconditionFailure("a rule for everybody is there: \(error)")
        }
    }
}
