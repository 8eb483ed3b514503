/// What each rate of a relay came to, and which of them the report tells of. Kept by whoever
/// conducts: `LocalConductor` in one process, `PartsRun` over several.
import Histogram

/// One rate to play, by this process.
struct StageOrder: Sendable, Hashable {
    var rate: Double
    var warmupSeconds: Double
    var durationSeconds: Double
}

/// What came of it: the measured part alone.
struct StageResult: Sendable {
    var rateAsked = 0.0
    var rateReached = 0.0
    var acknowledged = 0
    var latency = LoadReport.emptyHistogram()
    var ack = LoadReport.emptyHistogram()
    /// CPU microseconds of the measured processes, by name, and of this client.
    var cpu: [String: Double] = [:]
    var clientCPU = 0.0
    /// It was cut off, because what was on its way grew without end.
    var isOverloaded = false

    /// Takes in what another process made of the same stage.
    mutating func merge(_ other: StageResult) {
        rateAsked += other.rateAsked
        rateReached += other.rateReached
        acknowledged += other.acknowledged
        latency.add(other.latency)
        ack.add(other.ack)
        clientCPU += other.clientCPU
        isOverloaded = isOverloaded || other.isOverloaded
    }
}

struct StageBook {
    private(set) var search: RateSearch
    /// Milliseconds; nil: reaching the rate is enough.
    private let bound: Double?
    private var lines: [StageLine] = []
    /// The stage the report's latencies are of: the best one that held, else the last.
    private var headline: StageResult?
    private var headlineHeld = false
    private let options: LoadOptions

    /// Else whoever divides what was sent by the duration finds another rate.
    static let warmupNote =
        "sent, received and acked count the warm-up too; the rate and the latencies leave it out"

    /// What a search takes when no bound was given.
    static let searchBoundMilliseconds = 100.0

    init(_ options: LoadOptions) {
        self.options = options
        search = RateSearch(options.search, rate: options.rate)
        bound = search.isSearching
            ? options.p99BoundMilliseconds ?? Self.searchBoundMilliseconds
            : options.p99BoundMilliseconds
    }

    /// The next stage of all processes together; nil: no more.
    var order: StageOrder? {
        search.rate.map {
            StageOrder(
                rate: $0, warmupSeconds: options.warmupSeconds,
                durationSeconds: options.durationSeconds)
        }
    }

    mutating func note(_ result: StageResult) {
        let p99 = Double(result.latency.valueAtPercentile(99)) / 1000
        let isHeld = !result.isOverloaded && p99 <= bound ?? .infinity
            && result.rateReached >= result.rateAsked * RateSearch.reachedShare
        lines.append(
            StageLine(
                rateAsked: result.rateAsked, rateReached: result.rateReached,
                p50Milliseconds: Double(result.latency.valueAtPercentile(50)) / 1000,
                p99Milliseconds: p99,
                maximumMilliseconds: Double(result.latency.max) / 1000, isHeld: isHeld))
        let isBetter = result.rateAsked > headline?.rateAsked ?? 0
        if !headlineHeld || (isHeld && isBetter) {
            headline = result
            headlineHeld = isHeld
        }
        search.note(held: isHeld)
    }

    /// Puts what is known of the stages into the report.
    func complete(_ report: inout LoadReport) {
        if let headline {
            report.rateAsked = headline.rateAsked
            report.rateReached = headline.rateReached
            report.latency = headline.latency
            report.ack = headline.ack
            let each = Double(max(1, headline.acknowledged))
            report.cpuPerMessage = headline.cpu.mapValues { $0 / each }
            report.clientCPUPerMessage = headline.clientCPU / each
            if options.warmupSeconds > 0 { report.notes.append(Self.warmupNote) }
        }
        guard search.isSearching else { return }
        report.stages = lines
        report.bestRate = search.best
        if search.best == nil, !report.isInterrupted {
            let limit = LoadReport.short(bound ?? 0)
            report.missedBounds.append("no rate that was tried held p99 under \(limit) ms")
        }
    }
}
