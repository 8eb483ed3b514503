/// Conversations of the past: listed, read, opened again, and messages that are deleted.
import ChatModel
import ChatProtocol
import Testing

@testable import HubCore

@Suite struct PastTests {
    private func supervisor(_ world: World, on node: Int = 0) -> Client {
        let client = world.connect("zoe", to: node)
        client.ask(
            "hello", "\"role\":\"supervisor\",\"site\":\"demo\",\"token\":\"supervisor:zoe\"")
        world.settle()
        return client
    }

    private func world(nodes: Int = 1, _ change: (inout SiteRules) -> Void = { _ in }) -> World {
        World(
            nodes: nodes,
            rules: .demo(offerMilliseconds: nil, capacity: 1) {
                $0.reopenMilliseconds = 10_000
                change(&$0)
            })
    }

    private func reopen(_ customer: Client, _ session: SessionID?, key: String = "again")
        -> ServerEvent?
    {
        customer.request("session.reopen", customer.about(session) + ",\"key\":\"\(key)\"")
    }

    private func record(_ world: World, _ session: SessionID?) -> SessionRecord? {
        session.flatMap { world.store.sites[world.site]?.sessions[$0]?.record }
    }

    @Test func aClosedConversationGoesOnWithItsAgentAndAllThatWasSaid() {
        let world = world(nodes: 2)
        let (customer, chen) = (world.customer("c", on: 0), world.agent("chen", on: 1))
        let session = customer.start("hello")
        chen.send("hi", key: "a", in: session)
        chen.request("session.close", chen.about(session))
        let dina = world.agent("dina", on: 0)
        let again = reopen(customer, session)
        #expect(again?.session == session && again?.tree["existing"] == nil)
        let said = again?.tree["messages"]?.elements ?? []
        #expect(said.compactMap { $0["seq"]?.number } == [1, 2, 3])
        #expect(said.last?["event"]?.string == "reopened")
        world.settle()
        #expect(record(world, session)?.agent == PersonID("chen"), "not dina, who is free as well")
        #expect(chen.send("back?", key: "b", in: session)?.seq == 4)
        #expect(customer.texts().last == "back?")
        #expect(dina.texts().isEmpty)
        // The same key leads to the same session, and so does another while it is open.
        #expect(reopen(customer, session)?.tree["existing"] == .boolean(true))
        #expect(reopen(customer, session, key: "more")?.session == session)
        #expect(record(world, session)?.version == record(world, session)?.version)
    }

    @Test func itWaitsBehindThoseWhoWaitAlready() {
        let world = world()
        let (customer, chen) = (world.customer("c"), world.agent("chen"))
        let session = customer.start("hello")
        let other = world.customer("d")
        _ = other.start("next")
        chen.request("session.close", chen.about(session))
        let third = world.customer("e")
        _ = third.start("behind")
        #expect(third.position == 1)
        customer.forgetFrames()
        let again = reopen(customer, session)
        #expect(again?.state == .queued)
        #expect(customer.position == 2, "a new arrival with a ticket of its own")
        #expect(third.position == 1)
    }

    @Test func itIsNoWayAroundTheDoorsThatAreClosedToOthers() {
        let world = world { $0.groups[0].maximumWaiting = 1 }
        let (customer, chen) = (world.customer("c"), world.agent("chen"))
        let session = customer.start("hello")
        let other = world.customer("d")
        _ = other.start("he is served next")
        chen.request("session.close", chen.about(session))
        _ = world.customer("e").start("and he waits")
        #expect(reopen(customer, session)?.code == .queueFull)
        // Nor to a second conversation beside an open one.
        #expect(record(world, session)?.state == .closed)
        chen.request("session.close", chen.about(record(world, chen.history.last?.session)?.id))
        let second = customer.request("session.start", "\"key\":\"new\"")
        if let second, second.code == nil {
            #expect(reopen(customer, session, key: "k2")?.code == .sessionOpen)
        }
    }

    @Test func itIsHisAloneAndForAWhileOnly() {
        let world = world()
        let (customer, chen) = (world.customer("c"), world.agent("chen"))
        let session = customer.start("hello")
        chen.request("session.close", chen.about(session))
        #expect(reopen(world.customer("d"), session)?.code == .notFound)
        #expect(
            chen.request("session.reopen", chen.about(session) + ",\"key\":\"k\"")?.code
                == .forbidden)
        world.pass(11_000)
        #expect(reopen(customer, session)?.code == .notReopenable)
        let off = World(rules: .demo(offerMilliseconds: nil))
        let someone = off.customer("c")
        let closed = someone.start("hello")
        someone.request("session.close", someone.about(closed))
        #expect(reopen(someone, closed)?.code == .notReopenable)
    }

    @Test func whileItIsWrittenUpItMayBeOpenedAgain() {
        let world = world { $0.wrapUpMilliseconds = 60_000 }
        let (customer, chen) = (world.customer("c"), world.agent("chen"))
        let session = customer.start("hello")
        customer.request("session.close", customer.about(session))
        #expect(record(world, session)?.state == .wrapup)
        #expect(reopen(customer, session)?.session == session)
        world.settle()
        #expect(record(world, session)?.state == .active)
        #expect(record(world, session)?.agent == PersonID("chen"))
        #expect(chen.send("hi again", key: "b", in: session)?.seq == 3)
    }

    @Test func allDevicesOfTheCustomerSeeItGoOn() {
        let world = world(nodes: 2)
        let first = world.customer("c", on: 0)
        let chen = world.agent("chen", on: 1)
        let session = first.start("hello")
        let second = world.customer("c", on: 1)
        chen.request("session.close", chen.about(session))
        _ = reopen(first, session)
        world.settle()
        chen.send("hi", key: "a", in: session)
        for device in [first, second] { #expect(device.texts().last == "hi") }
        #expect(second.history.last { $0.type == "session.state" }?.state == .active)
    }

    // MARK: Deleting

    @Test func aDeletedMessageIsGoneForEverybodyAndItsNumberStays() {
        let world = world(nodes: 2)
        let (customer, chen) = (world.customer("c", on: 0), world.agent("chen", on: 1))
        let session = customer.start("hello")
        customer.send("my card is 4711", key: "k", in: session)
        chen.send("thanks", key: "a", in: session)
        let zoe = supervisor(world, on: 1)
        let about = zoe.about(session)
        #expect(chen.request("message.delete", about + ",\"seq\":2")?.code == .forbidden)
        #expect(zoe.request("message.delete", about + ",\"seq\":9")?.code == .notFound)
        #expect(zoe.request("message.delete", about + ",\"seq\":2")?.type == "ok")
        #expect(zoe.request("message.delete", about + ",\"seq\":2")?.type == "ok")
        for client in [customer, chen] {
            #expect(client.history.count { $0.type == "message.deleted" && $0.seq == 2 } == 1)
            let page = client.request("history", client.about(session) + ",\"after\":0")
            let said = page?.tree["messages"]?.elements ?? []
            #expect(said.compactMap { $0["seq"]?.number } == [1, 2, 3])
            #expect(said[1]["kind"]?.string == "deleted" && said[1]["text"] == nil)
            #expect(said[1]["from"]?["id"]?.string == "v_c" && said[1]["key"] == nil)
        }
        #expect(!world.store.dump(world.site).contains("4711"))
        // Sent again, it is not said again.
        #expect(customer.send("my card is 4711", key: "k", in: session)?.code == .gone)
    }

    @Test func whoTalkedIsToldAlsoWhenItIsOver() {
        let world = world()
        let (customer, chen) = (world.customer("c"), world.agent("chen"))
        let session = customer.start("hello")
        chen.request("session.close", chen.about(session))
        let zoe = supervisor(world)
        zoe.request("message.delete", zoe.about(session) + ",\"seq\":1")
        #expect(customer.next("message.deleted")?.session == session)
        #expect(chen.next("message.deleted")?.seq == 1)
        #expect(world.customer("d").next("message.deleted") == nil)
    }

    @Test func linesOfTheHubStay() {
        let world = world()
        let customer = world.customer("c")
        let chen = world.agent("chen")
        let session = customer.start("hello")
        let zoe = supervisor(world)
        zoe.request("session.take", zoe.about(session))
        #expect(zoe.request("message.delete", zoe.about(session) + ",\"seq\":2")?.code == .notFound)
        #expect(chen.texts() == ["hello"])
    }
}
