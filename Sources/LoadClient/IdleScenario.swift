/// `chathub-load idle`: N customers say hello and then only answer pings. Tells connects a second,
/// bytes a connection, and CPU time a connection and second.
import ChatModel
import ChatProtocol
import EventLoop

final class IdleScenario: LoadScenario {
    private let context: LoadContext
    private let count: Int
    private var greeted = 0
    private var began: Int64 = 0
    private var before: FiguresNow?

    init(_ context: LoadContext) {
        self.context = context
        count = context.options.connections
    }

    func start() {
        before = context.figures()
        began = context.loop.nowMilliseconds()
        context.crowd.connect((0..<count).map { LoadPerson(number: $0, isAgent: false) })
        let patience = LoadCrowd.arrivalMilliseconds
        context.loop.schedule(afterMilliseconds: patience) { [weak self] in
            guard let self, self.greeted < self.count else { return }
            self.context.fail(
                "after a minute \(self.greeted) of \(self.count) customers were greeted")
        }
    }

    func opened(_ person: LoadPerson) {
        context.greet(person)
    }

    func heard(_ event: ServerEvent, by person: LoadPerson) {
        if event.type == "error" {
            return context.fail("the hub refuses a hello: \(LoadRefusal.text(event))")
        }
        guard event.type == "ok" else { return }
        greeted += 1
        if greeted == count { everybodyIsIn() }
    }

    func lost(_ person: LoadPerson, code: Int, reason: String) {
        context.fail("\(person.name) lost the connection (\(code)): \(reason)")
    }

    private func everybodyIsIn() {
        let seconds = Double(context.loop.nowMilliseconds() - began) / 1000
        context.report.connections = count
        context.report.connectRate = Double(count) / max(seconds, 0.001)
        guard let now = context.figures() else { return }
        if let before, !context.options.processes.isEmpty {
            context.report.bytesPerConnection = now.growth(since: before).mapValues { $0 / count }
        }
        context.conductor.proceed(after: nil) { [weak self] order in
            guard let self, let order else { return }
            self.hold(order.durationSeconds, since: now)
        }
    }

    private func hold(_ seconds: Double, since: FiguresNow) {
        context.loop.schedule(afterMilliseconds: Int64(seconds * 1000)) { [weak self] in
            self?.conclude(since: since, seconds: seconds)
        }
    }

    private func conclude(since: FiguresNow, seconds: Double) {
        guard let now = context.figures() else { return }
        let each = Double(count) * seconds
        context.report.cpuPerConnectionSecond = now.cpu(since: since).mapValues { $0 / each }
        if context.crowd.open < count {
            context.report.violated("\(count - context.crowd.open) connections were lost")
        }
        context.end()
    }

    func interrupted() { context.report.connections = context.crowd.open }
}
