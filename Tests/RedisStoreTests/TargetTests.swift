/// What random steps over a small world seldom bring about, on both stores alike: more sessions
/// than one step looks through.
import ChatModel
import HubCore
import Testing

@testable import RedisStore

@Suite(.serialized) struct TargetTests {
    /// Starts that nobody serves yet, from number `first` on.
    private func wait(
        _ pair: Pair, _ numbers: ClosedRange<Int>, level: Int = 0,
        openings: [Placement.Opening] = [Placement.Opening(target: .group(group("sales"), nil))],
        excluding agent: String? = nil
    ) throws {
        for number in numbers {
            try pair.ask(.attach(Attach(person: customer("v_\(number)"), profile: nil)))
            var start = StartSession.plain(UInt64(number), by: "v_\(number)", openings)
            start.placement.level = Level(level)!
            start.placement.headStartMilliseconds = Int64(level) * 600_000
            start.placement.exclusions = agent.map {
                [Placement.Exclusion(agent: person($0), forMilliseconds: nil)]
            } ?? []
            try pair.ask(.start(start))
        }
    }

    private func serve(_ pair: Pair, _ who: String, capacity: Int = 1) throws {
        try pair.ask(.serve(who, capacity: capacity))
        try pair.ask(.setStatus(SetStatus(agent: person(who), status: .online)))
    }

    @Test func searchGoesOnBehindManyWhoPassTheAgentOver() throws {
        let pair = try Pair(seed: 0)
        defer { pair.thread.end() }
        try wait(pair, 1...150, excluding: "anna")
        try wait(pair, 151...152)
        try serve(pair, "anna", capacity: 2)
        #expect(pair.searches == 1)
        // One who comes behind the search waits for it, one who comes before it does not.
        try wait(pair, 153...153)
        #expect(pair.owner(of: 153) == nil)
        try wait(pair, 154...154, level: 3)
        #expect(pair.owner(of: 154) == person("anna"))
        try pair.ask(.lookOn(agent: person("anna")))
        #expect(pair.searches == 2)
        try pair.ask(.sweep(limit: 100))
        #expect(pair.searches == 2)
        #expect(pair.owner(of: 151) == person("anna"))
        #expect(pair.owner(of: 152) == nil)
        try pair.compareStates()
        #expect(!pair.hasFailed)
        try pair.stop()
    }

    @Test func searchThatFindsNobodyEnds() throws {
        let pair = try Pair(seed: 0)
        defer { pair.thread.end() }
        try wait(pair, 1...128, excluding: "anna")
        try serve(pair, "anna")
        for _ in 0..<3 { try pair.ask(.lookOn(agent: person("anna"))) }
        #expect(pair.searches == 1)
        try wait(pair, 129...129)
        #expect(pair.owner(of: 129) == person("anna"))
        try pair.compareStates()
        #expect(!pair.hasFailed)
        try pair.stop()
    }

    @Test func manyGoOnWhenTheirAgentLeaves() throws {
        let pair = try Pair(seed: 0)
        defer { pair.thread.end() }
        try serve(pair, "anna", capacity: 1)
        try wait(
            pair, 1...150,
            openings: [
                Placement.Opening(
                    target: .agent(person("anna")), durationMilliseconds: 3_600_000),
                Placement.Opening(target: .group(group("after"), nil)),
            ])
        #expect(pair.owner(of: 1) == person("anna"))
        try pair.ask(.setStatus(SetStatus(agent: person("anna"), status: .away)))
        for _ in 0..<3 { try pair.ask(.sweep(limit: 1_000)) }
        try pair.ask(.queueSnapshot(group("after")))
        #expect(pair.waiting == 149)
        try pair.compareStates()
        #expect(!pair.hasFailed)
        try pair.stop()
    }

    /// The step frees him, tells him of what it newly asks for, and takes him again.
    @Test func whoIsFreedAndTakenByOneStepIsNotFreeForWhatItAsksFor() throws {
        let pair = try Pair(seed: 0)
        defer { pair.thread.end() }
        let profile = AgentProfile(
            id: person("anna"), capacity: 1, groups: [group("sales")], skills: ["refund": 3])
        try pair.ask(.attach(Attach(person: agent("anna"), profile: profile)))
        try pair.ask(.setStatus(SetStatus(agent: person("anna"), status: .online)))
        try pair.ask(.arrive("v_1"))
        let asks = Requirement([.init(least: 3, anyOf: [Quality.skill("refund")])])
        var start = StartSession.plain(
            1, by: "v_1", [Placement.Opening(target: .group(group("sales"), nil))])
        start.placement.wrapUpMilliseconds = 60_000
        try pair.ask(.start(start))
        try pair.ask(.close(session: sessionID(1), by: agent("anna"), reason: "agent"))
        #expect(pair.record(1)?.state == .wrapup)
        start.reopensWithin = 60_000
        start.placement.openings = [Placement.Opening(target: .group(group("sales"), asks))]
        try pair.ask(.start(start))
        #expect(pair.record(1)?.state == .active)
        try pair.compareStates()
        #expect(!pair.hasFailed)
        try pair.stop()
    }

    /// Sessions that ask the same share a queue; a signature is forgotten a minute after its last
    /// use.
    @Test func signatureIsForgottenInTheEnd() throws {
        let pair = try Pair(seed: 0)
        defer { pair.thread.end() }
        let asks = Requirement([.init(least: 3, anyOf: [Quality.skill("refund")])])
        try wait(
            pair, 1...2, openings: [Placement.Opening(target: .group(group("sales"), asks))])
        for number in 1...2 {
            try pair.ask(
                .close(
                    session: sessionID(UInt64(number)), by: customer("v_\(number)"),
                    reason: "left"))
        }
        for _ in 0..<70 {
            pair.advance(1_000)
            try pair.ask(.renewLease(milliseconds: 60_000))
            try pair.ask(.sweep(limit: 100))
        }
        try pair.compareStates()
        #expect(!pair.hasFailed)
        #expect(try pair.keys("*~*") == [], "nothing is left of it")
        try pair.stop()
    }
}

extension StartSession {
    static func plain(_ number: UInt64, by who: String, _ openings: [Placement.Opening])
        -> StartSession
    {
        StartSession(
            session: sessionID(number), customer: person(who), siteVersion: 0,
            placement: Placement(
                level: .ordinary, levelSource: .none, headStartMilliseconds: 0,
                home: group("sales"), openings: openings, offerMilliseconds: nil),
            topic: nil, channel: nil, profile: Array("{}".utf8), explanation: Array("{}".utf8),
            firstMessage: nil)
    }
}
