/// Awaited requests to the store for coming up and for site files; never for messages. The parent
/// has one of its own, a node's answers come through `Node`, which tells them from the hub's.
import ChatModel
import HubCore
import RedisStore

final class StoreDesk {
    private let store: RedisStore
    private var waiting: [OperationID: (StoreReply) -> Void] = [:]
    /// The top bit tells these numbers from the hub's own.
    private var next: UInt64 = 1 << 63

    /// Takes all answers of the store; a node that shares its store passes them on instead.
    init(_ store: RedisStore) {
        self.store = store
        store.onReply = { [weak self] in _ = self?.take($0, $1) }
    }

    func submit(_ request: StoreRequest, site: SiteID, then: @escaping (StoreReply) -> Void) {
        let operation = OperationID(next)
        next += 1
        waiting[operation] = then
        store.submit(StoreCall(operation: operation, site: site, lease: nil, request: request))
    }

    func ask(
        _ request: StoreRequest, site: SiteID, isolation: isolated (any Actor)? = #isolation
    ) async -> StoreReply {
        await withCheckedContinuation { continuation in
            submit(request, site: site) { continuation.resume(returning: $0) }
        }
    }

    /// Whether the answer was to one of these requests.
    func take(_ operation: OperationID, _ reply: StoreReply) -> Bool {
        guard let then = waiting.removeValue(forKey: operation) else { return false }
        then(reply)
        return true
    }
}
