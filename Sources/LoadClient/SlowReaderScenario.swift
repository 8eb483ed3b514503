/// `chathub-load slow-readers`: pairs talk while much is said to some other customers, who first
/// read it and then stop reading. The talk must go on as before; those who do not read must be
/// closed with 4008 and, back again, find everything that was said, once and in order.
import ChatModel
import ChatProtocol
import EventLoop

final class SlowReaderScenario: LoadScenario {
    private let context: LoadContext
    private var pairing: Pairing?
    private var talks: RelayTalks?
    private var slow: [SlowTalk] = []
    private var isTalkOver = false
    private var figures = SlowFigures()

    /// From the moment they stop reading until everybody must be back.
    private static let patienceMilliseconds: Int64 = 90_000

    init(_ context: LoadContext) { self.context = context }

    func start() {
        let count = context.options.pairs + context.options.slowReaders
        let pairing = Pairing(context, count: count) { [weak self] in self?.everybodyIsIn($0) }
        self.pairing = pairing
        pairing.start()
    }

    func opened(_ person: LoadPerson) {
        if let slow = slowTalk(of: person) { slow.opened() } else { pairing?.opened(person) }
    }

    func heard(_ frame: LeanFrame, by person: LoadPerson) -> Bool {
        guard let talks, slowTalk(of: person) == nil else { return false }
        return talks.heard(frame, by: person)
    }

    func heard(_ event: ServerEvent, by person: LoadPerson) {
        if let slow = slowTalk(of: person) { return slow.heard(event, by: person) }
        if let talks { talks.heard(event, by: person) } else { pairing?.heard(event, by: person) }
    }

    func lost(_ person: LoadPerson, code: Int, reason: String) {
        if let slow = slowTalk(of: person), !person.isAgent { return slow.lost(code) }
        context.fail("\(person.name) lost the connection (\(code)): \(reason)")
    }

    /// They are numbered below zero, so that they are nobody's of `RelayTalks`.
    private func slowTalk(of person: LoadPerson) -> SlowTalk? {
        slow.isEmpty || person.place >= 0 ? nil : slow[-1 - person.place]
    }

    private func everybodyIsIn(_ pairs: [Pairing.Pair]) {
        context.report.pairs = context.options.pairs
        context.report.connections = pairs.count * 2
        figures.slowReaders = context.options.slowReaders
        talks = RelayTalks(context, Array(pairs[..<context.options.pairs]))
        slow = pairs[context.options.pairs...].enumerated().map { index, pair in
            pair.customer.place = -1 - index
            pair.agent.place = -1 - index
            return SlowTalk(context, pair) { [weak self] in self?.checkComplete() }
        }
        let order = StageOrder(
            rate: context.options.rate, warmupSeconds: context.options.warmupSeconds,
            durationSeconds: context.options.durationSeconds)
        // What is written to the slow ones is there from the start: all that changes is the
        // reading.
        for talk in slow { talk.begin() }
        talks?.play(order) { [weak self] result in
            guard let self else { return }
            self.context.report.baseline = result.latency
            self.disturb(order)
        }
    }

    private func disturb(_ order: StageOrder) {
        for talk in slow { talk.stall() }
        context.loop.schedule(afterMilliseconds: Self.patienceMilliseconds) { [weak self] in
            guard let self, !self.context.isOver else { return }
            for talk in self.slow { talk.giveUp() }
            self.isTalkOver = true
            self.checkComplete()
        }
        talks?.play(order) { [weak self] result in
            guard let self else { return }
            self.context.conductor.proceed(after: result) { _ in }
            self.isTalkOver = true
            self.checkComplete()
        }
    }

    private func checkComplete() {
        guard isTalkOver, slow.allSatisfy(\.isOver) else { return }
        fillIn()
        context.end()
    }

    func interrupted() {
        if let talks, talks.isBusy { context.conductor.proceed(after: talks.soFar()) { _ in } }
        fillIn()
    }

    private func fillIn() {
        figures.closedAsSlow = slow.count(where: \.wasClosedAsSlow)
        figures.resumedWhole = slow.count(where: \.isWhole)
        figures.messages = slow.reduce(0) { $0 + $1.sent }
        context.report.slow = figures
    }
}
