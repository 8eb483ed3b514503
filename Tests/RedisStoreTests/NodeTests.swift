/// Several nodes on one Redis: numbering, fencing, taking over, batching.
import ChatModel
import HubCore
import Redis
import Testing

@testable import RedisStore

@Suite struct NodeTests {
    @Test func twoNodesNumberOneSessionWithoutHoles() throws {
        let redis = try TestRedis()
        let (first, second) = (try LoopThread(), try LoopThread())
        defer {
            first.end()
            second.end()
        }
        let nodes = [try TestNode(first, redis), try TestNode(second, redis)]
        let leases = try nodes.map { try $0.lease() }
        try nodes[0].ask(.arrive("v_1"), lease: leases[0])
        try nodes[0].ask(.start(1, by: "v_1"), lease: leases[0])
        for (node, lease) in zip(nodes, leases) {
            #expect(try node.ask(.watch(sessionID(1)), lease: lease) == .done)
        }
        // Both loops work at once: each has all its appends under way before any is waited for.
        let count = 300
        let replies = zip(nodes.indices, nodes).map { index, node in
            node.begin(
                (0..<count).map { .say(1, customer("v_1"), "n\(index)-\($0)") },
                lease: leases[index])
        }
        var seqs: [Int] = []
        for reply in replies {
            let all = try #require(reply.take(seconds: 20))
            for case .appended(let outcomes) in all {
                for case .kept(let seq, _, 1, false) in outcomes { seqs.append(seq) }
            }
        }
        #expect(seqs.sorted() == Array(1...2 * count))
        for node in nodes {
            try node.hear {
                if case .message(_, _, let message, _) = $0 { message.seq == 600 } else { false }
            }
            let heard = try node.takeNotices().compactMap { notice -> Int? in
                if case .message(_, _, let message, _) = notice { message.seq } else { nil }
            }
            #expect(heard == Array(1...2 * count))
        }
        for node in nodes { try node.stop() }
    }

    @Test func whatIsReadBehindAWatchAndWhatIsHeardLeaveNoHole() throws {
        let redis = try TestRedis()
        let (first, second) = (try LoopThread(), try LoopThread())
        defer {
            first.end()
            second.end()
        }
        let (writer, reader) = (try TestNode(first, redis), try TestNode(second, redis))
        let (write, read) = (try writer.lease(), try reader.lease())
        try writer.ask(.arrive("v_1"), lease: write)
        try writer.ask(.start(1, by: "v_1"), lease: write)
        var last = 0
        for round in 0..<300 {
            // While somebody writes, another node begins to watch and reads in the same turn.
            let said = writer.begin(
                (0..<3).map { .say(1, customer("v_1"), "\(round)-\($0)") }, lease: write)
            let page = reader.begin([.watch(sessionID(1)), .read(1, after: last)], lease: read)
            _ = try #require(said.take(seconds: 20))
            let replies = try #require(page.take(seconds: 20))
            var seqs = replies.last?.page?.messages.map(\.seq) ?? []
            // The last one is heard for sure: then everything before it was, or never will be.
            try writer.ask(.say(1, customer("v_1"), "\(round)-end"), lease: write)
            let end = last + 4
            try reader.hear {
                if case .message(_, _, let message, _) = $0 { message.seq == end } else { false }
            }
            for case .message(_, _, let message, _) in try reader.takeNotices() {
                seqs.append(message.seq)
            }
            guard Set(seqs) == Set(last + 1...end) else {
                Issue.record("round \(round): \(seqs.sorted()) of \(last + 1)...\(end)")
                break
            }
            last = end
            #expect(try reader.ask(.unwatch(sessionID(1)), lease: read) == .done)
        }
        for node in [writer, reader] { try node.stop() }
    }

    @Test func aTurnsAppendsLeaveInOneCall() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        let node = try TestNode(thread, redis)
        let lease = try node.lease()
        for number in 1...5 {
            try node.ask(.arrive("v_\(number)"), lease: lease)
            try node.ask(.start(UInt64(number), by: "v_\(number)"), lease: lease)
        }
        let before = try node.evaluations()
        let replies = try node.askTogether(
            (1...60).map { .say(UInt64($0 % 5 + 1), customer("v_\($0 % 5 + 1)"), "k\($0)") },
            lease: lease)
        #expect(try node.evaluations() - before == 1)
        for (index, reply) in replies.enumerated() {
            guard case .kept(index / 5 + 1, _, 1, false) = reply.outcomes?.first else {
                Issue.record("message \(index): \(reply)")
                continue
            }
        }
        // More than 64 messages are more than one call; another step between keeps the order.
        let more = try node.askTogether(
            (1...80).map { .say(1, customer("v_1"), "m\($0)") } + [.read(1, after: 90)],
            lease: lease)
        #expect(more.last?.page?.lastSeq == 92)
        #expect(try node.evaluations() - before == 1 + 2 + 1)
        try node.stop()
    }

    @Test func aFencedNodeChangesNothing() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        let (dead, alive) = (try TestNode(thread, redis), try TestNode(thread, redis))
        var clock: Int64 = 1_000_000
        let old = Lease(incarnation: 1)
        #expect(
            try dead.ask(.openLease(milliseconds: 1_500, graces: sixty), clock: clock)
                == .lease(old))
        let other = Lease(incarnation: 2)
        #expect(
            try alive.ask(.openLease(milliseconds: 60_000, graces: sixty), clock: clock)
                == .lease(other))
        try dead.ask(.arrive("v_1"), lease: old, clock: clock)
        try dead.ask(.start(1, by: "v_1"), lease: old, clock: clock)
        clock += 1_600
        guard case .swept(let report) = try alive.ask(.sweep(limit: 9), lease: other, clock: clock)
        else { throw TestFailure(what: "sweep") }
        #expect(report.nodesEnded == 1)
        let before = try alive.ask(.session(sessionID(1)), lease: other, clock: clock)
        #expect(before.record?.customerConnected == false)
        for request in [
            .renewLease(milliseconds: 9_000), .arrive("v_1"), .serve("anna"),
            .say(1, customer("v_1"), "late"), .start(2, by: "v_2"), .sweep(limit: 9),
            .close(session: sessionID(1), by: customer("v_1"), reason: "left"),
            .watch(sessionID(1)),
        ] as [StoreRequest] {
            #expect(try dead.ask(request, lease: old, clock: clock) == .fenced)
        }
        #expect(try alive.ask(.session(sessionID(1)), lease: other, clock: clock) == before)
        try dead.stop()
        try alive.stop()
    }

    @Test func aDeadNodesPeopleGoThroughTheirGrace() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        let (dead, alive) = (try TestNode(thread, redis), try TestNode(thread, redis))
        var clock: Int64 = 1_000_000
        let graces = Graces(customerMilliseconds: 1_000, agentMilliseconds: 500)
        try dead.ask(.openLease(milliseconds: 300, graces: graces), clock: clock)
        try alive.ask(.openLease(milliseconds: 60_000, graces: graces), clock: clock)
        let (old, other) = (Lease(incarnation: 1), Lease(incarnation: 2))
        try dead.ask(.serve("anna"), lease: old, clock: clock)
        try dead.ask(
            .setStatus(SetStatus(agent: person("anna"), status: .online)), lease: old, clock: clock)
        for number in 1...3 {
            try dead.ask(.arrive("v_\(number)"), lease: old, clock: clock)
            try dead.ask(
                .start(UInt64(number), by: "v_\(number)", offer: nil), lease: old, clock: clock)
        }
        // Anna has two of them. One customer comes back over the other node in time.
        clock += 400
        try alive.ask(.sweep(limit: 99), lease: other, clock: clock)
        try alive.ask(.arrive("v_1"), lease: other, clock: clock)
        func state(_ number: UInt64) throws -> SessionRecord? {
            try alive.ask(.session(sessionID(number)), lease: other, clock: clock).record
        }
        #expect(try state(1)?.agent == person("anna") && state(1)?.customerConnected == true)
        clock += 600
        try alive.ask(.sweep(limit: 99), lease: other, clock: clock)
        #expect(try state(1)?.state == .queued && state(1)?.arrival == 1)
        #expect(try state(2)?.state == .queued, "his grace still runs")
        clock += 600
        try alive.ask(.sweep(limit: 99), lease: other, clock: clock)
        #expect(try state(1)?.state == .queued)
        #expect(try state(2)?.closeReason == "gone" && state(3)?.closeReason == "gone")
        try dead.stop()
        try alive.stop()
    }

    @Test func withoutReplicasAReplicatedPromiseIsUncertain() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        let node = try TestNode(thread, redis, replicas: 1)
        let reply = try node.ask(.openLease(milliseconds: 9_000, graces: sixty))
        #expect(reply == .uncertain)
        let lease = Lease(incarnation: 1)
        #expect(try node.ask(.say(1, customer("v_1"), "k"), lease: nil) == .fenced)
        #expect(try node.ask(.sessions(customer("v_1")), lease: lease) == .sessions([]))
        try node.stop()
    }
}
