/// The range a customer is shown: where it stands, how it may move, and what never shows in it.
import ChatModel
import ChatProtocol
import Routing
import Testing

@testable import HubCore

@Suite struct WaitTests {
    private let tenMinutes = HeadStart.perLevel(milliseconds: 600_000)

    private func flow(agents: Int = 3, work: Int64 = 90_000, vips: Int64 = 0) -> QueueFlow {
        QueueFlow(
            agents: agents, workMilliseconds: work, waitedMilliseconds: 200_000,
            leftMillionths: 50_000,
            arrivalMilliseconds: [30_000] + [Int64](repeating: vips, count: 10))
    }

    private func range(_ ahead: Int, _ flow: QueueFlow, level: Int = 0) -> WaitRange? {
        let forecast = WaitEstimate.forecast(
            Outlook(ahead: ahead, flow: flow), level: Level(level)!, headStart: tenMinutes)
        if case .range(let range) = forecast { return range }
        return nil
    }

    @Test func rangesStandOnTheLadder() {
        for ahead in 0...400 {
            for work in [Int64(0), 1, 900, 12_000, 600_000, 40_000_000] {
                for vips in [Int64(0), 10, 5_000, 3_600_000] {
                    for headStart in [tenMinutes, .strict] {
                        let forecast = WaitEstimate.forecast(
                            Outlook(
                                ahead: ahead,
                                flow: flow(agents: 1 + ahead % 3, work: work, vips: vips)),
                            level: Level(ahead % 11)!, headStart: headStart)
                        guard case .range(let range) = forecast else {
                            Issue.record("no range")
                            return
                        }
                        #expect(WaitEstimate.ladder.contains(range.low))
                        #expect(
                            range.high.map { WaitEstimate.ladder.contains($0) && $0 > range.low }
                                ?? true)
                    }
                }
            }
        }
    }

    @Test func moreAheadFewerAgentsAndComingVipsMakeItLonger() throws {
        let usual = try #require(range(10, flow())?.high)
        #expect(try #require(range(20, flow())?.high) > usual)
        #expect(try #require(range(10, flow(agents: 1))?.high) > usual)
        #expect(try #require(range(10, flow(vips: 300_000))?.high) > usual)
        // Nobody overtakes the highest level.
        #expect(range(10, flow(vips: 300_000), level: 10) == range(10, flow(), level: 10))
    }

    @Test func withoutAnAgentThereIsNoRangeAndAHelperMakesOne() {
        #expect(range(0, flow(agents: 0)) == nil)
        var helped = flow(agents: 0)
        helped.helpers = 1
        #expect(range(0, helped) != nil)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func lowerEndNeverRisesAndUpperEndByATenthAMinute(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var shown = ShownWait()
        var now: Int64 = 0
        var low = Int.max
        var high: (rung: Int, since: Int64)?
        let ladder = WaitEstimate.ladder
        for _ in 0..<2_000 {
            now += Int64.random(in: 0...40_000, using: &random)
            let bottom = Int.random(in: 0..<ladder.count - 1, using: &random)
            let top = Int.random(in: bottom + 1...ladder.count, using: &random)
            let new = WaitRange(
                low: ladder[bottom], high: top < ladder.count ? ladder[top] : nil)
            shown.show(Int.random(in: 0..<9, using: &random) == 0 ? .nobody : .range(new), at: now)
            guard case .range(let range) = shown.forecast else { continue }
            #expect(range.low <= low && range.high ?? .max > range.low, "seed \(seed)")
            low = range.low
            guard let rung = range.high.map({ ladder.firstIndex(of: $0)! }) else {
                #expect(high == nil, "seed \(seed): open again")
                continue
            }
            if let before = high, rung > before.rung {
                let minutes = Double(now - before.since) / 60_000
                #expect(rung == before.rung + 1)
                #expect(
                    Double(ladder[rung]) <= Double(ladder[before.rung]) * (1 + 0.1 * minutes),
                    "seed \(seed)")
            }
            if high?.rung != rung { high = (rung, now) }
        }
    }

    @Test func interpolatesBetweenSampledPlaces() {
        let outlook = QueueOutlook(
            group: GroupID("sales")!, flow: flow(), waiting: 21,
            samples: [(1_000, 0), (2_000, 10), (5_000, 20)].map {
                QueueOutlook.Sample(order: $0, ahead: $1)
            })
        let places: [Int64] = [0, 1_000, 1_500, 2_000, 3_500, 5_000, 9_000]
        #expect(places.map { outlook.ahead(of: $0) } == [0, 0, 5, 10, 15, 20, 21])
    }

    // MARK: Through the hub

    private func frames(_ client: Client) -> [ServerEvent] {
        client.history.filter { $0.type == "queue.position" }
    }

    @Test func nobodyThereIsToldSoAndTheRangeComesWithAnAgent() {
        let world = World(rules: .demo(offerMilliseconds: nil, capacity: 1))
        let clients = (0..<4).map { world.customer("c\($0)") }
        let sessions = clients.map { $0.start() }
        #expect(frames(clients[2]).map { $0.tree["wait_s"] } == [.null])
        let chen = world.agent("chen")
        world.pass(2_000, step: 250)
        clients[1].request("session.leave", clients[1].about(sessions[1]))
        // His number fell, and with it comes the range.
        #expect(frames(clients[2]).last?.tree["wait_s"]?.elements?.count == 2)
        chen.request("status.set", "\"status\":\"away\"")
        world.pass(40_000, step: 250)
        #expect(frames(clients[2]).last?.tree["wait_s"] == .null)
    }

    @Test func numberIsShownAgainAtItsOwnTickAndOnlyThen() {
        let world = World(rules: .demo(offerMilliseconds: nil))
        let client = world.customer("c")
        _ = client.start()
        world.pass(29_000, step: 250)
        #expect(frames(client).count == 1)
        // What changes meanwhile changes nothing of when he hears.
        _ = world.customer("vip", level: 9).start()
        world.pass(2_000, step: 250)
        #expect(frames(client).count == 2)
        world.pass(88_000, step: 250)
        #expect(frames(client).map(\.position) == [1, 1, 1, 1])
    }

    @Test func rangeFollowsThroughAnotherNode() {
        let world = World(nodes: 2, rules: .demo(offerMilliseconds: nil, capacity: 1))
        let client = world.customer("a")
        _ = world.agent("chen", on: 1)
        _ = world.customer("first").start()
        _ = client.start()
        client.drop()
        let back = world.customer("a", on: 1)
        world.pass(1_500, step: 250)
        #expect(frames(back).last?.position == 1)
        #expect(frames(back).last?.tree["wait_s"]?.elements?.count == 2)
    }
}
