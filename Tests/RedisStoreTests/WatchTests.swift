/// What a node listens to: watches end whatever became of its lease and of Redis.
import ChatModel
import HubCore
import Redis
import Testing

@testable import RedisStore

@Suite struct WatchTests {
    private func watching(_ node: TestNode) throws -> Int {
        let channels: Int = try node.thread.wait { done in done(node.subscriber.channelCount) }
        // The site's notices are a channel too.
        return channels - 1
    }

    @Test func aWatchEndsWithoutALease() throws {
        let alone = try Alone()
        defer { alone.end() }
        let (node, lease) = (alone.node, alone.lease)
        #expect(try node.ask(.watch(sessionID(1)), lease: lease) == .done)
        #expect(try watching(node) == 1)
        #expect(try node.ask(.closeLease(botMilliseconds: 15_000), lease: lease) == .done)
        #expect(try node.ask(.watch(sessionID(2)), lease: lease) == .fenced)
        #expect(try node.ask(.unwatch(sessionID(1)), lease: nil) == .done)
        #expect(try watching(node) == 0)
        try node.stop()
    }

    /// In one turn: the first watch's answers come when the third request is in force already.
    @Test func aWatchAskedForAgainAtOnceIsKept() throws {
        let alone = try Alone()
        defer { alone.end() }
        let (node, lease) = (alone.node, alone.lease)
        let id = sessionID(1)
        let replies = try node.askTogether(
            [.watch(id), .read(1, after: 0), .unwatch(id), .watch(id), .read(1, after: 0)],
            lease: lease)
        #expect(replies[2] == .done && replies[3] == .done, "\(replies)")
        #expect(replies[1].page != nil && replies[4].page != nil, "\(replies)")
        #expect(try watching(node) == 1)
        try node.ask(.say(1, customer("v_1"), "heard"), lease: lease)
        try node.hear { if case .message = $0 { true } else { false } }
        try node.stop()
    }
}
