/// The promises of DESIGN section 2, kept through random lives of a site.
import ChatModel
import Foundation
import HubCore
import Testing

@Suite struct PromiseTests {
    /// Fixed, so that a run says the same twice. `WALK_SEEDS="17 18"` looks at others, and
    /// `WALK_TRACE=1` adds the last things that happened to a failure.
    static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["WALK_SEEDS"]?
        .split(separator: " ").compactMap { UInt64($0) } ?? [1, 2, 3, 4]

    @Test(arguments: seeds)
    func promisesHoldInAnyOrderOfAnswers(seed: UInt64) {
        let rules = SiteRules.demo(
            offerMilliseconds: seed % 2 == 0 ? nil : 20_000, capacity: 2,
            mode: seed % 2 == 0 ? .robotFirst : .humanFirst)
        var walk = Walk(seed: seed, nodes: 3, rules: rules, isRough: false)
        walk.run(steps: 10_000)
        // What is rare in this seed's life comes about when it goes on.
        for _ in 0..<6 where walk.checker.failure == nil && !missing(in: walk, seed).isEmpty {
            walk.run(steps: 5_000)
        }
        #expect(walk.checker.failure == nil, "seed \(seed)")
        #expect(walk.checker.deliveries > 50 && walk.checker.acknowledgements > 50)
        #expect(missing(in: walk, seed) == [], "seed \(seed)")
    }

    /// What has not come about, by name: the walk then shows less than it says.
    private func missing(in walk: Walk, _ seed: UInt64) -> [String] {
        let checker = walk.checker
        let seen = [
            "versions": walk.versions, "left messages": checker.leftMessages,
            "picks": checker.picks + checker.handOvers, "ratings": checker.ratings,
            "explanations": checker.explanations, "takes": checker.takes,
            "watches": checker.watches, "notes": checker.notes, "wrap-ups": checker.wrapUps,
            "joins": checker.joins, "reopenings": checker.reopenings,
            // Where sessions are given out without asking, so are transfers.
            "asked transfers": seed % 2 == 0 ? 1 : checker.transfers,
            // The third seed's site reminds nobody.
            "reminders": seed % 4 == 3 ? 1 : checker.reminders,
            // Of the others' lives robots are a part only when another version brings them.
            "robots": seed % 2 == 1 ? 1 : checker.botMessages,
        ]
        return seen.filter { $0.value == 0 }.map(\.key).sorted()
    }

    @Test(arguments: seeds)
    func promisesHoldWhenNodesDieAndTheStoreIsAway(seed: UInt64) {
        let rules = SiteRules.demo(
            offerMilliseconds: seed % 3 == 0 ? nil : 20_000, capacity: 2, second: seed % 2 == 0)
        var walk = Walk(seed: seed &+ 1000, nodes: 3, rules: rules, isRough: true)
        walk.run(steps: 10_000)
        #expect(walk.checker.failure == nil, "seed \(seed)")
        #expect(walk.faults > 20)
    }
}
