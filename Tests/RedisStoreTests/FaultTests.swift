/// Redis away, killed, rolled back, and messages of it that got lost.
import ChatModel
import HubCore
import Redis
import Testing

@testable import RedisStore

@Suite struct FaultTests {
    @Test func nothingAcknowledgedIsMissingAfterKill() throws {
        let alone = try Alone(["--appendonly", "yes"])
        defer { alone.end() }
        let (redis, node, lease) = (alone.redis, alone.node, alone.lease)
        try node.ask(.watch(sessionID(1)), lease: lease)
        var known: [(key: String, seq: Int)] = []
        var asked = 0
        for round in 0..<3 {
            let keys = (0..<200).map { "r\(round)-\($0)" }
            let replies = node.begin(
                keys.map { .say(1, customer("v_1"), $0) }, lease: lease)
            if round == 2 { redis.kill() }
            asked += keys.count
            let all = try #require(replies.take(seconds: 20))
            for (key, reply) in zip(keys, all) {
                if case .kept(let seq, _, _, _) = reply.outcomes?.first {
                    known.append((key, seq))
                } else {
                    #expect(reply == .unavailable)
                }
            }
        }
        #expect(known.count >= 400)
        #expect(try node.ask(.read(1), lease: lease) == .unavailable)

        let ready = node.whenReadyAgain()
        try redis.start()
        #expect(ready.take(seconds: 20) == true)
        try node.hear { $0 == .missed }
        // Resending everything gives the first results, and what was lost is kept now: once.
        for (key, seq) in known {
            let outcome = try node.ask(.say(1, customer("v_1"), key), lease: lease).outcomes?.first
            guard case .kept(seq, _, _, isRepeat: true) = outcome else {
                Issue.record(
                    "\(key) was acknowledged as \(seq), now \(String(describing: outcome))")
                return
            }
        }
        for key in (0..<200).map({ "r2-\($0)" }) {
            try node.ask(.say(1, customer("v_1"), key), lease: lease)
        }
        let page = try #require(try node.ask(.read(1, after: asked - 200), lease: lease).page)
        #expect(page.lastSeq == asked)
        #expect(page.epoch == 2, "a restart may have lost something")
        // The watch is in force again, without asking.
        try node.ask(.say(1, customer("v_1"), "after"), lease: lease)
        try node.hear {
            if case .message(_, 2, let message, _) = $0 { message.key == "after" } else { false }
        }
        try node.stop()
    }

    @Test func aRolledBackStreamGetsANewEpoch() throws {
        let alone = try Alone()
        defer { alone.end() }
        let (redis, node, lease) = (alone.redis, alone.node, alone.lease)
        try node.ask(.say(1, customer("v_1"), "a", "b", "c"), lease: lease)
        _ = try node.command("SAVE")
        try node.ask(.say(1, customer("v_1"), "d", "e"), lease: lease)
        let ready = node.whenReadyAgain()
        redis.kill()
        try redis.start()
        #expect(ready.take(seconds: 20) == true)

        let reply = try node.ask(.say(1, customer("v_1"), "f", "b"), lease: lease)
        guard case .kept(4, _, 2, false) = reply.outcomes?[0],
            case .kept(2, _, 1, true) = reply.outcomes?[1]
        else { throw TestFailure(what: "\(reply)") }
        let page = try #require(try node.ask(.read(1), lease: lease).page)
        #expect(page.messages.map(\.key) == ["a", "b", "c", "f"])
        #expect(page.epoch == 2 && page.forks == [HistoryPage.Fork(epoch: 1, seq: 3)])
        try node.stop()
    }

    @Test func aLateAppendIsUnavailableAndItsKeyDecidesOnce() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        let node = try TestNode(thread, redis) { $0.commandDeadlineMilliseconds = 200 }
        let helper = try TestNode(thread, redis)
        let lease = try node.lease()
        try node.ask(.arrive("v_1"), lease: lease)
        try node.ask(.start(1, by: "v_1"), lease: lease)
        let ready = node.whenReadyAgain()
        _ = try helper.command("CLIENT", "PAUSE", "700", "WRITE")
        #expect(try node.ask(.say(1, customer("v_1"), "k"), lease: lease) == .unavailable)
        #expect(ready.take(seconds: 20) == true)
        var again = try node.ask(.say(1, customer("v_1"), "k"), lease: lease)
        while again == .unavailable {
            again = try node.ask(.say(1, customer("v_1"), "k"), lease: lease)
        }
        guard case .kept(1, _, _, _) = again.outcomes?.first else {
            throw TestFailure(what: "\(again)")
        }
        #expect(try node.ask(.read(1), lease: lease).page?.messages.map(\.key) == ["k"])
        try node.stop()
        try helper.stop()
    }

    @Test func aHoleInTheNumberingIsTold() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        let node = try TestNode(thread, redis)
        let lease = try node.lease()
        try node.ask(.serve("anna"), lease: lease)
        try node.hear { if case .agent = $0 { true } else { false } }
        // The number of a notice that never came.
        _ = try node.command("HINCRBY", "{demo}:site", "ev", "1")
        #expect(try node.takeNotices().contains(.missed) == false)
        try node.ask(.setStatus(SetStatus(agent: person("anna"), status: .online)), lease: lease)
        try node.hear { if case .agent(let anna) = $0 { anna.status == .online } else { false } }
        let heard = try node.takeNotices()
        #expect(heard.count == 2 && heard.first == .missed, "\(heard)")
        try node.stop()
    }

    @Test func aCutSubscriptionIsToldOnceItIsInForceAgain() throws {
        let alone = try Alone()
        defer { alone.end() }
        let (node, lease) = (alone.node, alone.lease)
        #expect(try node.ask(.watch(sessionID(1)), lease: lease) == .done)
        _ = try node.takeNotices()
        _ = try node.command("CLIENT", "KILL", "TYPE", "pubsub")
        try node.hear { $0 == .missed }
        try node.ask(.say(1, customer("v_1"), "k"), lease: lease)
        try node.hear { if case .message = $0 { true } else { false } }
        try node.ask(.unwatch(sessionID(1)), lease: lease)
        try node.ask(.say(1, customer("v_1"), "l"), lease: lease)
        try node.ask(
            .close(session: sessionID(1), by: customer("v_1"), reason: "left"), lease: lease)
        try node.hear { if case .session(_, .closed) = $0 { true } else { false } }
        let heard = try node.takeNotices().filter { if case .message = $0 { true } else { false } }
        #expect(heard.count == 1, "\(heard)")
        try node.stop()
    }
}
