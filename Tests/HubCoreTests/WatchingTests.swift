/// A supervisor who looks on: what becomes of his watch when the session comes to himself.
import ChatModel
import ChatProtocol
import Testing

@testable import HubCore

@Suite struct WatchingTests {
    private func supervisor(_ name: String, _ world: World) -> Client {
        let client = world.connect(name)
        client.request(
            "hello", "\"role\":\"supervisor\",\"site\":\"demo\",\"token\":\"supervisor:\(name)\"")
        return client
    }

    /// Somebody else gives it to him; what he does in it is then his own.
    @Test func aWatcherWhoIsGivenTheSessionMayDoAllAnOwnerDoes() throws {
        let world = World()
        let customer = world.customer("c")
        let session = try #require(customer.start("hello"))
        let (chen, yan) = (supervisor("chen", world), supervisor("yan", world))
        chen.request("status.set", "\"status\":\"busy\"")
        let about = chen.about(session)
        #expect(chen.request("session.watch", about)?.tree["watching"] == .boolean(true))
        #expect(chen.request("typing", about + ",\"typing\":true")?.code == .notFound)
        #expect(chen.request("read", about + ",\"seq\":1")?.code == .notFound)
        let given = yan.request("session.assign", about + ",\"agent\":\"chen\"")
        #expect(given?.type == "ok")
        #expect(chen.request("typing", about + ",\"typing\":true")?.type == "ok")
        #expect(chen.request("read", about + ",\"seq\":1")?.type == "ok")
        #expect(customer.next("typing") != nil)
        // The end of the watch does not end what is his.
        #expect(chen.request("session.unwatch", about)?.type == "ok")
        customer.send("still there?", key: "k", in: session)
        #expect(chen.texts().last == "still there?")
        #expect(chen.send("yes", key: "z", in: session)?.type == "ok")
    }

    @Test func anOfferThatIsMissedLeavesTheWatchAsItWas() throws {
        let world = World()
        let customer = world.customer("c")
        let session = try #require(customer.start("hello"))
        let chen = supervisor("chen", world)
        chen.request("status.set", "\"status\":\"away\"")
        #expect(chen.request("session.watch", chen.about(session))?.type == "ok")
        chen.request("status.set", "\"status\":\"online\"")
        #expect(chen.next("offer")?.session == session)
        chen.forgetFrames()
        world.pass(21_000)
        let lost = chen.next("session.state")
        #expect(lost?.state == .queued && lost?.tree["reason"]?.string == "offer_expired")
        #expect(chen.next("session.state") == nil)
        customer.send("anybody?", key: "k", in: session)
        #expect(chen.texts().last == "anybody?")
    }

    @Test func aListOfAllAgentsIsNotAskedForAllTheTime() {
        let world = World()
        let chen = world.agent("chen")
        let answers = (0..<12).map { _ in chen.request("agents.list") }
        #expect(answers.prefix(10).allSatisfy { $0?.type == "ok" })
        #expect(answers.suffix(2).allSatisfy { $0?.code == .rateLimited })
        world.pass(2_100)
        #expect(chen.request("agents.list")?.type == "ok")
    }
}
