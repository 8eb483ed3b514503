/// One hub's connection to the in-memory store, in slow motion: a test decides when a submitted
/// step takes effect, when its answer arrives, in which order, and what goes wrong.
public import ChatModel

public final class MemoryStoreNode: Store {
    /// What becomes of a step.
    public enum Fault: Hashable, Sendable {
        /// Not done; answered `unavailable`.
        case notDone
        /// Done; answered `unavailable` all the same.
        case answerLost
        /// Done, not confirmed by enough replicas: answered `uncertain`.
        case uncertain
    }

    let store: MemoryStore
    /// Submitted, not yet done; they take effect in this order.
    public private(set) var waiting: [StoreCall] = []
    /// Done, not yet told.
    public private(set) var answers: [(operation: OperationID, reply: StoreReply)] = []
    /// Published to this node, not yet heard, in their order.
    public private(set) var notices: [(site: SiteID, notice: StoreNotice)] = []
    /// While true, whatever is published passes this node by; it then needs `missed`.
    public var isDeaf = false
    private var joined: Set<SiteID> = []
    private(set) var watches: Set<MemoryWatch> = []
    /// Sessions whose messages this node is told.
    public var watchCount: Int { watches.count }

    init(store: MemoryStore) { self.store = store }

    public func submit(_ call: StoreCall) { waiting.append(call) }

    /// Lets the oldest submitted step take effect. False when there is none.
    @discardableResult
    public func performNext(fault: Fault? = nil) -> Bool {
        guard !waiting.isEmpty else { return false }
        let call = waiting.removeFirst()
        if case .unwatch = call.request {
            // Never leaves the node, so nothing can go wrong.
            answers.append((call.operation, store.perform(call, from: self)))
            return true
        }
        guard fault != .notDone else {
            answers.append((call.operation, .unavailable))
            return true
        }
        let reply = store.perform(call, from: self)
        // A node that is not told of its watch has none.
        if case .watch(let session) = call.request, fault != nil {
            watches.remove(MemoryWatch(site: call.site, session: session))
        }
        switch fault {
        case .answerLost: answers.append((call.operation, .unavailable))
        case .uncertain: answers.append((call.operation, .uncertain))
        case .notDone, nil: answers.append((call.operation, reply))
        }
        return true
    }

    /// Takes an answer out, by default the oldest. Nil when there is none.
    public func nextAnswer(at index: Int = 0) -> (operation: OperationID, reply: StoreReply)? {
        answers.indices.contains(index) ? answers.remove(at: index) : nil
    }

    /// Takes the oldest notice out. Nil when there is none.
    public func nextNotice() -> (site: SiteID, notice: StoreNotice)? {
        notices.isEmpty ? nil : notices.removeFirst()
    }

    /// The subscription is back: `missed` follows for every site.
    public func recoverHearing() {
        isDeaf = false
        for site in joined.sorted() { notices.append((site, .missed)) }
    }

    /// The process was killed: nothing of it remains but what the store knows.
    public func die() {
        waiting = []
        answers = []
        notices = []
        joined = []
        watches = []
        isDeaf = true
    }

    /// Subscriptions are the node's: they follow what it asked for and was granted.
    func follow(_ call: StoreCall, _ reply: StoreReply) {
        switch (call.request, reply) {
        case (.openLease, .lease): joined.insert(call.site)
        case (.watch(let session), .done):
            watches.insert(MemoryWatch(site: call.site, session: session))
        case (.unwatch(let session), .done):
            watches.remove(MemoryWatch(site: call.site, session: session))
        default: break
        }
    }

    func hear(_ notice: StoreNotice, watching session: SessionID?, at site: SiteID) {
        guard !isDeaf, joined.contains(site) else { return }
        if let session, !watches.contains(MemoryWatch(site: site, session: session)) { return }
        notices.append((site, notice))
    }
}

struct MemoryWatch: Hashable {
    let site: SiteID
    let session: SessionID
}
