/// `chathub-load relay`: N customers talk with N agents, both ways in turn, at one rate or at one
/// after the other. Every message is checked for exactly once and in order, at both ends.
import ChatModel
import ChatProtocol
import EventLoop

final class RelayScenario: LoadScenario {
    private let context: LoadContext
    private var pairing: Pairing?
    private var talks: RelayTalks?

    init(_ context: LoadContext) { self.context = context }

    func start() {
        let pairing = Pairing(context, count: context.options.pairs) { [weak self] pairs in
            self?.everybodyIsIn(pairs)
        }
        self.pairing = pairing
        pairing.start()
    }

    func opened(_ person: LoadPerson) { pairing?.opened(person) }

    func heard(_ frame: LeanFrame, by person: LoadPerson) -> Bool {
        talks?.heard(frame, by: person) ?? false
    }

    func heard(_ event: ServerEvent, by person: LoadPerson) {
        if let talks { talks.heard(event, by: person) } else { pairing?.heard(event, by: person) }
    }

    func lost(_ person: LoadPerson, code: Int, reason: String) {
        context.fail("\(person.name) lost the connection (\(code)): \(reason)")
    }

    private func everybodyIsIn(_ pairs: [Pairing.Pair]) {
        context.report.pairs = pairs.count
        context.report.connections = pairs.count * 2
        talks = RelayTalks(context, pairs)
        context.conductor.proceed(after: nil) { [weak self] in self?.play($0) }
    }

    private func play(_ order: StageOrder?) {
        guard let order, context.report.violationCount == 0 else { return context.end() }
        talks?.play(order) { [weak self] result in
            guard let self else { return }
            self.context.conductor.proceed(after: result) { [weak self] in self?.play($0) }
        }
    }

    func interrupted() {
        guard let talks, talks.isBusy else { return }
        context.conductor.proceed(after: talks.soFar()) { _ in }
    }
}
