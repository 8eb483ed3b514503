/// What a scenario works with: the options, its people, the report it fills, and the way out. Made
/// by `LoadRun` for one run.
import ChatModel
import EventLoop
import Glibc

final class LoadContext {
    let options: LoadOptions
    let crowd: LoadCrowd
    let loop: EventLoop
    let conductor: any LoadConductor
    /// Of this process's agents, in their order; empty for scenarios without.
    let tokens: [String]
    /// Begins the keys of this run's messages.
    let runName: String
    var report: LoadReport
    weak var scenario: (any LoadScenario)?
    private let finish: (Result<LoadReport, LoadError>) -> Void
    private(set) var isOver = false
    private let beganMilliseconds: Int64
    private var display: ProgressDisplay?

    private static let sampleMilliseconds: Int64 = 500
    /// Beyond so many samples every second one is dropped.
    private static let sampleLimit = 2_000

    init(
        options: LoadOptions, crowd: LoadCrowd, conductor: any LoadConductor, tokens: [String],
        finish: @escaping (Result<LoadReport, LoadError>) -> Void
    ) {
        self.options = options
        self.crowd = crowd
        self.conductor = conductor
        self.tokens = tokens
        self.finish = finish
        loop = crowd.loop
        runName = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        report = LoadReport(options.scenario)
        beganMilliseconds = crowd.loop.nowMilliseconds()
        display = options.showsProgress ? ProgressDisplay() : nil
    }

    func begin(_ scenario: any LoadScenario) {
        self.scenario = scenario
        crowd.scenario = scenario
        scenario.start()
        sample(every: Self.sampleMilliseconds)
    }

    private func sample(every milliseconds: Int64) {
        guard !isOver else { return }
        let sample = LoadSample(
            seconds: Double(loop.nowMilliseconds() - beganMilliseconds) / 1000, sent: report.sent,
            received: report.received, open: crowd.open)
        report.samples.append(sample)
        conductor.sampled(sample)
        display?.show(sample, violations: report.violationCount)
        var next = milliseconds
        if report.samples.count > Self.sampleLimit {
            report.samples = stride(from: 0, to: report.samples.count, by: 2).map {
                report.samples[$0]
            }
            next *= 2
        }
        loop.schedule(afterMilliseconds: next) { [weak self] in self?.sample(every: next) }
    }

    /// The agent's name at the hub: with several processes each has every so many.
    static func agentNumber(_ index: Int, _ options: LoadOptions) -> Int {
        guard let part = options.part else { return index }
        return index * options.processCount + part
    }

    /// Says hello: an agent by his token, a customer as a new visitor. `members`: more of the
    /// frame, beginning with a comma.
    func greet(_ person: LoadPerson, _ members: String = "") {
        let site = options.site
        if person.isAgent {
            let token = tokens[person.place]
            person.request("hello", #""role":"agent","site":"\#(site)","token":"\#(token)""#)
        } else {
            person.request("hello", #""role":"customer","site":"\#(site)"\#(members)"#)
        }
    }

    // MARK: The way out

    func fail(_ text: String) { leave(.failure(LoadError(text))) }

    func end() {
        guard !isOver else { return }
        conductor.complete(&report)
        if !conductor.isSearching {
            report.judge(p99BoundMilliseconds: options.p99BoundMilliseconds)
        }
        leave(.success(report))
    }

    /// Ctrl-C: what is known so far is the report, and says so.
    func interrupt() {
        guard !isOver else { return }
        scenario?.interrupted()
        report.isInterrupted = true
        end()
    }

    /// The measured processes' figures now; ends the run when they cannot be read.
    func figures() -> FiguresNow? {
        do {
            return try FiguresNow(options.processes)
        } catch {
            fail(error.description)
            return nil
        }
    }

    private func leave(_ outcome: Result<LoadReport, LoadError>) {
        guard !isOver else { return }
        isOver = true
        display?.clear()
        crowd.closeAll { [finish] in finish(outcome) }
    }
}

/// The live line on standard error: redrawn on a terminal, else a line each.
struct ProgressDisplay {
    private let isTerminal = isatty(2) == 1
    private var last: LoadSample?

    mutating func show(_ sample: LoadSample, violations: Int) {
        // Half a second is for the curves; twice as long is pleasant to read.
        if let last, sample.seconds - last.seconds < 0.9 { return }
        let rate = last.map { Double(sample.sent - $0.sent) / (sample.seconds - $0.seconds) } ?? 0
        last = sample
        var text = "\(LoadReport.short((sample.seconds * 10).rounded() / 10)) s  "
            + "\(sample.open) connections  \(sample.sent) sent  \(sample.received) received  "
            + "\(Int(rate.rounded()))/s"
        if violations > 0 { text += "  \(violations) VIOLATIONS" }
        write(isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
    }

    func clear() {
        if isTerminal, last != nil { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        // A line that cannot be shown is no reason to end the test.
        _ = Glibc.write(2, bytes, bytes.count)
    }
}
