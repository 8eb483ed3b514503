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
}
