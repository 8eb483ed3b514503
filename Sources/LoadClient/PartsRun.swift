/// One run shared by several processes of this program: starts them, lets them begin together,
/// merges what they report, and measures the hub once. Made by `LoadRun`.
import EventLoop
import Foundation
import Glibc

final class PartsRun {
    private let loop: EventLoop
    private let options: LoadOptions
    private let finish: (Result<LoadReport, LoadError>) -> Void
    private var parts: [Part] = []
    private var book: StageBook
    private var display: ProgressDisplay?
    private var samples: [LoadSample] = []
    private var isOver = false
    private var beganMilliseconds: Int64 = 0
    /// The measured processes before anybody came, when all were in, and when measuring began.
    private var first: FiguresNow?
    private var allIn: FiguresNow?
    private var measuring: FiguresNow?

    private static let sampleMilliseconds: Int64 = 500

    init(
        loop: EventLoop, options: LoadOptions,
        finish: @escaping (Result<LoadReport, LoadError>) -> Void
    ) {
        self.loop = loop
        self.options = options
        self.finish = finish
        book = StageBook(options)
        display = options.showsProgress ? ProgressDisplay() : nil
    }

    func start() {
        beganMilliseconds = loop.nowMilliseconds()
        do {
            first = try FiguresNow(options.processes)
            for number in 0..<options.processCount { parts.append(try begin(number)) }
        } catch {
            return fail("a process of the test could not be started: \(error)")
        }
        sample()
    }

    private func begin(_ number: Int) throws -> Part {
        let part = Part(number)
        let down = try Self.pipe()
        let up = try Self.pipe()
        part.input = down[1]
        part.output = up[0]
        let specification = ChildSpecification(
            executable: "/proc/self/exe", arguments: options.arguments + ["--part", "\(number)"],
            descriptors: [0: down[0], 1: up[1], 2: 2], ownProcessGroup: true)
        part.child = try loop.spawn(specification) { [weak self] status, signal in
            self?.ended(part, status, signal)
        }
        close(down[0])
        close(up[1])
        part.reader = try PartReader(loop: loop, descriptor: part.output) { [weak self] line in
            self?.heard(line, from: part)
        }
        return part
    }

    /// Its reading and its writing end; no child inherits them by number.
    private static func pipe() throws -> [Int32] {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            throw LoadError("no pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return ends
    }

    private func heard(_ line: PartLine?, from part: Part) {
        guard !isOver else { return }
        guard let line else {
            if part.report == nil { fail("process \(part.number) of the test ended early") }
            return
        }
        switch line {
        case .failure(let text): fail(text)
        case .sample(let sample): part.sample = sample
        case .ready: waits(part, nil)
        case .result(let result): waits(part, result)
        case .report(let report): reported(part, report)
        case .order, .end, .stop: break
        }
    }

    private func waits(_ part: Part, _ result: StageResult?) {
        part.result = result
        part.isWaiting = true
        if parts.allSatisfy(\.isWaiting) { proceed() }
    }

    private func reported(_ part: Part, _ report: LoadReport) {
        part.report = report
        if parts.allSatisfy({ $0.report != nil }) { return conclude() }
        // One is through before the others: nothing more is asked of them.
        for other in parts where other.isWaiting && other.report == nil { tell(other, .end) }
    }

    /// All wait: the stage is over, or nobody has begun.
    private func proceed() {
        let results = parts.compactMap(\.result)
        do {
            if let one = results.first {
                book.note(try merged(one, Array(results.dropFirst())))
            } else {
                allIn = try FiguresNow(options.processes)
            }
        } catch {
            return fail("\(error)")
        }
        let order = book.order.map { order in
            StageOrder(
                rate: order.rate / Double(parts.count), warmupSeconds: order.warmupSeconds,
                durationSeconds: order.durationSeconds)
        }
        for part in parts {
            tell(part, order.map(PartLine.order) ?? .end)
        }
        guard let order else { return }
        loop.schedule(afterMilliseconds: Int64(order.warmupSeconds * 1000) + 1) { [weak self] in
            self?.measuringBegins()
        }
    }

    private func measuringBegins() {
        guard !isOver else { return }
        do {
            measuring = try FiguresNow(options.processes)
        } catch {
            fail(error.description)
        }
    }

    private func merged(_ one: StageResult, _ others: [StageResult]) throws -> StageResult {
        var sum = one
        for other in others { sum.merge(other) }
        if let measuring { sum.cpu = try FiguresNow(options.processes).cpu(since: measuring) }
        return sum
    }

    private func tell(_ part: Part, _ line: PartLine) {
        part.isWaiting = false
        part.result = nil
        if part.report == nil, !line.write(to: part.input) {
            fail("process \(part.number) of the test is gone")
        }
    }

    private func sample() {
        guard !isOver else { return }
        let now = LoadSample(
            seconds: Double(loop.nowMilliseconds() - beganMilliseconds) / 1000,
            sent: parts.reduce(0) { $0 + ($1.sample?.sent ?? 0) },
            received: parts.reduce(0) { $0 + ($1.sample?.received ?? 0) },
            open: parts.reduce(0) { $0 + ($1.sample?.open ?? 0) })
        samples.append(now)
        display?.show(now, violations: 0)
        loop.schedule(afterMilliseconds: Self.sampleMilliseconds) { [weak self] in self?.sample() }
    }

    /// Ctrl-C: each part reports what it has.
    func interrupt() {
        for part in parts where part.report == nil { tell(part, .stop) }
    }

    // MARK: The end

    private func conclude() {
        var report = LoadReport(options.scenario)
        for part in parts.compactMap(\.report) { report.merge(part) }
        report.processes = parts.count
        report.samples = samples
        do {
            try addFigures(&report)
        } catch {
            return fail("\(error)")
        }
        book.complete(&report)
        if !book.search.isSearching {
            report.judge(p99BoundMilliseconds: options.p99BoundMilliseconds)
        }
        leave(.success(report))
    }

    private func addFigures(_ report: inout LoadReport) throws {
        guard let first, let allIn, !options.processes.isEmpty, report.connections > 0 else {
            return
        }
        let count = report.connections
        let used = try FiguresNow(options.processes).cpu(since: allIn)
        switch options.scenario {
        case .idle:
            report.bytesPerConnection = allIn.growth(since: first).mapValues { $0 / count }
            let each = Double(count) * options.durationSeconds
            report.cpuPerConnectionSecond = used.mapValues { $0 / each }
        case .storm: report.cpuPerReturn = used.mapValues { $0 / Double(count) }
        default: break
        }
    }

    private func ended(_ part: Part, _ status: Int64, _ signal: Int32) {
        part.hasExited = true
        if part.report == nil, signal != 0 {
            fail("process \(part.number) of the test died of signal \(signal)")
        }
    }

    private func fail(_ text: String) { leave(.failure(LoadError(text))) }

    private func leave(_ outcome: Result<LoadReport, LoadError>) {
        guard !isOver else { return }
        isOver = true
        display?.clear()
        for part in parts where !part.hasExited && part.report == nil {
            part.child?.kill(SIGTERM)
        }
        finish(outcome)
    }
}

/// One of the processes, as its parent sees it.
private final class Part {
    let number: Int
    var child: ChildProcess?
    var reader: PartReader?
    /// Our ends of its pipes.
    var input: Int32 = -1
    var output: Int32 = -1
    var isWaiting = false
    var hasExited = false
    var result: StageResult?
    var sample: LoadSample?
    var report: LoadReport?

    init(_ number: Int) { self.number = number }
}
