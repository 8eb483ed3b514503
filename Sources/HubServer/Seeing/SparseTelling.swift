/// Keeps what repeats itself from filling a log: each thing once a minute, and never more than a
/// few different ones, because strangers may choose what is told. Used by `Node`.
struct SparseTelling {
    static let pauseMilliseconds: Int64 = 60_000
    /// Different things within one pause.
    static let mostAtOnce = 50

    private var toldAt: [String: Int64] = [:]

    /// Whether it is to be told now. `now`: monotonic milliseconds. O(1), but O(what was told) once
    /// the table is full.
    mutating func allows(_ what: String, now: Int64) -> Bool {
        if let last = toldAt[what], now - last < Self.pauseMilliseconds { return false }
        if toldAt.count >= Self.mostAtOnce {
            toldAt = toldAt.filter { now - $0.value < Self.pauseMilliseconds }
            guard toldAt.count < Self.mostAtOnce else { return false }
        }
        toldAt[what] = now
        return true
    }
}
