/// The in-memory store: twin and oracle of `RedisStore`. Any number of hubs share one, each through
/// its own `MemoryStoreNode`. Tests drive it; nothing in production makes one.
///
/// Time is what `advance(to:)` said last; it stands for Redis's own clock.
public import ChatModel

public final class MemoryStore {
    /// Redis time in milliseconds since 1970.
    public private(set) var now: Int64
    var sites: [SiteID: MemorySite] = [:]
    private var nodes: [MemoryStoreNode] = []

    public init(now: Int64 = 1_000_000) { self.now = now }

    /// A node's own connection: the port given to one hub.
    public func connect() -> MemoryStoreNode {
        let node = MemoryStoreNode(store: self)
        nodes.append(node)
        return node
    }

    /// Moves the clock, never back.
    public func advance(to now: Int64) { self.now = max(self.now, now) }

    /// One atomic step, done now. Its notices are put before the nodes they concern.
    public func perform(_ call: StoreCall, from node: MemoryStoreNode) -> StoreReply {
        // Concerns the node's own ear alone: no lease is asked for.
        if case .unwatch = call.request {
            node.follow(call, .done)
            return .done
        }
        let reply = sites[call.site, default: MemorySite()]
            .perform(call.request, lease: call.lease, at: now)
        node.follow(call, reply)
        for told in sites[call.site]!.told {
            for node in nodes { node.hear(told.notice, watching: told.watching, at: call.site) }
        }
        return reply
    }

    /// Another primary takes over: the next step on each stream begins a new epoch. With
    /// `losing`, so many messages at the end of every stream are gone with the old one.
    public func failOver(_ site: SiteID, losing count: Int = 0) {
        guard var state = sites[site] else { return }
        state.replication += 1
        for id in state.sessions.keys {
            var session = state.sessions[id]!
            session.stream.removeLast(min(count, session.stream.count))
            session.record.lastSeq = session.stream.last?.seq ?? 0
            let lastSeq = session.record.lastSeq
            session.kept = session.kept.filter { $0.value.seq <= lastSeq }
            state.sessions[id] = session
        }
        sites[site] = state
    }
}
