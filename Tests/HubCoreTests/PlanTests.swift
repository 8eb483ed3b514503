/// Plans with steps to agents and requirements, agents passed over, offline steps: the promises
/// hold through random lives of a site, and each wrong variant is noticed.
import ChatModel
import ChatProtocol
import Routing
import Testing

@testable import HubCore

@Suite struct PlanTests {
    @Test(arguments: PromiseTests.seeds)
    func promisesHoldForPlansOfAllKinds(seed: UInt64) {
        let rules = SiteRules.demo(offerMilliseconds: seed % 2 == 0 ? nil : 20_000, capacity: 2) {
            $0.giveQualities()
        }
        var walk = Walk(seed: seed &+ 77, nodes: 3, rules: rules, isRough: seed % 2 == 0)
        let plans = RandomPlans(seed: seed)
        walk.world.rewrite = plans.rewrite
        walk.run(steps: 10_000)
        #expect(walk.checker.failure == nil, "seed \(seed)")
        #expect(plans.changed > 50)
    }

    private func expectCaught(
        _ promises: Int..., spoil: @escaping (inout MemorySite) -> Void
    ) {
        var found: [String] = []
        for seed in UInt64(1)...20 {
            let rules = SiteRules.demo(offerMilliseconds: nil, capacity: 1) { $0.giveQualities() }
            var walk = Walk(seed: seed, nodes: 2, rules: rules, isRough: false)
            walk.world.rewrite = RandomPlans(seed: seed).rewrite
            let checker = walk.checker
            walk.world.sabotage.afterStep = { store, _ in
                // What is seen to be broken is not broken further: the store may trap on it.
                if checker.failure == nil, var site = store.sites[rules.site] {
                    spoil(&site)
                    store.sites[rules.site] = site
                }
            }
            walk.run(steps: 3_000)
            guard let failure = walk.checker.failure else { continue }
            if promises.contains(where: { failure.hasPrefix("promise \($0):") }) { return }
            found.append(failure)
        }
        Issue.record("promise \(promises) was broken and nobody noticed; noticed: \(found)")
    }

    @Test func stepOpenedTooEarlyIsNoticed() {
        expectCaught(4) { site in
            for id in site.open.sorted() {
                let session = site.sessions[id]!
                guard session.record.state != .bot, session.opened < session.openings.count,
                    !session.openings[session.opened - 1].skipsWhenOffline
                else { continue }
                site.sessions[id]!.opened += 1
                // The last one has no end.
                if session.opened + 1 == session.openings.count { site.deadlines[.step(id)] = nil }
                site.enterQueues(id)
            }
        }
    }

    @Test func forgottenSkipIsNoticed() {
        expectCaught(3) { site in
            for id in site.open {
                let session = site.sessions[id]!
                let isServed = site.isServed(session.openings[session.opened - 1].target)
                if !isServed {
                    site.sessions[id]!.openings[session.opened - 1].skipsWhenOffline = true
                }
            }
        }
    }

    @Test func forgottenQueueOfAnAgentIsNoticed() {
        expectCaught(3) { site in
            for target in site.queues.keys {
                if case .agent = target { site.queues[target] = [] }
            }
        }
    }
}

extension SiteRules {
    mutating func giveQualities() {
        for (index, id) in agents.keys.sorted().enumerated() {
            agents[id]!.skills = ["refund": 2 + index]
            agents[id]!.languages = index == 0 ? ["en"] : ["zh", "en-GB"]
            agents[id]!.attributes = ["region": .text(index == 1 ? "east" : "west")]
        }
    }
}

/// Gives sessions plans of all kinds in place of the rules' own, whose home they keep.
final class RandomPlans {
    private var random: SeededRandom
    private(set) var changed = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed &* 31 &+ 5) }

    func rewrite(_ call: StoreCall) -> StoreCall {
        guard case .start(var start) = call.request, roll(10) > 0 else { return call }
        changed += 1
        let home = start.placement.home
        var openings: [Placement.Opening] = []
        for _ in 0...roll(3) {
            let target = target(home)
            if openings.contains(where: { $0.target == target }) { continue }
            openings.append(
                Placement.Opening(
                    target: target, durationMilliseconds: Int64(roll(4)) * 2_000,
                    skipsWhenOffline: roll(3) > 0))
        }
        if !openings.contains(where: { $0.target == .group(home, nil) }) {
            openings.append(Placement.Opening(target: .group(home, nil)))
        }
        openings[openings.count - 1].durationMilliseconds = nil
        start.placement.openings = openings
        if roll(3) == 0 {
            start.placement.exclusions = [
                Placement.Exclusion(
                    agent: agent(), forMilliseconds: roll(2) == 0 ? nil : 3_000)
            ]
        }
        return StoreCall(
            operation: call.operation, site: call.site, lease: call.lease, request: .start(start))
    }

    private func target(_ home: GroupID) -> Placement.Target {
        switch roll(6) {
        case 0, 1: .agent(agent())
        case 2: .group(home, Requirement([.init(least: 3, anyOf: [Quality.skill("refund")])]))
        case 3:
            .group(
                GroupID("floaters")!,
                Requirement([
                    .init(least: 1, anyOf: [Quality.attribute("region", "west")]),
                    .init(least: 1, anyOf: [Quality.language("en")]),
                ]))
        case 4: .group(GroupID("floaters")!, nil)
        default: .group(home, nil)
        }
    }

    private func agent() -> PersonID { PersonID(["chen", "dina", "eve", "gone"][roll(4)])! }

    private func roll(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
}

extension PlanTests {
    @Test func hubGoesOnWithASearchUntilSomebodyIsFound() {
        let world = World(rules: .demo(offerMilliseconds: nil, capacity: 1))
        let chen = PersonID("chen")!
        var isPassedOver = true
        world.rewrite = { call in
            guard case .start(var start) = call.request, isPassedOver else { return call }
            start.placement.exclusions = [Placement.Exclusion(agent: chen, forMilliseconds: nil)]
            return StoreCall(
                operation: call.operation, site: call.site, lease: call.lease,
                request: .start(start))
        }
        for number in 0..<200 { _ = world.customer("c\(number)").start() }
        isPassedOver = false
        guard let session = world.customer("last").start() else {
            Issue.record("no session was started")
            return
        }
        _ = world.agent("chen")
        world.settle()
        #expect(world.store.sites[world.site]?.sessions[session]?.record.agent == chen)
    }
}
