/// A rate limit: so many at once, so many a second on average. Used per connection and per address.
struct TokenBucket {
    /// Thousandths of a token left at `filledAt`.
    private var thousandths: Int64
    private var filledAt: Int64

    /// Full. `now`: monotonic milliseconds.
    init(burst: Int, now: Int64) {
        thousandths = Int64(burst) * 1000
        filledAt = now
    }

    /// Takes one token. Nil when there was one; else milliseconds until the next, at least 1.
    /// `perMinute` tokens come back in a minute, up to `burst`.
    mutating func take(burst: Int, perMinute: Int, now: Int64) -> Int? {
        if let wait = wait(burst: burst, perMinute: perMinute, now: now) { return wait }
        thousandths -= 1000
        return nil
    }

    /// The same without taking it.
    mutating func wait(burst: Int, perMinute: Int, now: Int64) -> Int? {
        fill(burst: burst, perMinute: perMinute, now: now)
        guard thousandths < 1000 else { return nil }
        guard perMinute > 0 else { return 60_000 }
        return Int(max(1, (1000 - thousandths) * 60 / Int64(perMinute)))
    }

    /// Whether nothing has been taken that has not come back.
    mutating func isFull(burst: Int, perMinute: Int, now: Int64) -> Bool {
        fill(burst: burst, perMinute: perMinute, now: now)
        return thousandths >= Int64(burst) * 1000
    }

    private mutating func fill(burst: Int, perMinute: Int, now: Int64) {
        let elapsed = min(max(0, now - filledAt), 3_600_000)
        let gained = elapsed * Int64(perMinute) / 60
        // What is less than a thousandth is not lost: the clock moves only with what was gained.
        guard gained > 0 else { return }
        thousandths = min(Int64(burst) * 1000, thousandths + gained)
        filledAt = now
    }
}
