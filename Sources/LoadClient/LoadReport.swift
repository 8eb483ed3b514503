/// The outcome of a load test: what was counted, measured and found wrong. `LoadReport+Table` and
/// `+JSON` print it, `ReportPage` draws it; several processes' reports merge into one.
import Histogram

typealias LoadHistogram = Histogram<UInt64>

public struct LoadReport: Sendable {
    public var scenario: LoadScenarioName
    public var connections = 0
    public var pairs = 0
    /// Processes that shared the work.
    public var processes = 1
    /// Messages a second: asked for, and reached between the first and the last one sent.
    public var rateAsked = 0.0
    public var rateReached = 0.0
    public var sent = 0
    public var received = 0
    public var acknowledged = 0
    /// Messages the hub would not take for now.
    public var refused = 0
    public var lost = 0
    public var duplicated = 0
    public var reordered = 0
    /// From the planned time to the receiver, microseconds.
    var latency = LoadReport.emptyHistogram()
    /// From the planned time to the acknowledgement, microseconds.
    var ack = LoadReport.emptyHistogram()
    /// Latency before the disturbance, microseconds (`slow-readers`).
    var baseline = LoadReport.emptyHistogram()
    /// CPU microseconds per acknowledged message, by process name.
    public var cpuPerMessage: [String: Double] = [:]
    /// The same of the load client itself, all its processes together.
    public var clientCPUPerMessage: Double?
    /// CPU microseconds a connection and second while idle, by process name.
    public var cpuPerConnectionSecond: [String: Double] = [:]
    public var bytesPerConnection: [String: Int] = [:]
    /// From the first attempt to come back until the last one was in, seconds; 0: nobody had to.
    public var recoverySeconds = 0.0
    /// CPU microseconds for each who came back, by process name.
    public var cpuPerReturn: [String: Double] = [:]
    /// Connections a second while everybody came in.
    public var connectRate = 0.0
    /// Of a ramp or a search, in the order they were tried.
    public var stages: [StageLine] = []
    /// The highest rate that held the bound; nil: none did, or none was searched for.
    public var bestRate: Double?
    /// Of `queue` and `day`.
    public var service: ServiceFigures?
    /// Of `broadcast`.
    public var broadcast: BroadcastFigures?
    /// Of `slow-readers`.
    public var slow: SlowFigures?
    /// What a reader of the figures has to know; one sentence each.
    public var notes: [String] = []
    /// Once every half second or more seldom; for the curves of the page.
    var samples: [LoadSample] = []
    /// The run was ended by Ctrl-C: these are the figures so far.
    public var isInterrupted = false
    /// Everything that should not have been, at most 20 lines.
    public private(set) var violations: [String] = []
    /// All of them, also those that are not listed.
    public private(set) var violationCount = 0
    /// Bounds given by flags that were not met.
    public var missedBounds: [String] = []

    init(_ scenario: LoadScenarioName) { self.scenario = scenario }

    public var isGood: Bool { violationCount == 0 && missedBounds.isEmpty }

    mutating func violated(_ text: String) {
        violationCount += 1
        if violations.count < 20 { violations.append(text) }
    }

    mutating func judge(p99BoundMilliseconds bound: Double?) {
        guard let bound, latency.totalCount > 0 else { return }
        let p99 = Double(latency.valueAtPercentile(99)) / 1000
        if p99 > bound { missedBounds.append("p99 is \(p99) ms, over \(bound)") }
    }

    /// An hour at most, in microseconds, to three digits.
    static func emptyHistogram() -> LoadHistogram {
        LoadHistogram(
            highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
    }

    /// Takes in the report of another process of the same run. Rates add up; what is said once of
    /// a run (CPU figures, the stages, bounds) is the parent's to fill in.
    mutating func merge(_ other: LoadReport) {
        connections += other.connections
        pairs += other.pairs
        rateAsked += other.rateAsked
        rateReached += other.rateReached
        sent += other.sent
        received += other.received
        acknowledged += other.acknowledged
        refused += other.refused
        lost += other.lost
        duplicated += other.duplicated
        reordered += other.reordered
        latency.add(other.latency)
        ack.add(other.ack)
        recoverySeconds = max(recoverySeconds, other.recoverySeconds)
        connectRate += other.connectRate
        isInterrupted = isInterrupted || other.isInterrupted
        violationCount += other.violationCount
        violations = Array((violations + other.violations).prefix(20))
    }
}

extension LoadHistogram {
    /// Values beyond an hour count as an hour, so that nothing is left out of the percentiles.
    mutating func note(microseconds: Int64) {
        _ = record(UInt64(Swift.min(Swift.max(1, microseconds), 3_599_999_999)))
    }
}

/// One rate of a ramp or a search.
public struct StageLine: Sendable, Hashable {
    public var rateAsked: Double
    public var rateReached: Double
    public var p50Milliseconds: Double
    public var p99Milliseconds: Double
    public var maximumMilliseconds: Double
    /// It was reached and its p99 was within the bound.
    public var isHeld: Bool
}

/// Where the test stood at one moment.
struct LoadSample: Sendable, Hashable {
    /// Since the start.
    var seconds: Double
    var sent: Int
    var received: Int
    var open: Int
}

/// Of `queue` and `day`.
public struct ServiceFigures: Sendable, Hashable {
    public struct OfLevel: Sendable, Hashable {
        public var customers = 0
        public var served = 0
        public var abandoned = 0
        /// From the planned arrival to the assignment, milliseconds of the clock.
        public var waitP50Milliseconds = 0.0
        public var waitP90Milliseconds = 0.0
        public var waitMaximumMilliseconds = 0.0
    }
    public var levels: [Int: OfLevel] = [:]
    public var assignments = 0
    public var abandoned = 0
    /// Numbers shown that were compared with the one before.
    public var positionsChecked = 0
    /// Pairs of the same level whose order could be told for certain from outside.
    public var ordersChecked = 0
    /// Share of the agents' places that were taken, 0...1, from the first to the last assignment.
    public var utilisation = 0.0
    /// What one second of the clock stood for.
    public var factor = 1.0
}

public struct BroadcastFigures: Sendable, Hashable {
    public var subscribers = 0
    public var events = 0
    /// Frames all subscribers got.
    public var deliveries = 0
    public var deliveriesPerSecond = 0.0
}

public struct SlowFigures: Sendable, Hashable {
    /// Customers who stopped reading, and those of them the hub closed with 4008.
    public var slowReaders = 0
    public var closedAsSlow = 0
    /// Came back and read all that was said, once and in order.
    public var resumedWhole = 0
    /// Messages that were said to them.
    public var messages = 0
}
