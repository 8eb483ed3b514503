/// What a waiting customer is told about his wait: a range on a fixed ladder, made from the true
/// order and from how the queue flows. A pure function; `Hub+Ranges` asks it.
///
/// The wait is the time until everybody before him, himself, and those who will yet overtake him
/// are assigned or have given up. It is taken as a gamma distribution: its mean by the rates, its
/// spread by how many assignments it is the sum of and by how little the rates are worth. The
/// ladder's constants were fitted on simulated days (`WaitDayTests`), which hold their quality.
import ChatModel
import ChatProtocol
import Routing

struct WaitEstimate {
    /// Seconds a range may begin and end at. From five minutes on, one rung is at most a tenth
    /// above the one before it, so that a range may climb.
    static let ladder: [Int] =
        [0, 15, 30, 45, 60, 75, 90, 105] + Array(stride(from: 120, through: 600, by: 30))
        + Array(stride(from: 660, through: 1_200, by: 60))
        + Array(stride(from: 1_320, through: 3_600, by: 120))
        + Array(stride(from: 3_900, through: 10_800, by: 300))
        + Array(stride(from: 11_400, through: 14_400, by: 600))

    /// What an assignment takes one agent while the queue's own figure is unknown.
    static let unknownWorkSeconds = 180.0
    /// The spread of one interval between two assignments, as a square of its mean.
    static let intervalVariance = 0.8
    /// The same of those who will overtake: how many come is a matter of chance as well.
    static let overtakingVariance = 1.5
    /// What the rates themselves are worth: agents come and go, customers more or fewer.
    static let rateVariance = 0.08

    /// Seconds until an agent has the session, and how far off that may be.
    private var mean: Double
    /// Of the gamma distribution; 1 is exponential, more is narrower.
    private var shape: Double

    /// `level` is the session's own, and `credit` what it was credited with when it began, which is
    /// what the rules say now unless others came into force since; `headStart` says who may
    /// overtake it.
    static func forecast(
        _ outlook: Outlook, credit: Int64? = nil, level: Level, headStart: HeadStart
    ) -> WaitForecast {
        let flow = outlook.flow
        guard flow.agents + flow.helpers > 0 else { return .nobody }
        guard flow.workMilliseconds > 0 else {
            let places = Double(outlook.ahead + 1)
            let mean = places * unknownWorkSeconds / Double(flow.agents + flow.helpers)
            return .range(WaitRange(low: 0, high: stepUp(2.5 * mean)))
        }
        let estimate = WaitEstimate(
            outlook, credit ?? headStart.milliseconds(for: level), level, headStart)
        // With few places to go nobody can promise that it takes any time at all.
        let low = estimate.shape < 2.5 ? 0 : estimate.quantile(-1.2)
        let high = estimate.quantile(1.2 + 0.15 * (1 - 1 / max(1, estimate.shape)))
        return .range(WaitRange(low: stepDown(low), high: stepUp(high)))
    }

    private init(_ outlook: Outlook, _ credit: Int64, _ level: Level, _ headStart: HeadStart) {
        let flow = outlook.flow
        let places = Double(outlook.ahead + 1)
        let interval = Double(flow.workMilliseconds) / 1000 / Double(max(1, flow.agents))
        // Each one who waits gives up at this rate, by the share of those who did.
        let giveUp =
            flow.waitedMilliseconds > 0
            ? Double(flow.leftMillionths) / 1000 / Double(flow.waitedMilliseconds) : 0
        let longest = Double(Self.ladder.last ?? 0) * 2
        var wait = places * interval
        var all = places
        // The longer the wait, the more overtake; it settles fast or runs off the ladder.
        for round in 0..<16 {
            all = places + Self.overtakers(within: wait, flow, credit, level, headStart)
            let next = min(longest, all / (1 / max(0.001, interval) + giveUp * all / 2))
            wait = round < 6 ? next : (wait + next) / 2
        }
        mean = wait
        shape =
            1
            / (Self.intervalVariance / places
                + Self.overtakingVariance * (all - places) / (all * all) + Self.rateVariance)
    }

    /// How many of higher levels will start within so many seconds and still come before it.
    private static func overtakers(
        within seconds: Double, _ flow: QueueFlow, _ own: Int64, _ level: Level,
        _ headStart: HeadStart
    ) -> Double {
        var count = 0.0
        for (value, interval) in flow.arrivalMilliseconds.enumerated() where interval > 0 {
            guard let other = Level(value) else { continue }
            let advantage = Double(headStart.milliseconds(for: other) - own) / 1000
            // Of the own level and below nobody, but after a change of the rules.
            guard advantage > 0 else { continue }
            count += min(seconds, advantage) * 1000 / Double(interval)
        }
        return count
    }

    /// Seconds that the wait exceeds with the probability of a normal deviate; by the cube of
    /// Wilson and Hilferty (1931), good for shapes from about 0.8.
    private func quantile(_ deviate: Double) -> Double {
        let root = 1 - 1 / (9 * shape) + deviate / (3 * shape.squareRoot())
        return mean * max(0, root) * max(0, root) * max(0, root)
    }

    private static func stepDown(_ seconds: Double) -> Int {
        ladder.last { Double($0) <= seconds } ?? 0
    }

    /// Nil beyond the ladder.
    private static func stepUp(_ seconds: Double) -> Int? {
        ladder.first { Double($0) >= max(1, seconds) }
    }
}
