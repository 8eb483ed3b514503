/// `chathub-load relay`: N customers talk with N agents, both ways in turn. Open loop: every send
/// has its planned time, and latency counts from it, so a hub that stalls cannot hide it. Every
/// message is checked for exactly once and in order, at both ends.
import ChatModel
import ChatProtocol
import EventLoop
import Histogram

final class RelayScenario: LoadScenario {
    private let options: LoadOptions
    private let crowd: LoadCrowd
    private let loop: EventLoop
    private let tokens: [String]
    private let finish: (Result<LoadReport, LoadError>) -> Void
    private var report = LoadReport("relay")
    private var phase = Phase.agents
    private var agents: [LoadPerson] = []
    private var customers: [LoadPerson] = []
    private var agentsReady = 0
    private var halves: [SessionID: (customer: LoadPerson?, agent: LoadPerson?)] = [:]
    private var talks: [Talk] = []
    private var talkOf: [SessionID: Int] = [:]
    private var plan: SendPlan?
    private var beganConnecting: Int64 = 0
    private var before: FiguresNow?
    private var acknowledgedBefore = 0
    private let runName: String

    private enum Phase { case agents, customers, talking, waiting, done }

    /// How long stragglers are waited for after the last send.
    private static let patienceMilliseconds: Int64 = 10_000

    init(
        options: LoadOptions, crowd: LoadCrowd, tokens: [String], runName: String,
        finish: @escaping (Result<LoadReport, LoadError>) -> Void
    ) {
        self.options = options
        self.crowd = crowd
        self.tokens = tokens
        self.runName = runName
        self.finish = finish
        loop = crowd.loop
    }

    func start() {
        beganConnecting = loop.nowMilliseconds()
        agents = (0..<options.pairs).map { LoadPerson(number: $0, isAgent: true) }
        customers = (0..<options.pairs).map { LoadPerson(number: $0, isAgent: false) }
        crowd.connect(agents)
        loop.schedule(afterMilliseconds: LoadCrowd.arrivalMilliseconds) { [weak self] in
            self?.checkArrival()
        }
    }

    /// Pairs that do not come together will not by waiting longer.
    private func checkArrival() {
        guard phase == .agents || phase == .customers else { return }
        end(
            .failure(
                LoadError(
                    "after a minute \(agentsReady) of \(options.pairs) agents are online and "
                        + "\(talks.count) pairs talk; the site needs as many agents "
                        + "(chathub-load site --agents \(options.pairs)), and none of them may hold "
                        + "sessions of an earlier run: begin with an empty data folder")))
    }

    func opened(_ person: LoadPerson) {
        if person.isAgent {
            person.request(
                "hello",
                #""role":"agent","site":"\#(options.site)","token":"\#(tokens[person.number])""#)
        } else {
            person.request("hello", #""role":"customer","site":"\#(options.site)""#)
        }
    }

    func heard(_ event: ServerEvent, by person: LoadPerson) {
        switch event.type {
        case "ok": answered(event, person)
        case "message": delivered(event, to: person)
        case "error": refused(event, person)
        case "session.state":
            if event.state == .active, let session = event.session { joined(session, person) }
        default: break
        }
    }

    func lost(_ person: LoadPerson, code: Int, reason: String) {
        let who = person.isAgent ? LoadNames.agent(person.number + 1) : "customer \(person.number)"
        end(.failure(LoadError("\(who) lost the connection (\(code)): \(reason)")))
    }

    // MARK: Coming in

    /// The first answer is hello's, the second one `status.set`'s or `session.start`'s.
    private func answered(_ event: ServerEvent, _ person: LoadPerson) {
        switch event.id {
        case 1:
            if person.isAgent {
                person.request("status.set", #""status":"online""#)
            } else {
                person.request("session.start", #""channel":"load""#)
            }
        case 2 where person.isAgent:
            agentsReady += 1
            if agentsReady == options.pairs {
                phase = .customers
                crowd.connect(customers)
            }
        case 2:
            if let session = event.session, event.state == .active { joined(session, person) }
        default:
            acknowledged(event, person)
        }
    }

    private func joined(_ session: SessionID, _ person: LoadPerson) {
        guard person.session == nil else { return }
        person.session = session
        var half = halves[session] ?? (nil, nil)
        if person.isAgent { half.agent = person } else { half.customer = person }
        halves[session] = half
        guard let customer = half.customer, let agent = half.agent else { return }
        talkOf[session] = talks.count
        talks.append(Talk(session: session, customer: customer, agent: agent))
        if talks.count == options.pairs { everybodyIsIn() }
    }

    private func everybodyIsIn() {
        report.pairs = options.pairs
        report.connections = options.pairs * 2
        let seconds = Double(loop.nowMilliseconds() - beganConnecting) / 1000
        report.connectRate = Double(options.pairs * 2) / max(seconds, 0.001)
        phase = .talking
        plan = SendPlan(
            startMicroseconds: loop.nowMicroseconds() + 10_000, rate: options.rate,
            warmupSeconds: options.warmupSeconds, durationSeconds: options.durationSeconds)
        tick()
    }

    private func refused(_ event: ServerEvent, _ person: LoadPerson) {
        let code = event.code?.rawValue ?? "an unknown code"
        if phase == .talking || phase == .waiting {
            report.violated("a send was refused: \(code)")
        } else {
            end(.failure(LoadError("the hub refuses with \(code)")))
        }
    }

    // MARK: Talking

    private func tick() {
        guard phase == .talking, var plan else { return }
        let now = loop.nowMicroseconds()
        while let due = plan.next(upTo: now) {
            if due.isFirstMeasured { measuringBegins() }
            send(due)
        }
        self.plan = plan
        if plan.isOver { return everythingIsSent(now) }
        loop.schedule(afterMilliseconds: 1) { [weak self] in self?.tick() }
    }

    private func measuringBegins() {
        do {
            before = try FiguresNow(options.processes)
            acknowledgedBefore = report.acknowledged
        } catch {
            end(.failure(error))
        }
    }

    private func send(_ due: SendPlan.Due) {
        let index = due.number % talks.count
        let fromCustomer = (due.number / talks.count) % 2 == 0
        let talk = talks[index]
        let number = fromCustomer ? talk.sentByCustomer : talk.sentByAgent
        if fromCustomer { talk.sentByCustomer += 1 } else { talk.sentByAgent += 1 }
        let sender = fromCustomer ? talk.customer : talk.agent
        var line: [UInt8] = []
        line.reserveCapacity(options.sizeBytes + 160)
        let id = sender.send(&line) { line in
            line.append(contentsOf: #","session":""#.utf8)
            talk.session.appendText(to: &line)
            line.append(contentsOf: #"","key":"\#(runName)-\#(due.number)","text":""#.utf8)
            let start = line.count
            let mark = due.isMeasured ? "m" : "w"
            line.append(contentsOf: "\(mark) \(number) \(due.plannedMicroseconds) ".utf8)
            let missing = options.sizeBytes - (line.count - start)
            if missing > 0 { line.append(contentsOf: repeatElement(0x78, count: missing)) }
            line.append(contentsOf: #""}"#.utf8)
        }
        talk.planned[PlannedKey(fromCustomer: fromCustomer, id: id)] =
            due.isMeasured ? due.plannedMicroseconds : 0
        report.sent += 1
    }

    private func delivered(_ event: ServerEvent, to person: LoadPerson) {
        guard let session = event.session, let index = talkOf[session], let seq = event.seq,
            let text = event.text
        else { return }
        rising(seq, person)
        guard let mark = TextMark(text) else {
            return report.violated("a message whose text was changed")
        }
        let number = mark.number
        let expected = person.isAgent ? talks[index].heardByAgent : talks[index].heardByCustomer
        if number < expected {
            report.duplicated += 1
            return report.violated("a message came twice")
        }
        if number > expected {
            report.reordered += 1
            report.violated("a message came before its predecessor")
        }
        if person.isAgent {
            talks[index].heardByAgent = number + 1
        } else {
            talks[index].heardByCustomer = number + 1
        }
        report.received += 1
        if mark.isMeasured {
            let latency = loop.nowMicroseconds() - mark.plannedMicroseconds
            _ = report.latency.record(UInt64(max(1, latency)))
        }
        checkComplete()
    }

    private func acknowledged(_ event: ServerEvent, _ person: LoadPerson) {
        guard let session = person.session, let index = talkOf[session], let id = event.id,
            let planned = talks[index].planned.removeValue(
                forKey: PlannedKey(fromCustomer: !person.isAgent, id: id))
        else { return report.violated("an acknowledgement nobody waits for") }
        if let seq = event.seq { rising(seq, person) }
        report.acknowledged += 1
        if planned > 0 {
            _ = report.ack.record(UInt64(max(1, loop.nowMicroseconds() - planned)))
        }
        checkComplete()
    }

    private func rising(_ seq: Int, _ person: LoadPerson) {
        if seq <= person.lastSeq { report.violated("numbers went back: \(person.lastSeq), \(seq)") }
        person.lastSeq = max(person.lastSeq, seq)
    }

    // MARK: The end

    func breakOff() {
        report.isBrokenOff = true
        report.connections = crowd.open
        report.pairs = talks.count
        report.rateAsked = options.rate
        if phase == .talking, let plan { report.rateReached = plan.rateReached(now: loop.nowMicroseconds()) }
        end(.success(report))
    }

    private func everythingIsSent(_ now: Int64) {
        phase = .waiting
        if let plan { report.rateReached = plan.rateReached(now: now) }
        report.rateAsked = options.rate
        loop.schedule(afterMilliseconds: Self.patienceMilliseconds) { [weak self] in
            self?.conclude()
        }
        checkComplete()
    }

    private func checkComplete() {
        if phase == .waiting, report.received >= report.sent, report.acknowledged >= report.sent {
            conclude()
        }
    }

    private func conclude() {
        guard phase == .waiting else { return }
        report.lost = max(0, report.sent - report.received)
        if report.lost > 0 { report.violated("\(report.lost) messages were lost") }
        let missing = report.sent - report.acknowledged
        if missing > 0 { report.violated("\(missing) messages were not acknowledged") }
        do {
            if let before {
                let measured = Double(max(1, report.acknowledged - acknowledgedBefore))
                report.cpuPerMessage = try FiguresNow(options.processes).cpu(since: before)
                    .mapValues { $0 / measured }
            }
        } catch {
            return end(.failure(error))
        }
        let p99 = Double(report.latency.valueAtPercentile(99)) / 1000
        if let bound = options.p99BoundMilliseconds, p99 > bound {
            report.missedBounds.append("p99 is \(p99) ms, over \(bound)")
        }
        end(.success(report))
    }

    private func end(_ outcome: Result<LoadReport, LoadError>) {
        guard phase != .done else { return }
        phase = .done
        crowd.closeAll { [finish] in finish(outcome) }
    }
}

/// A request of one of a talk's two people.
private struct PlannedKey: Hashable {
    let fromCustomer: Bool
    let id: Int64
}

/// One pair and what it has said and heard. A class: its table is changed in place at every message.
private final class Talk {
    let session: SessionID
    let customer: LoadPerson
    let agent: LoadPerson
    var sentByCustomer = 0
    var sentByAgent = 0
    var heardByCustomer = 0
    var heardByAgent = 0
    /// Planned times of what is not acknowledged yet; 0 for the warm-up's.
    var planned: [PlannedKey: Int64] = [:]

    init(session: SessionID, customer: LoadPerson, agent: LoadPerson) {
        self.session = session
        self.customer = customer
        self.agent = agent
    }
}

/// When each message is to be sent: evenly spaced, decided before the first one leaves.
struct SendPlan {
    struct Due {
        let number: Int
        let plannedMicroseconds: Int64
        let isMeasured: Bool
        let isFirstMeasured: Bool
    }

    private let start: Int64
    private let interval: Double
    private let warmupCount: Int
    private let count: Int
    private var sent = 0
    private var measuringBegan: Int64?

    init(startMicroseconds: Int64, rate: Double, warmupSeconds: Double, durationSeconds: Double) {
        start = startMicroseconds
        interval = 1e6 / rate
        warmupCount = Int(rate * warmupSeconds)
        count = warmupCount + max(1, Int(rate * durationSeconds))
    }

    var isOver: Bool { sent >= count }

    /// The next one due by `now`; nil when nothing is due yet.
    mutating func next(upTo now: Int64) -> Due? {
        guard sent < count else { return nil }
        let planned = start + Int64(Double(sent) * interval)
        guard planned <= now else { return nil }
        if sent == warmupCount { measuringBegan = now }
        defer { sent += 1 }
        return Due(
            number: sent, plannedMicroseconds: planned, isMeasured: sent >= warmupCount,
            isFirstMeasured: sent == warmupCount)
    }

    /// Messages a second from the first measured one until now.
    func rateReached(now: Int64) -> Double {
        guard let measuringBegan, now > measuringBegan else { return 0 }
        return Double(sent - warmupCount) / (Double(now - measuringBegan) / 1e6)
    }
}
