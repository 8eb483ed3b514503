/// `chathub-load broadcast`: N agents watch one queue while customers start and leave at planned
/// times. Measures from the event to the update each subscriber gets, and checks that everybody
/// sees every event in time and the true state at the end.
import ChatModel
import ChatProtocol
import EventLoop

final class BroadcastScenario: LoadScenario {
    /// Customers who make the events, at most.
    static let customerLimit = 500

    private let context: LoadContext
    private let loop: EventLoop
    private let count: Int
    private let half: Int
    private var book: BroadcastBook
    private var subscribers: [Subscriber] = []
    private var customers: [LoadPerson] = []
    private var ready = 0
    private var phase = Phase.coming
    /// Planned times of the events that were sent.
    private var planned: [Int64] = []
    private var figures = BroadcastFigures()
    private var firstEvent: Int64 = 0
    /// When the first customer leaves; nil: not everybody has seen yet that all are here.
    private var firstLeave: Int64?
    private var before: FiguresNow?
    private var lastUpdate: [UInt8] = []
    private var lastTotal: Int?

    private enum Phase { case coming, playing, waiting }

    private final class Subscriber {
        let person: LoadPerson
        var total: Int?

        init(_ person: LoadPerson) { self.person = person }
    }

    private static let patienceMilliseconds: Int64 = 15_000

    init(_ context: LoadContext) {
        self.context = context
        loop = context.loop
        count = context.options.connections
        let events = Int(context.options.durationSeconds / context.options.crowd.eventSeconds)
        half = min(Self.customerLimit, max(1, events / 2))
        book = BroadcastBook(half: half, subscribers: count)
    }

    func start() {
        subscribers = (0..<count).map { Subscriber(LoadPerson(number: $0, isAgent: true)) }
        for (index, subscriber) in subscribers.enumerated() { subscriber.person.place = index }
        customers = (0..<half).map { LoadPerson(number: $0, isAgent: false) }
        context.crowd.connect(subscribers.map(\.person) + customers)
        let patience = LoadCrowd.arrivalMilliseconds
        loop.schedule(afterMilliseconds: patience) { [weak self] in
            guard let self, self.phase == .coming else { return }
            self.context.fail(
                "after a minute \(self.ready) of \(self.count + self.half) people are here")
        }
    }

    func opened(_ person: LoadPerson) { context.greet(person) }

    func heard(_ event: ServerEvent, by person: LoadPerson) {
        switch event.type {
        case "error":
            context.fail("the hub refuses \(person.name): \(LoadRefusal.text(event))")
        case "queue.update" where person.isAgent: updated(event, subscribers[person.place])
        case "ok" where event.id == 1 && person.isAgent:
            let group = context.options.crowd.group
            // Of an earlier run he may be online still, and would be given the customers.
            person.request("status.set", #""status":"offline""#)
            person.request("queue.subscribe", #""groups":["\#(group)"]"#)
        case "ok" where event.id == 1: cameIn()
        case "ok" where !person.isAgent: answered(event, person)
        case "session.state" where !person.isAgent && event.state == .active:
            context.fail("an agent serves the customers: nobody may be online in this group")
        default: break
        }
    }

    func lost(_ person: LoadPerson, code: Int, reason: String) {
        context.fail("\(person.name) lost the connection (\(code)): \(reason)")
    }

    /// A subscriber is in with his first update, a customer with his hello.
    private func cameIn() {
        ready += 1
        guard ready == count + half, phase == .coming else { return }
        phase = .playing
        context.report.connections = count + half
        figures.subscribers = count
        figures.events = half * 2
        before = context.figures()
        firstEvent = loop.nowMicroseconds() + 1_000_000
        waitForNext()
    }

    // MARK: Events

    private var eventMicroseconds: Int64 { Int64(context.options.crowd.eventSeconds * 1e6) }

    private func waitForNext() {
        guard !context.isOver else { return }
        if book.isPlayed { return waitForTheLast() }
        if book.waitsForTurn { return waitForTurn() }
        let due = dueOfNext
        let rest = due - loop.nowMicroseconds()
        loop.schedule(afterMilliseconds: max(1, rest / 1000)) { [weak self] in
            guard let self else { return }
            if self.loop.nowMicroseconds() >= due { self.play(due) }
            self.waitForNext()
        }
    }

    /// Leaves have their rhythm from the turn on.
    private var dueOfNext: Int64 {
        guard planned.count >= half, let firstLeave else {
            return firstEvent + Int64(planned.count) * eventMicroseconds
        }
        return firstLeave + Int64(planned.count - half) * eventMicroseconds
    }

    /// `updated` goes on when everybody has seen all who came.
    private func waitForTurn() {
        loop.schedule(afterMilliseconds: Self.patienceMilliseconds) { [weak self] in
            guard let self, self.firstLeave == nil else { return }
            self.conclude()
        }
    }

    private func turnIfSeen() {
        guard planned.count == half, firstLeave == nil, !book.waitsForTurn else { return }
        firstLeave = loop.nowMicroseconds() + eventMicroseconds
        waitForNext()
    }

    private func play(_ due: Int64) {
        let number = planned.count
        let customer = customers[number % half]
        if number < half {
            customer.pending.add(
                customer.request("session.start", #""channel":"load""#), plannedMicroseconds: due)
        } else {
            guard let session = customer.session else {
                return context.fail("a customer who started has no session yet: the hub stalls")
            }
            customer.pending.add(
                customer.request("session.leave", #""session":"\#(session)""#),
                plannedMicroseconds: due)
        }
        _ = book.play()
        planned.append(due)
        context.report.sent += 1
    }

    private func answered(_ event: ServerEvent, _ customer: LoadPerson) {
        guard let id = event.id, let due = customer.pending.take(id) else { return }
        customer.session = event.session
        context.report.acknowledged += 1
        context.report.ack.note(microseconds: loop.nowMicroseconds() - due)
    }

    // MARK: Updates

    private func updated(_ event: ServerEvent, _ subscriber: Subscriber) {
        guard let total = total(event) else {
            return context.report.violated("a queue.update without levels")
        }
        figures.deliveries += 1
        let isFirst = subscriber.total == nil
        subscriber.total = total
        if isFirst {
            if total > 0 {
                return context.fail("\(total) customers wait already: begin with an empty site")
            }
            return cameIn()
        }
        let now = loop.nowMicroseconds()
        for event in book.told(total, subscriber: subscriber.person.place) {
            context.report.latency.note(microseconds: now - planned[event])
            context.report.received += 1
        }
        turnIfSeen()
        if phase == .waiting { checkComplete() }
    }

    /// All subscribers get the same bytes: they are read once.
    private func total(_ event: ServerEvent) -> Int? {
        if event.raw == lastUpdate { return lastTotal }
        lastUpdate = event.raw
        guard case .object(let levels)? = event.tree["levels"] else { return nil }
        lastTotal = levels.reduce(0) { sum, level in
            guard case .integer(let count) = level.value else { return sum }
            return sum + Int(count)
        }
        return lastTotal
    }

    // MARK: The end

    private func waitForTheLast() {
        phase = .waiting
        loop.schedule(afterMilliseconds: Self.patienceMilliseconds) { [weak self] in
            self?.conclude()
        }
        checkComplete()
    }

    private func checkComplete() {
        if book.isComplete { conclude() }
    }

    private func conclude() {
        guard !context.isOver else { return }
        context.report.lost = book.missing
        if context.report.lost > 0 {
            context.report.violated("\(context.report.lost) events were not seen by a subscriber")
        }
        let wrong = subscribers.count { $0.total != 0 }
        if wrong > 0, book.isPlayed {
            context.report.violated("\(wrong) subscribers see a wrong queue at the end")
        }
        fillIn()
        context.end()
    }

    func interrupted() { fillIn() }

    private func fillIn() {
        let seconds = Double(loop.nowMicroseconds() - firstEvent) / 1e6
        if seconds > 0 { figures.deliveriesPerSecond = Double(figures.deliveries) / seconds }
        context.report.broadcast = figures
        context.report.notes.append(
            "the hub tells of a queue at most once a second, so up to a second is the rhythm's")
        guard let before, figures.deliveries > 0, let now = context.figures() else { return }
        context.report.cpuPerMessage = now.cpu(since: before)
            .mapValues { $0 / Double(figures.deliveries) }
    }
}
