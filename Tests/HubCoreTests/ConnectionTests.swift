/// Connections: the way to `hello` and through it, limits, timers, and the planned stop.
import ChatModel
import ChatProtocol
import HubCore
import Testing

@Suite struct ConnectionTests {
    @Test func requestsBeforeTheAnswerToHelloAreHandledAfterItInOrder() {
        let world = World()
        let client = world.connect("early")
        client.ask("hello", "\"role\":\"customer\",\"site\":\"demo\"")
        client.ask("session.start", "\"text\":\"one\"")
        client.ask("pong")
        #expect(client.frames.isEmpty)
        world.settle()
        let answers = client.frames.filter { $0.type == "ok" }.compactMap(\.id)
        #expect(
            answers == [1, 3, 2], "pong needs no store and is answered first, both after hello")
    }

    @Test func moreThanSixtyFourEarlyRequestsAreRefused() {
        let world = World()
        let client = world.connect("early")
        client.ask("hello", "\"role\":\"customer\",\"site\":\"demo\"")
        for _ in 0..<65 { client.ask("pong") }
        #expect(client.answer(66)?.code == .rateLimited)
        world.settle()
        #expect(client.history.filter { $0.type == "ok" }.count == 65)
    }

    @Test func lateAuthenticationOfAnEarlierHelloChangesNothing() {
        let world = World()
        let client = world.connect("late")
        client.ask("hello", "\"role\":\"customer\",\"site\":\"demo\"")
        world.nodes[0].handle(
            .authenticated(client.number, generation: 7, .refused(.unauthorized, message: "")))
        world.settle()
        #expect(client.isOpen && client.answer(1)?.type == "ok")
    }

    @Test func helloTellsTheLimitsThisNodeKeeps() {
        let hub = Hub(
            node: "n", frameBytes: 2_048, frameLines: 8, random: SeededRandom(seed: 1),
            signedAddress: address)
        let now = Instant(monotonicMilliseconds: 1, wallMilliseconds: World.start)
        var effects: [HubEffect] = []
        hub.handle(.siteChanged(.demo()), now: now, into: &effects)
        let peer = Peer(address: "192.0.2.1", origin: nil, ownOrigin: nil)
        hub.handle(.opened(1, peer), now: now, into: &effects)
        let hello = Array(#"{"type":"hello","id":1,"role":"customer","site":"demo"}"#.utf8)
        hello.withUnsafeBytes { hub.receive($0, from: 1, now: now, into: &effects) }
        let visitor = Authentication.granted(
            Participant(role: .customer, id: PersonID("v_1")!), name: nil, secret: "s",
            expiresAt: nil, attributes: [:], parameterLevel: nil)
        hub.handle(.authenticated(1, generation: 1, visitor), now: now, into: &effects)
        let answers = effects.compactMap { effect -> ServerEvent? in
            if case .send(1, let frame) = effect { ServerEvent.decode(frame) } else { nil }
        }
        let limits = answers.first?.tree["limits"]
        #expect(limits?["frame_bytes"] == .integer(2_048))
        #expect(limits?["lines"] == .integer(8))
    }

    @Test func foreignOriginIsRefusedAndOwnAndNoneAreNot() {
        let rules = SiteRules.demo { $0.origins = ["https://shop.example"] }
        let world = World(rules: rules)
        for (origin, isGood) in [
            ("https://shop.example", true), ("http://hub.example", true),
            ("https://evil.example", false), (nil, true),
        ] {
            let client = world.connect("browser", origin: origin)
            client.ask("hello", "\"role\":\"customer\",\"site\":\"demo\"")
            world.settle()
            #expect(client.isOpen == isGood)
            #expect(client.next(isGood ? "ok" : "error")?.code == (isGood ? nil : .originRefused))
        }
    }

    @Test func aThousandFramesAtOncePassAndThenTheRateCounts() {
        let world = World(rules: .demo { $0.limits.frameBurst = 10 })
        let client = world.customer("fast")
        for _ in 0..<10 { client.ask("pong") }
        let refused = client.request("pong")
        #expect(refused?.code == .rateLimited)
        #expect((refused?.retryAfterMilliseconds ?? 0) > 0)
        world.advance(1_000)
        #expect(client.request("pong")?.type == "ok")
    }

    @Test func hundredErrorsInARowCloseAndSuccessBetweenDoesNot() {
        let world = World()
        let client = world.customer("clumsy")
        for _ in 0..<99 { client.say("{") }
        client.request("pong")
        for _ in 0..<99 { client.say("{") }
        #expect(client.isOpen)
        client.say("{")
        #expect(client.closeCode == .tooManyErrors)
    }

    @Test func aStoreThatIsSlowClosesNobody() throws {
        let world = World()
        let chatty = world.customer("chatty")
        let session = try #require(chatty.start())
        let say = { (number: Int) in
            chatty.ask(
                "message.send",
                "\(chatty.about(session)),\"key\":\"k\(number)\",\"text\":\"\(number)\"")
        }
        // One call is under way and takes 1, 256 wait, and 200 are refused in a row.
        let requests = (0..<457).map(say)
        #expect(chatty.isOpen)
        #expect(chatty.history.count { $0.code == .rateLimited } == 200)
        world.settle()
        #expect(requests.prefix(257).allSatisfy { chatty.answer($0)?.type == "ok" })
        #expect(say(457) > 0)
        world.settle()
        #expect(chatty.history.last { $0.type == "ok" }?.seq == 258)
    }

    @Test func silenceBeforeHelloAndAfterItIsEnded() {
        let world = World()
        let mute = world.connect("mute")
        let silent = world.customer("silent")
        let lively = world.customer("lively")
        silent.answersPings = false
        world.pass(11_000, step: 500)
        #expect(mute.closeCode == .helloExpected)
        #expect(silent.isOpen)
        world.pass(90_000, step: 1_000)
        #expect(lively.isOpen)
        #expect(silent.closeCode == .heartbeatLost)
        #expect(silent.history.count { $0.type == "ping" } >= 2)
    }

    @Test func failedHellosOfAnAddressAreLimitedAndTrustedOnesAreNot() {
        let world = World(rules: .demo { $0.limits.failedHellosPerAddress = 3 })
        func fail(_ address: String) -> ErrorCode? {
            let client = world.connect("forger", address: address)
            client.ask("hello", "\"role\":\"agent\",\"site\":\"demo\",\"token\":\"bad\"")
            world.settle()
            return client.next("error")?.code
        }
        let codes = (0..<5).map { _ in fail("192.0.2.1") }
        #expect(codes.prefix(3).allSatisfy { $0 == .unauthorized })
        #expect(codes.suffix(2).allSatisfy { $0 == .rateLimited })
        #expect(fail("192.0.2.2") == .unauthorized)
        #expect((0..<5).allSatisfy { _ in fail("127.0.0.1") == .unauthorized })
    }

    @Test func newSessionsOfAnAddressAreLimited() {
        let world = World(rules: .demo { $0.limits.sessionsPerAddress = 2 })
        let clients = (0..<3).map { world.customer("c\($0)", address: "192.0.2.1") }
        let codes = clients.map { $0.request("session.start")?.code }
        #expect(codes == [nil, nil, .tooManySessions])
    }

    @Test func aSitesOwnLimitOfSessionsHoldsOverReconnects() {
        let world = World(rules: .demo { $0.limits.sessionsPerAddress = 2 })
        let clients = (0..<2).map { world.customer("c\($0)", address: "192.0.2.1") }
        #expect(clients.allSatisfy { $0.request("session.start")?.code == nil })
        world.pass(10_000, step: 500)
        clients.forEach { $0.drop() }
        // A third of a session has come back; the hub's own limit would have given five.
        let next = world.customer("c2", address: "192.0.2.1")
        #expect(next.request("session.start")?.code == .tooManySessions)
    }

    @Test func drainTellsRefusesClosesAndGivesTheLeaseUp() {
        let world = World(nodes: 2)
        let customer = world.customer("c")
        let idle = world.customer("idle")
        let session = customer.start("hello")
        world.nodes[0].handle(.drain)
        #expect(customer.next("drain") != nil)
        #expect(idle.request("session.start")?.code == .draining)
        world.pass(4_000)
        #expect(customer.closeCode == .drain && idle.closeCode == .drain)
        #expect(world.nodes[0].isDrained)
        let again = world.customer("c", on: 1)
        #expect(again.answer(1)?.line.contains("\(session!)") == true)
        #expect(again.position == 1)
    }

    @Test func drainWithNobodyConnectedIsOverAtOnce() {
        let world = World()
        world.nodes[0].handle(.drain)
        world.settle()
        #expect(world.nodes[0].isDrained)
    }

    @Test func helloWhileTheStoreIsAwayMayBeSaidAgain() {
        let world = World()
        let client = world.connect("patient")
        let hello = "\"role\":\"customer\",\"site\":\"demo\",\"secret\":\"secret-v_p\""
        client.ask("hello", hello)
        world.nodes[0].answerAuthentication()
        world.nodes[0].perform(fault: .notDone)
        world.settle()
        #expect(client.answer(1)?.code == .unavailable)
        #expect(client.isOpen)
        #expect(client.request("hello", hello)?.type == "ok")
    }
}
