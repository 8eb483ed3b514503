/// Reads of the store that are older than what was told meanwhile.
import ChatModel
import ChatProtocol
import HubCore
import Testing

@Suite struct StaleReadTests {
    /// The read at an agent's hello finds a session offered to him; before its answer is heard, he
    /// has lost it to another and the node has been told. He must never be shown it.
    @Test func answerOlderThanTheNoticesShowsNobodyAnothersSession() throws {
        let world = World(nodes: 2)
        let chen = world.agent("chen", on: 1)
        let customer = world.customer("c", on: 1)
        let session = try #require(customer.start("hello"))
        #expect(chen.next("offer")?.session == session)

        // Chen's second device says hello on a node that knows nothing of all this; the read is
        // done, and its answer waits.
        let other = world.connect("chen", to: 0)
        let node = world.nodes[0]
        let hello = other.ask("hello", #""role":"agent","site":"demo","token":"agent:chen""#)
        while node.answerAuthentication() {}
        while node.perform(fault: nil) {}

        // He declines, and another one has it now: this node hears of both before the answer.
        let decline = chen.ask(
            "offer.decline", chen.about(session))
        let dina = world.connect("dina", to: 1)
        dina.ask("hello", #""role":"agent","site":"demo","token":"agent:dina""#)
        while world.nodes[1].stepOnce() {}
        dina.ask("status.set", #""status":"online""#)
        while world.nodes[1].stepOnce() {}
        #expect(chen.answer(decline)?.type == "ok")
        while node.hearNotice() {}
        world.settle()

        let answer = try #require(other.answer(hello))
        #expect(answer.tree["sessions"]?.elements?.isEmpty == true)
        #expect(other.history.allSatisfy { $0.session != session })
    }

    /// The watch of a session fails and is done again while its first page is on its way: what was
    /// said between is in neither.
    @Test func aMessageBetweenAPageAndAWatchThatFailedIsRead() throws {
        let world = World(nodes: 2)
        let customer = world.customer("c", on: 1)
        let session = try #require(customer.start("hello"))
        let (node, far) = (world.nodes[0], world.nodes[1])
        let other = world.connect("c", to: 0)
        other.isCustomer = true
        let hello = other.ask("hello", #""role":"customer","site":"demo","secret":"secret-v_c""#)
        readPage(node, watchFails: true)
        customer.ask("message.send", customer.about(session) + #","key":"k2","text":"between""#)
        while far.stepOnce() {}
        world.advance(1_000)
        while node.perform(fault: nil) {}
        while node.hearAnswer(at: 1) {}
        while node.hearNotice() {}
        #expect(other.answer(hello) == nil)
        world.settle()
        #expect(other.answer(hello)?.tree["sessions"]?.elements?.count == 1)
        #expect(other.texts() == ["between"])
    }

    /// An agent who writes a talk up greets anew; before he has its page the customer opens it
    /// again, and it waits for somebody else.
    @Test func whoWroteATalkUpHearsNothingOfItOnceItIsOpenedAgain() throws {
        let world = World(
            nodes: 2,
            rules: .demo(offerMilliseconds: nil, capacity: 1) {
                $0.reopenMilliseconds = 10_000
                $0.wrapUpMilliseconds = 60_000
            })
        let (node, far) = (world.nodes[0], world.nodes[1])
        let (customer, chen) = (world.customer("c", on: 1), world.agent("chen", on: 1))
        let session = try #require(customer.start("hello"))
        chen.request("session.close", chen.about(session))
        chen.request("status.set", #""status":"busy""#)
        let other = world.connect("chen", to: 0)
        other.ask("hello", #""role":"agent","site":"demo","token":"agent:chen""#)
        readPage(node)
        customer.ask("session.reopen", customer.about(session) + #","key":"again""#)
        while far.stepOnce() {}
        while node.hearNotice() {}
        world.settle()
        #expect(other.history.contains { $0.type == "session.state" && $0.session == session })
        #expect(!other.history.contains { $0.type == "message" })
    }

    /// Lets the node say hello and read a page of history, whose answer alone waits.
    private func readPage(_ node: WorldNode, watchFails: Bool = false) {
        while node.answerAuthentication() {}
        while true {
            guard let call = node.port.waiting.first else {
                if node.hearNotice() || node.hearAnswer(at: 0) { continue }
                Issue.record("no page is read")
                return
            }
            if case .watch = call.request, watchFails {
                node.perform(fault: .notDone)
            } else {
                node.perform(fault: nil)
            }
            guard case .history = call.request else { continue }
            while node.hearAnswer(at: 0, of: 2) {}
            return
        }
    }
}
