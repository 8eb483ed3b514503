/// What a process and its parts say to each other over pipes: a line of words each. Written and
/// read by `PartConductor`, `PartsRun` and `LoadRun`.
import Glibc
import Histogram

enum PartLine {
    /// To the parent: everybody is in.
    case ready
    /// To the parent: the stage is over.
    case result(StageResult)
    case sample(LoadSample)
    /// To the parent, the last line. Histograms travel with the results.
    case report(LoadReport)
    /// Why this part cannot go on.
    case failure(String)
    /// To the part: play this; there is no more; report what there is.
    case order(StageOrder)
    case end, stop

    /// Nil for what `text` did not write.
    init?(text: String) {
        var words = PartWords(text)
        let line: PartLine? =
            switch words.word() {
            case "ready": .ready
            case "result": words.result().map(PartLine.result)
            case "sample": words.sample().map(PartLine.sample)
            case "report": words.report().map(PartLine.report)
            case "failure": words.text().map(PartLine.failure)
            case "order": words.order().map(PartLine.order)
            case "end": .end
            case "stop": .stop
            default: nil
            }
        guard let line else { return nil }
        self = line
    }

    var text: String {
        switch self {
        case .ready: "ready"
        case .end: "end"
        case .stop: "stop"
        case .failure(let text): "failure \(PartWords.hidden(text))"
        case .order(let order):
            "order \(order.rate) \(order.warmupSeconds) \(order.durationSeconds)"
        case .sample(let sample):
            "sample \(sample.seconds) \(sample.sent) \(sample.received) \(sample.open)"
        case .result(let result):
            "result \(result.rateAsked) \(result.rateReached) \(result.acknowledged) "
                + "\(result.clientCPU) \(result.isOverloaded) "
                + "\(PartWords.packed(result.latency)) \(PartWords.packed(result.ack))"
        case .report(let report): "report \(PartWords.packed(report))"
        }
    }

    /// Blocks until the pipe took it; false when nobody reads any more.
    func write(to descriptor: Int32) -> Bool {
        let bytes = Array((text + "\n").utf8)
        return bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 && errno == EAGAIN {
                    var wish = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&wish, 1, -1)
                } else if count <= 0 && errno != EINTR {
                    return false
                }
                rest = rest.dropFirst(max(0, count))
            }
            return true
        }
    }
}

/// The words of a line, read in order. Every reader gives nil when its words are not there.
struct PartWords {
    private var words: ArraySlice<Substring>

    init(_ text: String) { words = text.split(separator: " ")[...] }

    mutating func word() -> Substring? { words.popFirst() }
    private mutating func integer() -> Int? { word().flatMap { Int($0) } }
    private mutating func number() -> Double? { word().flatMap { Double($0) } }
    private mutating func flag() -> Bool? { word().flatMap { Bool(String($0)) } }

    // MARK: Texts travel as hexadecimal digits, so that they are one word

    static func hidden(_ text: String) -> String {
        "x" + text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    mutating func text() -> String? {
        guard let word = word(), word.first == "x" else { return nil }
        let digits = Array(word.utf8.dropFirst())
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
        return bytes.count * 2 == digits.count ? String(decoding: bytes, as: UTF8.self) : nil
    }

    // MARK: Histograms: value:count,... with a leading colon so that none is a word too

    static func packed(_ histogram: LoadHistogram) -> String {
        ":" + histogram.recordedValues().map { "\($0.value):\($0.count)" }.joined(separator: ",")
    }

    private mutating func histogram() -> LoadHistogram? {
        guard let word = word(), word.first == ":" else { return nil }
        var histogram = LoadReport.emptyHistogram()
        for pair in word.dropFirst().split(separator: ",") {
            let parts = pair.split(separator: ":")
            guard parts.count == 2, let value = UInt64(parts[0]), let count = UInt64(parts[1]),
                histogram.record(value, count: count)
            else { return nil }
        }
        return histogram
    }

    // MARK: Lines

    mutating func order() -> StageOrder? {
        guard let rate = number(), let warmup = number(), let duration = number() else {
            return nil
        }
        return StageOrder(rate: rate, warmupSeconds: warmup, durationSeconds: duration)
    }

    mutating func sample() -> LoadSample? {
        guard let seconds = number(), let sent = integer(), let received = integer(),
            let open = integer()
        else { return nil }
        return LoadSample(seconds: seconds, sent: sent, received: received, open: open)
    }

    mutating func result() -> StageResult? {
        guard let asked = number(), let reached = number(), let acknowledged = integer(),
            let cpu = number(), let isOverloaded = flag(), let latency = histogram(),
            let ack = histogram()
        else { return nil }
        return StageResult(
            rateAsked: asked, rateReached: reached, acknowledged: acknowledged, latency: latency,
            ack: ack, clientCPU: cpu, isOverloaded: isOverloaded)
    }

    static func packed(_ report: LoadReport) -> String {
        let counts = [
            report.connections, report.pairs, report.sent, report.received, report.acknowledged,
            report.lost, report.duplicated, report.reordered, report.violationCount,
            report.refused,
        ]
        return "\(report.scenario.rawValue) \(counts.map(String.init).joined(separator: " ")) "
            + "\(report.recoverySeconds) \(report.connectRate) \(report.isInterrupted)"
            + report.violations.map { " " + hidden($0) }.joined()
    }

    mutating func report() -> LoadReport? {
        guard let scenario = word().flatMap({ LoadScenarioName(rawValue: String($0)) }) else {
            return nil
        }
        var counts: [Int] = []
        while counts.count < 10, let count = integer() { counts.append(count) }
        guard counts.count == 10, let recovery = number(), let connectRate = number(),
            let isInterrupted = flag()
        else { return nil }
        var report = LoadReport(scenario)
        report.connections = counts[0]
        report.pairs = counts[1]
        report.sent = counts[2]
        report.received = counts[3]
        report.acknowledged = counts[4]
        report.lost = counts[5]
        report.duplicated = counts[6]
        report.reordered = counts[7]
        report.refused = counts[9]
        report.recoverySeconds = recovery
        report.connectRate = connectRate
        report.isInterrupted = isInterrupted
        while let text = text() { report.violated(text) }
        // Those that were not listed count as well.
        for _ in report.violationCount..<max(report.violationCount, counts[8]) {
            report.violated("one more")
        }
        return report
    }
}
