/// Sessions that were told of while somebody's sessions were being read, and passed over because
/// nobody here seemed to have to do with them. The answer of that read may be older than what was
/// told: then it would show somebody a session that is not his any more. Part of a `LocalSite`.
import ChatModel

struct PassedOver {
    private var versions: [SessionID: Int] = [:]
    private var readsUnderWay = 0

    /// So many sessions do not change within the time a read may take.
    private static let bound = 65_536

    mutating func readBegins() { readsUnderWay += 1 }

    mutating func readEnds() {
        readsUnderWay -= 1
        if readsUnderWay == 0 { versions = [:] }
    }

    mutating func note(_ record: SessionRecord) {
        guard readsUnderWay > 0 else { return }
        if versions.count >= Self.bound { versions = [:] }
        versions[record.id] = max(record.version, versions[record.id] ?? 0)
    }

    /// Whether something newer than this was told already. O(1).
    func isNewer(than record: SessionRecord) -> Bool {
        versions[record.id, default: 0] > record.version
    }
}
