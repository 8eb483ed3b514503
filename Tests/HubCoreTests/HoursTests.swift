/// Doors that close and open while people are about, and messages left before them.
import ChatModel
import ChatProtocol
import Routing
import Testing

@testable import HubCore

@Suite struct HoursTests {
    private static let care = GroupID("after-sales")!

    /// The demo site with hours for its group: from a minute after the world began, or until then.
    private func rules(
        opens: Int64? = nil, closes: Int64? = nil, change: (inout Rule) -> Void = { _ in }
    ) throws -> SiteRules {
        var rules = SiteRules.demo(offerMilliseconds: nil)
        var rule = rules.strategy.rules[0]
        change(&rule)
        let start = ZoneRules.utc.localTime(at: World.start)
        let minute = { (minutes: Int64) in (start.secondOfDay + Int(minutes) * 60) % 86_400 }
        let hours = HourSpan(startSecond: minute(opens ?? -60), endSecond: minute(closes ?? 600))!
        rules.strategy = try Strategy(
            rules: [rule], vip: rules.strategy.vip,
            calendars: ["days": OpeningCalendar(hours: [hours])], groupHours: [Self.care: "days"])
        return rules
    }

    private func opening(_ event: ServerEvent?) -> Int? { event?.tree["opens_at"]?.number }

    @Test func closedTellsTheNextOpening() throws {
        let world = World(rules: try rules(opens: 60))
        let customer = world.customer("c")
        let answer = customer.request("session.start", "\"topic\":\"t\"")
        #expect(answer?.code == .closed)
        let expected = (World.start / 60_000 + 60) * 60_000
        #expect(opening(answer).map { abs(Int64($0) - expected) <= 60_000 } == true)
        // Nothing was counted against him, and nothing was made for him.
        #expect(world.store.sites[world.site]?.sessions.isEmpty == true)
        #expect(world.nodes[0].hub.snapshot().storeRequestsInFlight == 0)
    }

    @Test func whoWaitsWhenTheGroupClosesIsServedWhenItOpensAgain() throws {
        let world = World(rules: try rules(closes: 1))
        let early = world.customer("early")
        let session = early.start("hello")
        #expect(early.history.allSatisfy { opening($0) == nil })
        let told = early.history.count
        world.pass(120_000, step: 1_000)
        let late = world.customer("late")
        #expect(late.request("session.start", "\"topic\":\"t\"")?.code == .closed)
        // He is told, there and when he comes back, that it is late by now, and keeps his place.
        let expected = (World.start / 60_000 + 1440 - 60) * 60_000
        let closing = early.history.dropFirst(told).first { opening($0) != nil }
        #expect(closing?.type == "queue.position" && closing?.session == session)
        #expect(opening(closing).map { abs(Int64($0) - expected) <= 60_000 } == true)
        early.drop()
        world.skip(Int64(opening(closing) ?? 0) - World.start - world.monotonic - 3_000)
        let back = world.customer("early")
        let known = back.answer(1)?.tree["sessions"]?.elements?.first
        #expect(known?["opens_at"]?.number == opening(closing))
        let agent = world.agent("chen")
        world.pass(2_500)
        #expect(agent.next("session.state") == nil)
        // The night is over within a second of the opening.
        world.pass(1_500)
        #expect(agent.next("session.state")?.session == session)
    }

    @Test func whoMayWaitOutOfHoursIsMatchedAtTheOpening() throws {
        let world = World(rules: try rules(opens: 2) { $0.whenClosed = .queue })
        let agent = world.agent("chen")
        let customer = world.customer("c")
        let session = customer.start("hello")
        let position = customer.history.last { $0.type == "queue.position" }
        #expect(opening(position) != nil)
        world.pass(60_000, step: 500)
        #expect(agent.next("session.state") == nil)
        world.pass(62_000, step: 500)
        #expect(agent.next("session.state")?.session == session)
    }

    /// The plan's second group is within its hours: he is not told of an opening.
    @Test func aPlanIsOpenWhileOneOfItsGroupsIs() throws {
        var rules = SiteRules.demo(offerMilliseconds: nil, second: true)
        let closed = OpeningCalendar(weekdays: [])
        rules.strategy = try Strategy(
            rules: rules.strategy.rules, vip: rules.strategy.vip, calendars: ["never": closed],
            groupHours: [Self.care: "never"])
        let world = World(rules: rules)
        let chen = world.agent("chen")
        let customer = world.customer("c")
        let session = customer.start("hello")
        world.pass(2_000)
        #expect(customer.history.allSatisfy { opening($0) == nil })
        #expect(chen.next("session.state") == nil)
        let eve = world.agent("eve")
        #expect(eve.next("session.state")?.session == session)
    }

    @Test func leftMessagesShowWhenTheClockOpensTheGroup() throws {
        let world = World(rules: try rules(opens: 2))
        let customer = world.customer("c")
        let left = customer.request("message.leave", "\"key\":\"k\",\"text\":\"call me\"")
        let message = left?.tree["message"]?.string
        #expect(message?.hasPrefix("m_") == true)
        let agent = world.agent("chen")
        agent.request("queue.subscribe", "\"groups\":[\"after-sales\"]")
        world.pass(3_000)
        let update = agent.next("queue.update")
        #expect(update != nil && agent.left.isEmpty)
        world.pass(180_000, step: 1_000)
        #expect(agent.left == [message])
    }

    @Test func aWaitThatBecomesAMessageIsTakenWithAllItsWords() throws {
        let world = World(
            rules: try rules(change: { $0.waitLimitMilliseconds = 2_000 }))
        let customer = world.customer("c")
        let session = customer.start("one")
        world.pass(3_000)
        #expect(customer.next("queue.choice")?.session == session)
        // Silence is an answer as well: he goes on waiting and is not asked again.
        world.pass(6_000)
        #expect(customer.next("queue.choice") == nil)
        let answer = customer.request(
            "queue.choose", "\(customer.about(session)),\"choice\":\"message\"")
        #expect(customer.history.last { $0.type == "session.state" }?.state == .closed)
        let agent = world.agent("chen")
        let message = answer?.tree["message"]?.string ?? ""
        let taken = agent.request("message.take", "\"message\":\"\(message)\"")
        #expect(taken?.state == .active)
        #expect(customer.texts() == ["one"])
    }

    @Test func anOverflowGoesOnlyWhereThereIsRoom() throws {
        var rules = SiteRules.demo(offerMilliseconds: nil, second: true)
        var rule = rules.strategy.rules[0]
        rule.whenFull = .next
        rules.strategy = try Strategy(rules: [rule], vip: rules.strategy.vip)
        for index in rules.groups.indices {
            rules.groups[index].maximumWaiting = 1
            rules.groups[index].reopenBelow = 1
        }
        let world = World(rules: rules)
        let sessions = (0..<2).map { world.customer("c\($0)").start() }
        let site = world.store.sites[world.site]
        let groups = sessions.compactMap { $0.flatMap { site?.sessions[$0]?.record.group.text } }
        #expect(groups == ["after-sales", "floaters"])
        let third = world.customer("c3").request("session.start", "\"topic\":\"t\"")
        #expect(third?.code == .queueFull)
        #expect(third?.tree["choices"]?.elements?.first?.string == "message")
    }
}
