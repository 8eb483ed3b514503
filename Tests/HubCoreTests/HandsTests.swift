/// Agents pick, supervisors assign: who may, what the others are told, and what capacity then says.
import ChatModel
import ChatProtocol
import Testing

@testable import HubCore

@Suite struct HandsTests {
    private func supervisor(_ world: World, on node: Int = 0) -> Client {
        let client = world.connect("zoe", to: node)
        client.ask(
            "hello", "\"role\":\"supervisor\",\"site\":\"demo\",\"token\":\"supervisor:zoe\"")
        world.settle()
        return client
    }

    private func assign(_ zoe: Client, _ session: SessionID?, to agent: String, over: Bool = false)
        -> ServerEvent?
    {
        zoe.request(
            "session.assign",
            "\(zoe.about(session)),\"agent\":\"\(agent)\"" + (over ? ",\"over_capacity\":true" : "")
        )
    }

    @Test func anAwayAgentPicksWhatWaitsAndTheOthersMoveUp() {
        let world = World(nodes: 2)
        let customers = (0..<3).map { world.customer("c\($0)", on: $0 % 2) }
        let sessions = customers.map { $0.start("hello \($0.name)") }
        let chen = world.agent("chen", on: 1, status: "away")
        let picked = chen.request("session.pick", chen.about(sessions[1]))
        #expect(picked?.state == .active)
        #expect(picked?.tree["messages"]?.elements?.first?["text"]?.string == "hello c1")
        let state = customers[1].history.last { $0.type == "session.state" }
        #expect(state?.state == .active)
        #expect(chen.history.allSatisfy { $0.type != "offer" })
        world.pass(1_000)
        #expect(customers[0].position == 1)
        #expect(customers[2].position == 2)
        // The same again is answered the same way.
        #expect(chen.request("session.pick", chen.about(sessions[1]))?.state == .active)
    }

    @Test func offlineOtherGroupAndFullMayNotPick() {
        let world = World(rules: .demo(capacity: 1))
        let sessions = (0..<3).map { world.customer("c\($0)").start("hello") }
        let chen = world.agent("chen", status: "offline")
        #expect(chen.request("session.pick", chen.about(sessions[0]))?.code == .agentUnavailable)
        let eve = world.agent("eve", status: "busy")
        #expect(eve.request("session.pick", eve.about(sessions[0]))?.code == .forbidden)
        let dina = world.agent("dina", status: "away")
        #expect(dina.request("session.pick", dina.about(sessions[2]))?.state == .active)
        #expect(dina.request("session.pick", dina.about(sessions[0]))?.code == .agentFull)
        #expect(eve.request("session.pick", eve.about(sessions[2]))?.code == .notWaiting)
        let customer = world.customer("c0")
        #expect(customer.request("session.pick", customer.about(sessions[0]))?.code == .forbidden)
    }

    @Test func aSupervisorPicksAnything() {
        let world = World()
        let session = world.customer("c").start("hello")
        let zoe = supervisor(world)
        #expect(zoe.request("session.pick", zoe.about(session))?.code == .agentUnavailable)
        zoe.request("status.set", "\"status\":\"away\"")
        #expect(zoe.request("session.pick", zoe.about(session))?.state == .active)
    }

    @Test func pickingWhatOneIsOfferedAcceptsIt() {
        let world = World()
        let chen = world.agent("chen")
        let session = world.customer("c").start("hello")
        #expect(chen.next("offer")?.session == session)
        #expect(chen.request("session.pick", chen.about(session))?.state == .active)
        world.pass(25_000)
        #expect(world.store.sites[world.site]?.sessions[session!]?.record.state == .active)
    }

    @Test func aCustomerWhoDroppedOffIsNotPicked() {
        let world = World()
        let customer = world.customer("c")
        let session = customer.start("hello")
        customer.drop()
        world.settle()
        let chen = world.agent("chen", status: "away")
        #expect(chen.request("session.pick", chen.about(session))?.code == .notWaiting)
    }

    @Test func assignOverCapacityBringsNothingNewUntilBelow() {
        let world = World(rules: .demo(offerMilliseconds: nil, capacity: 1))
        let first = world.customer("c0").start("one")
        let chen = world.agent("chen")
        let second = world.customer("c1").start("two")
        _ = world.customer("c2").start("three")
        let zoe = supervisor(world)
        #expect(assign(zoe, second, to: "chen")?.code == .agentFull)
        let answer = assign(zoe, second, to: "chen", over: true)
        #expect(answer?.state == .active)
        #expect(answer?.tree["agent"]?["id"]?.string == "chen")
        world.settle()
        func held() -> Set<SessionID> { world.store.sites[world.site]!.agents[chenID]!.held }
        #expect(held() == [first!, second!])
        #expect(chen.texts() == ["one", "two"])
        chen.request("session.close", chen.about(first))
        world.pass(1_500)
        #expect(held() == [second!], "still at his capacity, so nothing new")
        chen.request("session.close", chen.about(second))
        world.settle()
        #expect(held().count == 1, "below: the next one came")
    }

    private let chenID = PersonID("chen")!

    @Test func assignMovesAConversationAndTellsEverybody() {
        let world = World(nodes: 3, rules: .demo(offerMilliseconds: nil, capacity: 1))
        let customer = world.customer("c", on: 0)
        let session = customer.start("hello")
        let chen = world.agent("chen", on: 1)
        let waiting = world.customer("d", on: 0).start("next")
        let eve = world.agent("eve", on: 2, status: "away")
        let zoe = supervisor(world, on: 2)
        chen.forgetFrames()
        #expect(assign(zoe, session, to: "eve")?.state == .active)
        world.settle()
        let loss = chen.next("session.state")
        #expect(loss?.tree["reason"]?.string == "handed_over")
        #expect(loss?.state == .queued && loss?.session == session)
        #expect(eve.history.last { $0.type == "session.state" }?.state == .active)
        #expect(eve.texts() == ["hello"])
        let seen = customer.history.last { $0.type == "session.state" }
        #expect(seen?.tree["agent"]?["id"]?.string == "eve")
        #expect(seen?.tree["reason"] == nil)
        // His slot is free: the next one is his at once, and the old one is closed to him.
        #expect(world.store.sites[world.site]?.agents[chenID]?.held == [waiting!])
        #expect(chen.send("still me?", key: "k", in: session)?.code == .notFound)
        #expect(eve.send("now me", key: "k", in: session)?.seq == 3)
        #expect(customer.texts() == ["now me"])
        // Everybody who is in it reads who owns it from here on; the hub said so, nobody else.
        for client in [customer, eve] {
            let line = client.history.last { $0.type == "message" && $0.seq == 2 }?.tree
            #expect(line?["kind"]?.string == "system" && line?["event"]?.string == "transferred")
            #expect(line?["agent"]?["id"]?.string == "eve" && line?["text"] == nil)
            #expect(line?["from"]?["role"]?.string == "hub" && line?["key"] == nil)
        }
    }

    @Test func assignTakesAnOfferAwayFromWhoeverIsAsked() {
        let world = World(nodes: 2)
        let chen = world.agent("chen")
        let session = world.customer("c").start("hello")
        #expect(chen.next("offer")?.session == session)
        let dina = world.agent("dina", on: 1)
        let zoe = supervisor(world)
        #expect(assign(zoe, session, to: "dina")?.state == .active)
        #expect(chen.next("session.state")?.tree["reason"]?.string == "handed_over")
        #expect(dina.history.last { $0.type == "session.state" }?.state == .active)
        world.pass(25_000)
        #expect(
            world.store.sites[world.site]?.agents[chenID]?.status == .online, "no offer ran out")
    }

    @Test func assignRefusesTheOfflineTheGoneAndTheUnknown() {
        let world = World()
        let customer = world.customer("c")
        let session = customer.start("hello")
        let chen = world.agent("chen", status: "offline")
        let zoe = supervisor(world)
        #expect(assign(zoe, session, to: "chen")?.code == .agentUnavailable)
        #expect(assign(zoe, session, to: "nobody")?.code == .notFound)
        chen.request("status.set", "\"status\":\"busy\"")
        chen.drop()
        world.settle()
        #expect(assign(zoe, session, to: "chen")?.code == .agentUnavailable)
        let dina = world.agent("dina", status: "busy")
        #expect(assign(dina, session, to: "dina")?.code == .forbidden)
        #expect(assign(zoe, session, to: "dina")?.state == .active)
        #expect(
            assign(zoe, session, to: "dina")?.state == .active, "the same again changes nothing")
        customer.request("session.close", customer.about(session))
        #expect(assign(zoe, session, to: "dina")?.code == .sessionClosed)
    }
}
