/// Customers who say nothing while it is for them to answer.
import ChatModel
import ChatProtocol
import Testing

@testable import HubCore

@Suite struct IdleTests {
    private func world(remind: Int64?, close: Int64?) -> World {
        World(
            rules: .demo(offerMilliseconds: nil) {
                $0.idle = IdleLimits(remindMilliseconds: remind, closeMilliseconds: close)
            })
    }

    private func reminders(_ client: Client) -> Int {
        client.history.count {
            $0.type == "message" && $0.tree["event"]?.string == "idle_reminder"
        }
    }

    private func state(_ world: World, _ session: SessionID?) -> SessionRecord? {
        session.flatMap { world.store.sites[world.site]?.sessions[$0]?.record }
    }

    @Test func aSilentCustomerIsRemindedOnceAndThenClosed() {
        let world = world(remind: 3_000, close: 8_000)
        let (customer, chen) = (world.customer("c"), world.agent("chen"))
        let session = customer.start("hello")
        world.pass(9_000)
        #expect(reminders(customer) == 0, "it is for the agent to answer")
        chen.send("which order?", key: "a", in: session)
        world.pass(2_800)
        #expect(reminders(customer) == 0)
        world.pass(400)
        #expect(reminders(customer) == 1 && reminders(chen) == 1)
        world.pass(4_600)
        #expect(state(world, session)?.state == .active)
        world.pass(1_400)
        let closed = customer.history.last { $0.type == "session.state" }
        #expect(closed?.state == .closed && closed?.tree["reason"]?.string == "idle")
        #expect(reminders(customer) == 1)
        #expect(state(world, session)?.closeReason == "idle")
    }

    @Test func aWordOfHisBeginsItAnewAndTheAgentsOwnMovesIt() {
        let world = world(remind: 3_000, close: 8_000)
        let (customer, chen) = (world.customer("c"), world.agent("chen"))
        let session = customer.start("hello")
        chen.send("which order?", key: "a", in: session)
        world.pass(2_000)
        chen.send("are you there?", key: "b", in: session)
        world.pass(2_500)
        #expect(reminders(customer) == 0, "counted from the agent's last word")
        world.pass(700)
        #expect(reminders(customer) == 1)
        customer.send("wait", key: "c", in: session)
        world.pass(20_000)
        #expect(reminders(customer) == 1 && state(world, session)?.state == .active)
        chen.send("yes?", key: "d", in: session)
        world.pass(3_500)
        #expect(reminders(customer) == 2, "another silence, another reminder")
    }

    @Test func anyOfTheTwoMayBeAlone() {
        let reminding = world(remind: 2_000, close: nil)
        let (customer, chen) = (reminding.customer("c"), reminding.agent("chen"))
        let session = customer.start("hello")
        chen.send("?", key: "a", in: session)
        reminding.pass(20_000)
        #expect(reminders(customer) == 1 && state(reminding, session)?.state == .active)

        let closing = world(remind: nil, close: 2_000)
        let (other, dina) = (closing.customer("d"), closing.agent("dina"))
        let second = other.start("hello")
        dina.send("?", key: "a", in: second)
        closing.pass(2_500)
        #expect(reminders(other) == 0 && state(closing, second)?.closeReason == "idle")
    }

    @Test func whoCouldNotWriteIsNotSilent() {
        let world = world(remind: 3_000, close: 6_000)
        let (customer, chen) = (world.customer("c"), world.agent("chen"))
        let session = customer.start("hello")
        chen.send("which order?", key: "a", in: session)
        // Nobody sweeps for a minute: the store was away, and so was everybody.
        world.skip(60_000)
        world.pass(1_000)
        #expect(state(world, session)?.state == .active)
        world.pass(7_000)
        #expect(state(world, session)?.closeReason == "idle")
    }
}
