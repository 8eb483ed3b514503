/// When each message is to be sent: evenly spaced, decided before the first one leaves. Pure; kept
/// by `RelayTalks`.
struct SendPlan {
    struct Due {
        let number: Int
        let plannedMicroseconds: Int64
        let isMeasured: Bool
        let isFirstMeasured: Bool
    }

    private let start: Int64
    private let interval: Double
    private let warmupCount: Int
    private var count: Int
    private var sent = 0
    private var measuringBegan: Int64?

    /// `rate`: messages a second, above 0.
    init(startMicroseconds: Int64, rate: Double, warmupSeconds: Double, durationSeconds: Double) {
        start = startMicroseconds
        interval = 1e6 / rate
        warmupCount = Int(rate * warmupSeconds)
        count = warmupCount + max(1, Int(rate * durationSeconds))
    }

    var isOver: Bool { sent >= count }

    /// The next one due by `now`; nil when nothing is due yet.
    @inline(__always)
    mutating func next(upTo now: Int64) -> Due? {
        guard sent < count else { return nil }
        let planned = start + Int64(Double(sent) * interval)
        guard planned <= now else { return nil }
        if sent == warmupCount { measuringBegan = now }
        defer { sent += 1 }
        return Due(
            number: sent, plannedMicroseconds: planned, isMeasured: sent >= warmupCount,
            isFirstMeasured: sent == warmupCount)
    }

    /// Nothing more is sent.
    mutating func cut() { count = sent }

    /// Messages a second from the first measured one until now.
    func rateReached(now: Int64) -> Double {
        guard let measuringBegan, now > measuringBegan else { return 0 }
        return Double(max(0, sent - warmupCount)) / (Double(now - measuringBegan) / 1e6)
    }
}
