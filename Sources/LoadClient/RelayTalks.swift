/// Pairs that talk at a planned rate, and the check that every message comes once, in order and
/// unchanged, at both ends. Open loop: latency counts from the planned time, so a hub that stalls
/// cannot hide it. A hub that refuses a message is sent no more: the rate is more than it carries.
/// Used by `relay` and `slow-readers`.
import ChatModel
import ChatProtocol
import EventLoop
import Histogram

final class RelayTalks {
    private let context: LoadContext
    private let loop: EventLoop
    private let talks: [Talk]
    private let padding: [UInt8]
    private var plan: SendPlan?
    private var ticker: PreciseTicker?
    private var isWaiting = false
    /// All is in; what comes now came twice.
    private var isLingering = false
    private var result = StageResult()
    /// The measured processes' and our own CPU time, and the acknowledged, as measuring began.
    private var before: FiguresNow?
    private var clientBefore = 0.0
    private var acknowledgedBefore = 0
    private var then: ((StageResult) -> Void)?
    private var deadline: TimerID?
    /// Of all messages of the run: makes their keys.
    private var sendNumber = 0

    /// How long stragglers are waited for since anything came, and how often anew: what a slow hub
    /// still has is not lost.
    private static let patienceMilliseconds: Int64 = 10_000
    private static let patienceRounds = 12
    /// How long doubles are listened for once all is in.
    private static let lingerMilliseconds: Int64 = 1000
    /// While rates are tried: this much on its way, in seconds of the rate, is too much.
    private static let overloadSeconds = 2.0

    init(_ context: LoadContext, _ pairs: [Pairing.Pair]) {
        self.context = context
        loop = context.loop
        padding = Array(repeating: UInt8(ascii: "x"), count: context.options.sizeBytes)
        talks = pairs.map {
            Talk($0, keyHead: #"","key":"\#(context.runName)-"#)
        }
        for (index, talk) in talks.enumerated() {
            talk.customer.place = index
            talk.agent.place = index
        }
    }

    var isBusy: Bool { plan != nil || isWaiting }

    /// Talks at a rate for a while; `then` gets what was measured when the last one is in.
    func play(_ order: StageOrder, then: @escaping (StageResult) -> Void) {
        result = StageResult()
        result.rateAsked = order.rate
        self.then = then
        plan = SendPlan(
            startMicroseconds: loop.nowMicroseconds() + 10_000, rate: order.rate,
            warmupSeconds: order.warmupSeconds, durationSeconds: order.durationSeconds)
        // A late tick counts as the hub's latency, so it is much finer than that where messages are
        // few; where they are many, ticks would cost the hub's neighbours more than they tell.
        let microseconds: Int64 = order.rate > 20_000 ? 1000 : order.rate > 5000 ? 250 : 100
        do {
            ticker = try PreciseTicker(loop, everyMicroseconds: microseconds) { [weak self] in
                self?.tick()
            }
        } catch {
            context.fail("no timer for the planned times: \(error)")
        }
    }

    // MARK: Sending

    private func tick() {
        guard !context.isOver, var plan else {
            ticker?.stop()
            return
        }
        let now = loop.nowMicroseconds()
        while let due = plan.next(upTo: now) {
            if due.isFirstMeasured { measuringBegins() }
            send(due)
        }
        if context.conductor.isSearching, isOverloaded {
            result.isOverloaded = true
            plan.cut()
        }
        self.plan = plan
        if plan.isOver { everythingIsSent(now) }
    }

    private var isOverloaded: Bool {
        let report = context.report
        let onTheWay = Double(report.sent - report.received - report.refused)
        return onTheWay > result.rateAsked * Self.overloadSeconds + 1000
    }

    private func measuringBegins() {
        before = context.figures()
        clientBefore = ClientFigures.cpuMicroseconds()
        acknowledgedBefore = context.report.acknowledged
    }

    private func send(_ due: SendPlan.Due) {
        let talk = talks[due.number % talks.count]
        let fromCustomer = (due.number / talks.count) % 2 == 0
        let mark = TextMark(
            isMeasured: due.isMeasured, isAgents: !fromCustomer,
            number: fromCustomer ? talk.toAgent.sent : talk.toCustomer.sent,
            plannedMicroseconds: due.plannedMicroseconds)
        let sender = fromCustomer ? talk.customer : talk.agent
        sendNumber += 1
        var line: [UInt8] = []
        line.reserveCapacity(padding.count + 176)
        let id = sender.send(&line) { line in
            line.append(contentsOf: talk.head)
            DecimalText.append(Int64(sendNumber), to: &line)
            line.append(contentsOf: Self.textHead)
            let start = line.count
            mark.append(to: &line)
            let missing = padding.count - (line.count - start)
            if missing > 0 { line.append(contentsOf: padding[..<missing]) }
            line.append(contentsOf: Self.textEnd)
        }
        if fromCustomer { talk.toAgent.send(by: id) } else { talk.toCustomer.send(by: id) }
        sender.pending.add(
            id, plannedMicroseconds: due.isMeasured ? due.plannedMicroseconds : 0)
        context.report.sent += 1
    }

    private static let textHead = Array(#"","text":""#.utf8)
    private static let textEnd = Array(#""}"#.utf8)

    // MARK: Hearing

    /// False when the frame is not one of the talks' own kind, or is to be read in full.
    func heard(_ frame: LeanFrame, by person: LoadPerson) -> Bool {
        switch frame.kind {
        case .message where !frame.text.isEmpty:
            delivered(to: person, frame.session, frame.seq, TextMark(frame.text))
            return true
        case .ok:
            guard let id = frame.id else { return false }
            acknowledged(person, id, frame.session, frame.seq)
            return true
        default: return false
        }
    }

    func heard(_ event: ServerEvent, by person: LoadPerson) {
        switch event.type {
        case "message":
            // A text that is not ours was written with escapes: it was changed.
            delivered(to: person, event.session, event.seq, event.text.flatMap { TextMark($0) })
        case "error": refused(event, person)
        case "session.state" where event.state == .closed:
            context.report.violated("a session was closed while people talked")
        default: break
        }
    }

    private func refused(_ event: ServerEvent, _ person: LoadPerson) {
        let talk = talks[person.place]
        let isOurs = event.id.map {
            person.isAgent ? talk.toCustomer.refused($0) : talk.toAgent.refused($0)
        }
        if let id = event.id { _ = person.pending.take(id) }
        guard isOurs == true, event.code?.isRetryable == true else {
            return context.report.violated("the hub refuses: \(LoadRefusal.text(event))")
        }
        context.report.refused += 1
        result.isOverloaded = true
        plan?.cut()
        if isWaiting { checkComplete() }
    }

    private func delivered(
        to person: LoadPerson, _ session: SessionID?, _ seq: Int?, _ mark: TextMark?
    ) {
        let talk = talks[person.place]
        guard session == talk.session else {
            return context.report.violated("a message of somebody else's session")
        }
        guard let seq, let mark else {
            return context.report.violated("a message whose text was changed")
        }
        rising(seq, person)
        guard mark.isAgents != person.isAgent else { return ownTurnedUp(mark, talk) }
        switch person.isAgent ? talk.toAgent.hear(mark.number) : talk.toCustomer.hear(mark.number) {
        case .inOrder: break
        case .late:
            context.report.reordered += 1
            context.report.violated("a message came after its successor")
        case .twice:
            context.report.duplicated += 1
            return context.report.violated("a message came twice")
        }
        context.report.received += 1
        if mark.isMeasured {
            result.latency.note(microseconds: loop.nowMicroseconds() - mark.plannedMicroseconds)
        }
        if isWaiting { checkComplete() }
    }

    /// A message comes to its sender when its acknowledgement had to be given up: refused, and kept
    /// all the same.
    private func ownTurnedUp(_ mark: TextMark, _ talk: Talk) {
        let way = mark.isAgents ? talk.toCustomer : talk.toAgent
        if !way.wasRefused(mark.number) {
            context.report.violated("a sender heard his own message")
        }
    }

    private func acknowledged(_ person: LoadPerson, _ id: Int64, _ session: SessionID?, _ seq: Int?)
    {
        guard session == person.session, let planned = person.pending.take(id) else {
            return context.report.violated("an acknowledgement nobody waits for")
        }
        guard let seq else { return context.report.violated("an acknowledgement without seq") }
        rising(seq, person)
        context.report.acknowledged += 1
        if planned > 0 {
            result.acknowledged += 1
            result.ack.note(microseconds: loop.nowMicroseconds() - planned)
        }
        if isWaiting { checkComplete() }
    }

    private func rising(_ seq: Int, _ person: LoadPerson) {
        if seq <= person.lastSeq {
            context.report.violated("numbers went back: \(person.lastSeq), \(seq)")
        }
        person.lastSeq = max(person.lastSeq, seq)
    }

    // MARK: The end of a stage

    private func everythingIsSent(_ now: Int64) {
        result.rateReached = plan?.rateReached(now: now) ?? 0
        plan = nil
        isWaiting = true
        waitForStragglers(rounds: Self.patienceRounds)
        checkComplete()
    }

    private func waitForStragglers(rounds: Int) {
        let before = whatCame
        deadline = loop.schedule(afterMilliseconds: Self.patienceMilliseconds) { [weak self] in
            guard let self else { return }
            if rounds > 1, self.whatCame > before {
                self.waitForStragglers(rounds: rounds - 1)
            } else {
                self.conclude()
            }
        }
    }

    private var whatCame: Int {
        context.report.received + context.report.acknowledged + context.report.refused
    }

    private func checkComplete() {
        let report = context.report
        let taken = report.sent - report.refused
        guard !isLingering, report.received >= taken, report.acknowledged >= taken else { return }
        isLingering = true
        // The idle moment is no part of what was measured.
        measuringEnds()
        if let deadline { loop.cancel(deadline) }
        deadline = loop.schedule(afterMilliseconds: Self.lingerMilliseconds) { [weak self] in
            self?.conclude()
        }
    }

    private func conclude() {
        guard isWaiting else { return }
        isWaiting = false
        isLingering = false
        if let deadline { loop.cancel(deadline) }
        countMissing()
        measuringEnds()
        then?(result)
    }

    /// What was measured so far, when the run is broken off.
    func soFar() -> StageResult {
        if let plan { result.rateReached = plan.rateReached(now: loop.nowMicroseconds()) }
        measuringEnds()
        plan = nil
        isWaiting = false
        return result
    }

    private func measuringEnds() {
        guard let before, let now = context.figures() else { return }
        result.cpu = now.cpu(since: before)
        result.clientCPU = ClientFigures.cpuMicroseconds() - clientBefore
        // CPU time is of all since measuring began; so is what it is divided by.
        result.acknowledged = max(
            result.acknowledged, context.report.acknowledged - acknowledgedBefore)
        self.before = nil
    }

    private func countMissing() {
        let report = context.report
        let lost = talks.reduce(0) { $0 + $1.toAgent.lost + $1.toCustomer.lost }
        context.report.lost = lost
        if lost > 0 { context.report.violated("\(lost) messages were lost") }
        let missing = report.sent - report.refused - report.acknowledged
        if missing > 0 { context.report.violated("\(missing) messages were not acknowledged") }
        // While rates are tried, one that is too high is an answer.
        if report.refused > 0, !context.conductor.isSearching {
            context.report.violated(
                "\(report.refused) messages were refused, to be sent again later: the hub does not "
                    + "carry this rate")
        }
    }
}

/// One pair and what it has said and heard. A class: it is changed in place at every message.
private final class Talk {
    let session: SessionID
    let customer: LoadPerson
    let agent: LoadPerson
    /// From after the request's number to the number in the key.
    let head: [UInt8]
    var toAgent = TalkWay()
    var toCustomer = TalkWay()

    init(_ pair: Pairing.Pair, keyHead: String) {
        session = pair.session
        customer = pair.customer
        agent = pair.agent
        head = Array(#","session":"\#(pair.session)\#(keyHead)"#.utf8)
    }
}
