/// A node beside one of a newer version, which does things this one has no name for.
import ChatModel
import HubCore
import Redis
import Testing

@testable import RedisStore

@Suite struct NewerVersionTests {
    @Test func aSweepLeavesDeadlinesItDoesNotKnowAndGoesOn() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        let node = try TestNode(thread, redis)
        try node.ask(.openLease(milliseconds: 60_000, graces: sixty), clock: 1_000_000)
        let lease = Lease(incarnation: 1)
        try node.ask(.serve("anna"), lease: lease, clock: 1_000_000)
        try node.ask(
            .setStatus(SetStatus(agent: person("anna"), status: .online)), lease: lease,
            clock: 1_000_000)
        try node.ask(.arrive("v_1"), lease: lease, clock: 1_000_000)
        try node.ask(.start(1, by: "v_1", offer: 1_000), lease: lease, clock: 1_000_000)
        let deadlines = "{\(testSite)}:dl"
        _ = try node.command("ZADD", deadlines, "1000001", "?:something new")
        _ = try node.command("ZADD", deadlines, "1000002", "j:\(sessionID(9)) anna")
        try node.ask(.sweep(limit: 99), lease: lease, clock: 1_001_500)
        let record = try node.ask(.session(sessionID(1)), lease: lease, clock: 1_001_500).record
        #expect(record?.state == .queued, "the offer that had passed is over")
        let due = try node.command("ZSCORE", deadlines, "?:something new").string
        #expect(due == "1061500")
        #expect(node.faults == [])
        try node.stop()
    }

    @Test func aChangeItDoesNotKnowIsAChangeAllTheSame() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        let node = try TestNode(thread, redis)
        let lease = try node.lease()
        try node.ask(.arrive("v_1"), lease: lease)
        try node.ask(.start(1, by: "v_1"), lease: lease)
        let session = try #require(StepScript.functions[.session]).name
        // What a newer node's step would do: it writes the change down and tells of it.
        let answer = try node.command(
            "FCALL", session, "1", "{\(testSite)}:site", "", "\(lease.incarnation)",
            "\(sessionID(1))")
        guard case .bytes(let record) = answer else { throw TestFailure(what: "\(answer)") }
        let step = """
            local record = cmsgpack.unpack(ARGV[1])[2]
            record[4] = 2
            redis.call('HSET', KEYS[1] .. ':s:' .. record[1], 'v', '2',
              'j2', 'frobnicated  1764000000000')
            local last = redis.call('HINCRBY', KEYS[1] .. ':site', 'ev', 1)
            redis.call('PUBLISH', KEYS[1] .. ':ev',
              cmsgpack.pack({ last, { { 's', 'frobnicated', record } } }))
            """
        let words = ["EVAL", step, "1", "{\(testSite)}"].map { Array($0.utf8) }
        _ = try node.command(words + [record])
        try node.hear {
            if case .session(let record, .changed) = $0 { record.id == sessionID(1) } else { false }
        }
        guard case .explained(let explanation) = try node.ask(.explain(sessionID(1)), lease: lease)
        else { throw TestFailure(what: "not explained") }
        #expect(explanation.events.map(\.change) == [.changed])
        #expect(node.faults == [])
        try node.stop()
    }
}
