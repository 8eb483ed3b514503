/// Versions of a site file: what the store keeps of them, and what becomes of customers who come
/// while one takes the place of another.
import ChatModel
import ChatProtocol
import Testing

@testable import HubCore

@Suite struct SiteVersionTests {
    private let store = MemoryStore()
    private let site = SiteID("demo")!

    private func ask(_ request: StoreRequest) -> StoreReply {
        store.perform(
            StoreCall(operation: OperationID(1), site: site, lease: nil, request: request),
            from: store.connect())
    }

    /// The version in force afterwards; nil when refused.
    private func apply(
        _ text: String, _ condition: ApplySite.Condition = .replacing(nil), keep: Int = 50
    ) -> Int? {
        let reply = ask(
            .applySite(
                ApplySite(
                    text: text, digest: text, source: "shop.yaml", author: "wang",
                    condition: condition, keep: keep)))
        guard case .site(let stored) = reply else { return nil }
        return stored?.version
    }

    private func rollback(replacing: Int? = nil) -> Int? {
        guard case .site(let stored) = ask(.rollbackSite(replacing: replacing)) else { return nil }
        return stored?.version
    }

    private var versions: SiteVersions {
        guard case .versions(let versions) = ask(.siteVersions) else {
            return SiteVersions(inForce: -1, notes: [])
        }
        return versions
    }

    @Test func aRestartNeverUndoesApplyOrRollback() {
        #expect(apply("a", .startFile) == 1)
        #expect(apply("a", .startFile) == 1)
        #expect(apply("b") == 2)
        #expect(apply("a", .startFile) == 2, "the file at the start is the one of last time")
        #expect(rollback() == 1)
        #expect(apply("a", .startFile) == 1)
        #expect(apply("b", .startFile) == 1, "the file last applied, taken back since")
        #expect(apply("c", .startFile) == 3, "a new file")
        #expect(apply("a", .startFile) == 4, "the old one again, after another one")
    }

    @Test func rollbackGoesWhereTheVersionCameFromAndThenFurther() {
        for text in ["a", "b", "c"] { _ = apply(text) }
        #expect(rollback() == 2)
        #expect(rollback() == 1)
        #expect(rollback() == nil)
        #expect(versions.inForce == 1)
        #expect(apply("d") == 4)
        #expect(rollback() == 1, "what was in force before d")
    }

    @Test func nothingReplacesAVersionNobodyLookedAt() {
        #expect(apply("a", .replacing(0)) == 1)
        #expect(apply("b", .replacing(0)) == nil)
        #expect(apply("b", .replacing(1)) == 2)
        #expect(rollback(replacing: 1) == nil)
        #expect(rollback(replacing: 2) == 1)
    }

    @Test func theOldestVersionsAreForgottenButNeverTheOneBefore() {
        for number in 1...5 { _ = apply("\(number)", keep: 5) }
        for _ in 1...4 { _ = rollback() }
        #expect(versions.inForce == 1)
        for number in 6...12 { _ = apply("\(number)", keep: 5) }
        #expect(versions.notes.map(\.number) == [12, 11, 10, 9, 8])
        #expect(versions.notes.first?.previous == 11)
        #expect(ask(.loadVersion(7)) == .refused(.notFound))
        _ = rollback()
        #expect(versions.notes.count == 5 && versions.inForce == 11)
    }

    @Test func aNodeThatIsBehindLoadsAndPlacesAgainWithoutTheCustomerNoticing() throws {
        let world = World()
        world.apply(.demo())  // the version that the nodes have
        let early = world.customer("early")
        let first = early.start()
        var other = SiteRules.demo()
        other.strategy = SiteRules.demo(second: true).strategy
        world.apply(other)
        let late = world.customer("late")
        let second = try #require(late.start("hello"))
        #expect(second != first)
        let floaters = GroupID("floaters")!
        let openings = world.store.sites[world.site]!.sessions[second]!.openings.compactMap(
            \.target.group)
        #expect(openings.contains(floaters), "placed by the version in force")
        #expect(world.store.sites[world.site]!.sessions[first!]!.openings.count == 1)
        #expect(early.position == 1 && late.position == 2)
        #expect(late.history.allSatisfy { $0.type != "error" })
    }

    @Test func aVersionThatCannotBeLoadedIsToldAsRetryable() {
        let world = World()
        for _ in 1...2 { world.apply(.demo()) }
        // As when a newer hub stored what this one cannot read.
        world.rulesInForce = nil
        let customer = world.customer("c")
        let answer = customer.request("session.start", "\"topic\":\"t\"")
        #expect(answer?.code == .unavailable)
    }

    @Test func aRemovedGroupKeepsItsAgentsUntilNobodyNeedsIt() throws {
        let world = World(rules: .demo(capacity: 1))
        let customer = world.customer("c")
        let session = try #require(customer.start())
        var rules = SiteRules.demo()
        let chen = PersonID("chen")!
        rules.merge(GroupID("after-sales")!, into: GroupID("floaters")!)
        rules.version = 2
        // He came when the group was still there.
        let agent = world.agent("chen", status: nil)
        world.nodes[0].handle(.siteChanged(rules))
        world.settle()
        #expect(world.store.sites[world.site]!.agents[chen]!.groups.count == 2)
        agent.request("status.set", "\"status\":\"online\"")
        #expect(agent.next("offer")?.session == session)
        #expect(agent.request("offer.accept", agent.about(session))?.state == .active)
        world.pass(1_000)
        #expect(world.store.sites[world.site]!.agents[chen]!.groups.count == 2)
        agent.request("session.close", agent.about(session))
        world.pass(1_000)
        #expect(world.store.sites[world.site]!.agents[chen]!.groups == [GroupID("floaters")!])
    }
}
