/// Which rates a relay is tried at, one after the other, and which of them is the highest that held
/// the bound. Pure; asked by the conductors.

public struct RateSearch: Sendable {
    public enum Plan: Sendable, Hashable {
        /// The one rate that was asked for, whatever comes of it.
        case fixed
        /// From one rate to another in equal steps, until one misses the bound.
        case ramp(from: Double, to: Double, step: Double)
        /// From `rate` doubling until one misses, then halving the interval down to 5 %.
        case find
    }

    /// A rate counts as reached from this share of what was asked.
    static let reachedShare = 0.95
    /// No search takes more stages.
    static let stageLimit = 40
    /// A search ends when the gap between held and missed is this share of the missed one.
    private static let precision = 0.05

    private let plan: Plan
    private var next: Double?
    private var stages = 0
    /// The highest rate that held, and the lowest one that did not.
    private(set) var best: Double?
    private var missed: Double?

    init(_ plan: Plan, rate: Double) {
        self.plan = plan
        switch plan {
        case .fixed, .find: next = rate
        case .ramp(let from, _, _): next = from
        }
    }

    var isSearching: Bool { plan != .fixed }

    /// The rate to try; nil: the search is over.
    var rate: Double? { stages < Self.stageLimit ? next : nil }

    /// The stage at `rate` is over.
    mutating func note(held: Bool) {
        guard let tried = next else { return }
        stages += 1
        if held {
            best = max(best ?? 0, tried)
        } else {
            missed = min(missed ?? .infinity, tried)
        }
        next = following(tried, held: held)
    }

    private func following(_ tried: Double, held: Bool) -> Double? {
        switch plan {
        case .fixed: return nil
        case .ramp(_, let to, let step):
            // A little over the last one is rounding, not another stage.
            let next = tried + step
            return held && next <= to * (1 + 1e-9) ? next : nil
        case .find:
            guard let missed else { return tried * 2 }
            let low = best ?? 0
            let middle = (low + missed) / 2
            return (missed - low) / missed <= Self.precision || middle < 1 ? nil : middle
        }
    }
}
