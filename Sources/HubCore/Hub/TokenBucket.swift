/// A rate limit: so many at once, so many a minute on average. Used per connection and per address.
/// It keeps what was spent, so that the limits may differ from one question to the next.
struct TokenBucket {
    /// Thousandths of tokens spent and not come back at `countedAt`.
    private var spent: Int64 = 0
    private var countedAt: Int64

    /// Nothing spent. `now`: monotonic milliseconds.
    init(now: Int64) { countedAt = now }

    /// Takes tokens. Nil when there was one at least; else milliseconds until the next, at least
    /// 1. `perMinute` tokens come back in a minute, up to `burst`.
    mutating func take(_ count: Int = 1, burst: Int, perMinute: Int, now: Int64) -> Int? {
        if let wait = wait(burst: burst, perMinute: perMinute, now: now) { return wait }
        spent += Int64(count) * 1000
        return nil
    }

    /// The same without taking it.
    mutating func wait(burst: Int, perMinute: Int, now: Int64) -> Int? {
        comeBack(perMinute: perMinute, now: now)
        let missing = spent + 1000 - Int64(burst) * 1000
        guard missing > 0 else { return nil }
        guard perMinute > 0 else { return 60_000 }
        return Int(max(1, missing * 60 / Int64(perMinute)))
    }

    /// Nothing was taken that is not known to have come back.
    var isBlank: Bool { spent == 0 }

    /// Whether all that was taken has come back.
    mutating func isFull(perMinute: Int, now: Int64) -> Bool {
        comeBack(perMinute: perMinute, now: now)
        return spent == 0
    }

    private mutating func comeBack(perMinute: Int, now: Int64) {
        let elapsed = min(max(0, now - countedAt), 3_600_000)
        let gained = elapsed * Int64(perMinute) / 60
        // What is less than a thousandth is not lost: the clock moves only with what came back.
        guard gained > 0 || spent == 0 else { return }
        spent = max(0, spent - gained)
        countedAt = now
    }
}
