/// The range one customer was shown last, and how far the next one may differ: the lower end never
/// rises, the upper end by a tenth of itself a minute at most, one rung at a time.
import ChatProtocol

struct ShownWait: Hashable {
    private(set) var forecast = WaitForecast.unknown
    /// The last range, also while nobody is there to keep it.
    private var range: WaitRange?
    /// Monotonic; since when the upper end is what it is.
    private var highSince: Int64 = 0

    /// Takes over what is known now, as far as it may be shown.
    mutating func show(_ new: WaitForecast, at now: Int64) {
        switch new {
        case .unknown: break
        case .nobody: forecast = .nobody
        case .range(let wanted):
            let shown = permitted(wanted, at: now)
            if range.map({ $0.high != shown.high }) ?? true { highSince = now }
            range = shown
            forecast = .range(shown)
        }
    }

    private func permitted(_ wanted: WaitRange, at now: Int64) -> WaitRange {
        guard let range else { return wanted }
        let high = range.high.map { permitted(wanted.high, above: $0, at: now) } ?? wanted.high
        var low = min(wanted.low, range.low)
        if let high, low >= high { low = WaitEstimate.ladder.last { $0 < high } ?? 0 }
        return WaitRange(low: low, high: high)
    }

    private func permitted(_ wanted: Int?, above shown: Int, at now: Int64) -> Int {
        if let wanted, wanted <= shown { return wanted }
        guard let next = WaitEstimate.ladder.first(where: { $0 > shown }) else { return shown }
        // next <= shown * (1 + 0.1 * minutes), in whole numbers.
        let isPermitted = Int64(next - shown) * 600_000 <= Int64(shown) * (now - highSince)
        return isPermitted ? next : shown
    }
}
