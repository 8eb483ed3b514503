/// Sessions over one and more nodes: queues, offers, devices, loss and return.
import ChatModel
import ChatProtocol
import Testing

@testable import HubCore

@Suite struct SessionTests {
    @Test func positionsFallAndNobodySeesAnotherLevel() {
        let world = World(nodes: 2, rules: .demo(offerMilliseconds: nil, capacity: 1))
        let clients = (0..<4).map { world.customer("c\($0)", on: $0 % 2) }
        let sessions = clients.map { $0.start() }
        #expect(clients.map(\.position) == [1, 2, 3, 4])
        let important = world.customer("vip", level: 9)
        _ = important.start()
        #expect(important.position == 1)
        let agent = world.agent("chen")
        #expect(agent.next("session.state")?.line.contains("v_vip") == true)
        #expect(clients.map(\.position) == [1, 2, 3, 4])
        clients[1].request("session.leave", clients[1].about(sessions[1]))
        world.pass(1_000)
        #expect(clients.map(\.position) == [1, 2, 2, 3])
        #expect(clients[2].history.allSatisfy { !$0.line.contains("level") })
    }

    @Test func anOfferTellsTheWaitAndNotTheNightTheSiteStood() {
        let world = World()
        // Nobody swept all night: the site's clock stood, and lags behind the wall ever since.
        world.skip(8 * 3_600_000)
        world.pass(1_000)
        let customer = world.customer("c")
        _ = customer.start("hello")
        world.pass(2_000)
        let chen = world.agent("chen")
        guard case .integer(let waited)? = chen.next("offer")?.tree["waited_ms"] else {
            Issue.record("no offer")
            return
        }
        #expect((1_500...3_000).contains(waited), "waited \(waited) ms")
    }

    @Test func anotherDeviceIsToldWhatIsLeftOfAnOffer() {
        let world = World()
        let chen = world.agent("chen")
        let customer = world.customer("c")
        let session = customer.start("hello")
        #expect(chen.next("offer")?.session == session)
        world.pass(15_000)
        let tablet = world.agent("chen", status: nil)
        guard case .integer(let left)? = tablet.next("offer")?.tree["expires_ms"] else {
            Issue.record("no offer")
            return
        }
        #expect(left <= 5_000, "\(left) ms left")
    }

    @Test func aCloseDoesNotOvertakeWhatItsSenderSaidBefore() {
        let world = World(nodes: 1, rules: .demo(offerMilliseconds: nil))
        let chen = world.agent("chen")
        let customer = world.customer("c")
        let session = customer.start("hello")
        let about = customer.about(session)
        let sends = (1...3).map {
            customer.ask("message.send", "\(about),\"key\":\"k\($0)\",\"text\":\"\($0)\"")
        }
        let close = customer.ask("session.close", about)
        world.settle()
        #expect(sends.compactMap { customer.answer($0)?.seq } == [2, 3, 4])
        #expect(customer.answer(close)?.state == .closed)
        #expect(chen.texts() == ["hello", "1", "2", "3"])
        #expect(chen.history.last { $0.type == "session.state" }?.state == .closed)
    }

    @Test func expiredOfferGoesOnAndItsAgentIsAway() {
        let world = World(nodes: 2)
        let chen = world.agent("chen")
        let customer = world.customer("c", on: 1)
        let session = customer.start("hello")
        #expect(chen.next("offer")?.session == session)
        let dina = world.agent("dina", on: 1)
        world.pass(21_000, step: 250)
        #expect(chen.history.contains { $0.type == "agent.update" && $0.line.contains("away") })
        #expect(chen.history.contains { $0.line.contains("offer_expired") })
        #expect(dina.next("offer")?.session == session)
        #expect(dina.request("offer.accept", dina.about(session))?.state == .active)
        #expect(chen.request("offer.accept", chen.about(session))?.code == .noOffer)
        world.settle()
        #expect(customer.next("session.state")?.state == .active)
    }

    @Test func otherDevicesOfBothGetEverythingOnce() {
        let world = World(nodes: 2)
        let phone = world.customer("c")
        let laptop = world.customer("c", on: 1)
        let chen = world.agent("chen")
        let tablet = world.agent("chen", on: 1, status: nil)
        let session = phone.start("one")
        #expect(chen.request("offer.accept", chen.about(session))?.state == .active)
        phone.send("two", key: "k2", in: session)
        chen.send("three", key: "a1", in: session)
        #expect(phone.texts() == ["three"])
        #expect(laptop.texts() == ["one", "two", "three"])
        #expect(laptop.history.last { $0.text == "two" }?.key == "k2")
        #expect(chen.texts() == ["two"])
        #expect(tablet.texts() == ["one", "two", "three"])
        phone.say("{\"type\":\"typing\",\(phone.about(session)),\"typing\":true}")
        world.settle()
        #expect(chen.next("typing") != nil && tablet.next("typing") != nil)
        #expect(laptop.next("typing") == nil && phone.next("typing") == nil)
    }

    @Test func agentWhoReturnsInTimeKeepsHisSessionAndOneWhoDoesNotLosesIt() {
        let world = World(nodes: 2, rules: .demo(offerMilliseconds: nil))
        let chen = world.agent("chen")
        let customer = world.customer("c", on: 1)
        let session = customer.start("hello")
        #expect(customer.history.last { $0.session == session }?.state == .active)
        world.nodes[0].die()
        world.pass(20_000, step: 250)
        #expect(!chen.isOpen)
        let back = world.agent("chen", on: 1, status: nil)
        #expect(back.answer(1)?.line.contains("\(session!)") == true)
        #expect(customer.send("still there?", key: "k", in: session)?.seq == 2)
        #expect(back.texts() == ["still there?"])
        back.drop()
        world.pass(31_000, step: 250)
        #expect(customer.history.last { $0.type == "session.state" }?.state == .queued)
        let dina = world.agent("dina", on: 1)
        #expect(dina.texts() == ["hello", "still there?"])
    }

    @Test func customerKeepsHisPlaceThroughTheGraceAndNotBeyond() {
        let world = World(nodes: 2)
        let first = world.customer("a")
        let second = world.customer("b")
        let session = first.start()
        _ = second.start()
        first.drop()
        world.pass(30_000, step: 500)
        #expect(second.position == 2)
        let back = world.customer("a", on: 1)
        #expect(back.position == 1)
        back.drop()
        world.pass(61_500, step: 500)
        #expect(second.position == 1)
        let late = world.customer(
            "a", on: 1, resume: ",\"resume\":[{\"session\":\"\(session!)\",\"after\":0}]")
        #expect(late.answer(1)?.tree["sessions"]?.elements?.first?["state"]?.string == "closed")
    }

    @Test func storeAwayAnswersEverythingRetryableAndGoesOnAfterwards() {
        let world = World(rules: .demo(offerMilliseconds: nil))
        let chen = world.agent("chen")
        let customer = world.customer("c")
        let session = customer.start("hello")
        let node = world.nodes[0]
        let id = customer.ask(
            "message.send", "\(customer.about(session)),\"key\":\"k1\",\"text\":\"lost?\"")
        // Done, and the answer is lost; everything after it is not done at all.
        node.perform(fault: .answerLost)
        while node.hearAnswer(at: 0) {}
        #expect(customer.answer(id)?.code == .unavailable)
        let other = customer.ask(
            "message.send", "\(customer.about(session)),\"key\":\"k2\",\"text\":\"second\"")
        for _ in 0..<40 {
            world.advance(500)
            while node.perform(fault: .notDone) || node.hearAnswer(at: 0) {}
        }
        #expect(customer.answer(other)?.code == .unavailable)
        #expect(customer.isOpen && chen.isOpen)
        world.pass(10_000, step: 250)
        #expect(customer.send("lost?", key: "k1", in: session)?.seq == 2)
        #expect(customer.send("second", key: "k2", in: session)?.seq == 3)
        #expect(chen.texts() == ["hello", "lost?", "second"])
    }

    @Test func fencedNodeRegistersItsPeopleAgain() {
        let world = World(nodes: 2, rules: .demo(offerMilliseconds: nil))
        let chen = world.agent("chen")
        let customer = world.customer("c")
        let session = customer.start("hello")
        // The first node sleeps for ten seconds; the second one sweeps it away.
        for _ in 0..<40 {
            world.sleepExcept(1, 250)
        }
        #expect(world.store.sites[world.site]?.agents[PersonID("chen")!]?.reachability == .grace)
        world.pass(3_000, step: 250)
        #expect(world.nodes[0].reports.contains(.fenced(world.site)))
        #expect(
            world.store.sites[world.site]?.agents[PersonID("chen")!]?.reachability == .connected)
        #expect(customer.send("awake", key: "k", in: session)?.seq == 2)
        #expect(chen.texts() == ["hello", "awake"])
    }

    @Test func lostEndOfAStreamIsAnewEpochFromTheFork() {
        let world = World(rules: .demo(offerMilliseconds: nil))
        let chen = world.agent("chen")
        let customer = world.customer("c")
        let session = customer.start("one")
        customer.send("two", key: "k2", in: session)
        customer.send("three", key: "k3", in: session)
        world.store.failOver(world.site, losing: 2)
        #expect(customer.send("four", key: "k4", in: session)?.seq == 2)
        #expect(chen.texts() == ["one", "two", "three", "four"])
        #expect(
            chen.history.last { $0.type == "session.state" }?.line.contains("\"epoch\":\"2\"")
                == true)
        let back = world.customer(
            "c", resume: ",\"resume\":[{\"session\":\"\(session!)\",\"after\":3,\"epoch\":\"1\"}]")
        let snapshot = back.answer(1)?.tree["sessions"]?.elements?.first
        #expect(snapshot?["recovered"] == .boolean(false))
        #expect(snapshot?["after"]?.number == 1)
        #expect(snapshot?["messages"]?.elements?.compactMap { $0["text"]?.string } == ["four"])
    }

    @Test func resumeOfMoreThanAPageMarksTheGap() {
        let world = World(rules: .demo(offerMilliseconds: nil))
        let chen = world.agent("chen")
        let customer = world.customer("c")
        let session = customer.start("1")
        for number in 2...250 { chen.send("\(number)", key: "a\(number)", in: session) }
        customer.drop()
        let back = world.customer(
            "c", resume: ",\"resume\":[{\"session\":\"\(session!)\",\"after\":10,\"epoch\":\"1\"}]")
        let snapshot = back.answer(1)?.tree["sessions"]?.elements?.first
        #expect(snapshot?["recovered"] == .boolean(true))
        #expect(snapshot?["more"] == .boolean(true))
        #expect(snapshot?["last_seq"]?.number == 250)
        let numbers = snapshot?["messages"]?.elements?.compactMap { $0["seq"]?.number } ?? []
        #expect(numbers == Array(11...210))
        let rest = back.request("history", "\(back.about(session)),\"after\":210,\"limit\":200")
        #expect(rest?.tree["messages"]?.elements?.count == 40)
        chen.send("251", key: "a251", in: session)
        #expect(back.next("message")?.seq == 251)
    }

    @Test func fullQueueClosesAndOpensAgain() {
        let world = World(
            rules: .demo {
                $0.groups[0].maximumWaiting = 2
                $0.groups[0].reopenBelow = 1
            })
        let clients = (0..<4).map { world.customer("c\($0)") }
        let sessions = clients.prefix(2).map { $0.start() }
        #expect(clients[2].request("session.start")?.code == .queueFull)
        clients[0].request("session.leave", clients[0].about(sessions[0]))
        #expect(clients[2].request("session.start")?.code == .queueFull)
        clients[1].request("session.leave", clients[1].about(sessions[1]))
        #expect(clients[2].request("session.start")?.state == .queued)
    }

    @Test func laterStepOpensToMoreAgents() {
        let world = World(rules: .demo(capacity: 1, second: true))
        let chen = world.agent("chen")
        let eve = world.agent("eve")
        chen.request("offer.accept", chen.about(world.customer("busy").start()))
        let customer = world.customer("c")
        let session = customer.start()
        world.pass(4_000)
        #expect(eve.next("offer") == nil)
        world.pass(2_500)
        #expect(eve.next("offer")?.session == session)
    }

    @Test func stepWhereNobodyIsTakesNoTime() {
        let world = World(rules: .demo(second: true))
        let eve = world.agent("eve")
        let session = world.customer("c").start()
        #expect(eve.next("offer")?.session == session)
    }

    @Test func stepIsLeftWhenTheLastOneLeaves() {
        let world = World(rules: .demo(capacity: 1, second: true))
        let chen = world.agent("chen")
        let eve = world.agent("eve")
        chen.request("offer.accept", chen.about(world.customer("busy").start()))
        let session = world.customer("c").start()
        #expect(eve.next("offer") == nil)
        chen.request("status.set", "\"status\":\"away\"")
        #expect(eve.next("offer")?.session == session)
    }

    @Test func subscribedQueueIsSentAtOnceAndAtMostOnceASecond() {
        let world = World()
        let chen = world.agent("chen", status: nil)
        #expect(chen.request("queue.subscribe", "\"groups\":[\"nobody\"]")?.code == .unknownGroup)
        chen.request("queue.subscribe", "\"groups\":[\"after-sales\"]")
        #expect(chen.next("queue.update") != nil)
        for number in 0..<5 { _ = world.customer("c\(number)").start() }
        world.pass(950)
        #expect(chen.history.count { $0.type == "queue.update" } <= 2)
        world.pass(2_000)
        #expect(chen.history.last { $0.type == "queue.update" }?.line.contains("{\"0\":5}") == true)
        chen.request("queue.unsubscribe", "\"groups\":[\"after-sales\"]")
        let count = chen.history.count
        _ = world.customer("later").start()
        world.pass(2_000)
        #expect(chen.history.count { $0.type == "queue.update" } <= count)
    }
}

extension World {
    /// Time passes, and only one node lives.
    func sleepExcept(_ index: Int, _ milliseconds: Int64) {
        skip(milliseconds)
        nodes[index].fireTimers()
        while nodes[index].stepOnce() {}
    }
}
