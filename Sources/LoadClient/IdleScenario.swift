/// `chathub-load idle`: N customers say hello and then only answer pings. Tells connects a second,
/// bytes a connection, and CPU time a connection and second.
import ChatModel
import ChatProtocol
import EventLoop

final class IdleScenario: LoadScenario {
    private let options: LoadOptions
    private let crowd: LoadCrowd
    private let loop: EventLoop
    private let finish: (Result<LoadReport, LoadError>) -> Void
    private var report = LoadReport("idle")
    private var greeted = 0
    private var began: Int64 = 0
    private var before: FiguresNow?
    private var isOver = false

    init(
        options: LoadOptions, crowd: LoadCrowd,
        finish: @escaping (Result<LoadReport, LoadError>) -> Void
    ) {
        self.options = options
        self.crowd = crowd
        self.finish = finish
        loop = crowd.loop
    }

    func start() {
        do {
            before = try FiguresNow(options.processes)
        } catch {
            return end(.failure(error))
        }
        began = loop.nowMilliseconds()
        crowd.connect((0..<options.connections).map { LoadPerson(number: $0, isAgent: false) })
        loop.schedule(afterMilliseconds: LoadCrowd.arrivalMilliseconds) { [weak self] in
            guard let self, self.greeted < self.options.connections else { return }
            self.end(
                .failure(
                    LoadError(
                        "after a minute \(self.greeted) of \(self.options.connections) "
                            + "customers were greeted")))
        }
    }

    func opened(_ person: LoadPerson) {
        person.request("hello", #""role":"customer","site":"\#(options.site)""#)
    }

    func heard(_ event: ServerEvent, by person: LoadPerson) {
        if event.type == "error" {
            let code = event.code?.rawValue ?? "an unknown code"
            return end(.failure(LoadError("the hub refuses a hello: \(code)")))
        }
        guard event.type == "ok" else { return }
        greeted += 1
        if greeted == options.connections { everybodyIsIn() }
    }

    func lost(_ person: LoadPerson, code: Int, reason: String) {
        end(.failure(LoadError("customer \(person.number) lost the connection (\(code)): \(reason)")))
    }

    private func everybodyIsIn() {
        let seconds = Double(loop.nowMilliseconds() - began) / 1000
        report.connections = options.connections
        report.connectRate = Double(options.connections) / max(seconds, 0.001)
        do {
            let now = try FiguresNow(options.processes)
            if let before {
                report.bytesPerConnection = now.growth(since: before)
                    .mapValues { $0 / options.connections }
            }
            let held = options.durationSeconds
            loop.schedule(afterMilliseconds: Int64(held * 1000)) { [weak self] in
                self?.conclude(since: now, seconds: held)
            }
        } catch {
            end(.failure(error))
        }
    }

    private func conclude(since: FiguresNow, seconds: Double) {
        do {
            let each = Double(options.connections) * seconds
            report.cpuPerConnectionSecond = try FiguresNow(options.processes).cpu(since: since)
                .mapValues { $0 / each }
        } catch {
            return end(.failure(error))
        }
        if crowd.open < options.connections {
            report.violated("\(options.connections - crowd.open) connections were lost")
        }
        end(.success(report))
    }

    func breakOff() {
        report.isBrokenOff = true
        report.connections = crowd.open
        end(.success(report))
    }

    private func end(_ outcome: Result<LoadReport, LoadError>) {
        guard !isOver else { return }
        isOver = true
        crowd.closeAll { [finish] in finish(outcome) }
    }
}
