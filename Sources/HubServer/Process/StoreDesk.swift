/// Awaited requests to the store for coming up and for site files; never for messages. Whoever owns
/// the store hands it the answers: a node after telling them from the hub's.
import ChatModel
import HubCore

final class StoreDesk {
    var store: (any Store)?
    private var waiting: [OperationID: (StoreReply) -> Void] = [:]
    /// The top bit tells these numbers from the hub's own.
    private var next: UInt64 = 1 << 63

    func submit(_ request: StoreRequest, site: SiteID, then: @escaping (StoreReply) -> Void) {
        let operation = OperationID(next)
        next += 1
        waiting[operation] = then
        store?.submit(StoreCall(operation: operation, site: site, lease: nil, request: request))
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
