/// Starts that are sent again, conversations whose customer does not come back, and sessions that
/// are kept no longer.
import ChatModel
import ChatProtocol
import HubCore
import Testing

@Suite struct StartTests {
    private let first = "\"key\":\"k-1\",\"topic\":\"t\",\"text\":\"hello\""

    @Test(arguments: [1, 2])
    func aStartSentAgainAfterTheEndBeginsNoSecondSession(nodes: Int) throws {
        let world = World(nodes: nodes)
        let anna = world.customer("a")
        let id = try #require(anna.request("session.start", first)?.session)
        anna.request("session.close", anna.about(id))
        anna.drop()
        world.settle()
        let again = world.customer("a", on: nodes - 1)
        let answer = try #require(again.request("session.start", first))
        #expect(answer.session == id && answer.state == .closed)
        #expect(answer.tree["existing"] == .boolean(true))
        #expect(answer.tree["seq"] == .integer(1))
        // Another key is another wish.
        let other = again.request("session.start", first.replacing("k-1", with: "k-2"))
        #expect(other?.session != id && other?.state == .queued)
    }

    @Test func aStartsTextJoinsTheOpenSessionOnce() throws {
        let world = World()
        let anna = world.customer("a")
        let id = try #require(anna.start("one"))
        let chen = world.agent("chen")
        chen.request("offer.accept", chen.about(id))
        let phone = world.customer("a")
        for _ in 0..<2 {
            let answer = try #require(phone.request("session.start", first))
            #expect(answer.session == id && answer.tree["existing"] == .boolean(true))
            #expect(answer.tree["seq"] == .integer(2))
        }
        #expect(chen.texts() == ["hello"] && anna.texts() == ["hello"])
        #expect(anna.send("three", key: "k-3", in: id)?.tree["seq"] == .integer(3))
    }

    @Test func withoutAKeyTheSameWordsAreSaidOnceAndOthersAreNotLost() throws {
        let world = World()
        let anna = world.customer("a")
        let id = try #require(anna.start("same"))
        for (text, seq) in [("same", 1), ("other", 2), ("other", 2)] as [(String, Int64)] {
            let members = "\"topic\":\"t\",\"text\":\"\(text)\""
            let answer = anna.request("session.start", members)
            #expect(answer?.session == id && answer?.tree["seq"] == .integer(seq))
        }
    }

    @Test func theSameKeyWithAnotherTextIsAConflict() throws {
        let world = World()
        let anna = world.customer("a")
        _ = try #require(anna.request("session.start", first))
        let answer = anna.request("session.start", first.replacing("hello", with: "bye"))
        #expect(answer?.code == .keyConflict)
        #expect(anna.request("session.start", first)?.tree["existing"] == .boolean(true))
    }

    @Test func aConversationWhoseCustomerHasGoneFreesItsSlot() throws {
        var rules = SiteRules.demo(offerMilliseconds: nil, capacity: 1)
        rules.closeGoneMilliseconds = 10_000
        let world = World(rules: rules)
        let chen = world.agent("chen")
        let anna = world.customer("a")
        let id = try #require(anna.start("hello"))
        let bo = world.customer("b")
        let waiting = try #require(bo.start("me too"))
        anna.drop()
        world.pass(rules.graces.customerMilliseconds + 9_000, step: 250)
        #expect(!chen.history.contains { $0.session == waiting })
        world.pass(4_000, step: 250)
        let closed = chen.history.last { $0.session == id && $0.type == "session.state" }
        #expect(closed?.state == .closed && closed?.tree["reason"]?.string == "gone")
        #expect(chen.history.contains { $0.session == waiting && $0.state == .active })
    }

    @Test func aCustomerWhoComesBackInTimeKeepsHisConversation() throws {
        var rules = SiteRules.demo(offerMilliseconds: nil)
        rules.closeGoneMilliseconds = 10_000
        let world = World(rules: rules)
        _ = world.agent("chen")
        let anna = world.customer("a")
        let id = try #require(anna.start("hello"))
        anna.drop()
        world.pass(rules.graces.customerMilliseconds + 9_000, step: 250)
        let back = world.customer("a")
        world.pass(20_000, step: 250)
        #expect(back.send("here again", key: "k", in: id)?.type == "ok")
    }

    @Test func closedSessionsAreDeletedWholeWhenTheirTimeIsOver() throws {
        var rules = SiteRules.demo()
        rules.retention = Retention(sessionMilliseconds: 60_000, journalMilliseconds: 60_000)
        let world = World(rules: rules)
        let people = (0..<3).map { world.customer("c\($0)") }
        let ids = try people.map { try #require($0.request("session.start", first)?.session) }
        people[0].request("session.close", people[0].about(ids[0]))
        world.pass(40_000, step: 250)
        people[1].request("session.close", people[1].about(ids[1]))
        world.pass(60_000, step: 250)
        let dump = world.store.dump(world.site)
        #expect(!dump.contains(ids[0].description))
        #expect(dump.contains(ids[1].description) && dump.contains(ids[2].description))
        world.pass(40_000, step: 250)
        #expect(!world.store.dump(world.site).contains(ids[1].description))
        // Nothing is left of its key either: it begins another session.
        let next = people[0].request("session.start", first)
        #expect(next?.state == .queued && next?.session != ids[0])
    }
}
