/// `chathub-load storm`: N customers wait with a session each, all lose their line at once, come
/// back as fast as the hub takes them, and must find their session with everything said in it.
import ChatModel
import ChatProtocol
import EventLoop
import WebSockets

final class StormScenario: LoadScenario {
    private let options: LoadOptions
    private let crowd: LoadCrowd
    private let loop: EventLoop
    private let finish: (Result<LoadReport, LoadError>) -> Void
    private var report = LoadReport("storm")
    private var phase = Phase.coming
    private var people: [LoadPerson] = []
    private var ready = 0
    private var gone = 0
    private var began: Int64 = 0
    private var before: FiguresNow?

    private enum Phase { case coming, falling, returning, done }

    /// How long everybody may take to come back before the run is a failure.
    private static let patienceMilliseconds: Int64 = 60_000

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
        began = loop.nowMilliseconds()
        people = (0..<options.connections).map { LoadPerson(number: $0, isAgent: false) }
        crowd.connect(people)
        loop.schedule(afterMilliseconds: LoadCrowd.arrivalMilliseconds) { [weak self] in
            guard let self, self.phase == .coming else { return }
            self.end(
                .failure(
                    LoadError(
                        "after a minute \(self.ready) of \(self.people.count) customers wait")))
        }
    }

    func opened(_ person: LoadPerson) {
        let site = #""role":"customer","site":"\#(options.site)""#
        guard phase == .returning, let secret = person.secret, let session = person.session else {
            person.request("hello", site)
            return
        }
        let resume = #"{"session":"\#(session)","after":0}"#
        person.request("hello", site + #","secret":"\#(secret)","resume":[\#(resume)]"#)
    }

    func heard(_ event: ServerEvent, by person: LoadPerson) {
        switch (event.type, phase) {
        case ("error", _):
            let code = event.code?.rawValue ?? "an unknown code"
            end(.failure(LoadError("the hub refuses with \(code)")))
        case ("ok", .coming): cameIn(event, person)
        case ("ok", .returning): cameBack(event, person)
        default: break
        }
    }

    func lost(_ person: LoadPerson, code: Int, reason: String) {
        guard phase == .falling else {
            return end(
                .failure(
                    LoadError("customer \(person.number) lost the line (\(code)): \(reason)")))
        }
        gone += 1
        if gone == people.count { comeBack() }
    }

    private func cameIn(_ event: ServerEvent, _ person: LoadPerson) {
        if let session = event.session {
            person.session = session
            ready += 1
            if ready == people.count { fall() }
        } else if case .text(let secret)? = event.tree["you"]?["secret"] {
            person.secret = secret
            person.request("session.start", #""channel":"load","text":"\#(Self.words(person))""#)
        }
    }

    private static func words(_ person: LoadPerson) -> String { "storm \(person.number)" }

    /// Everybody is cut off without a goodbye, as by a switch that died.
    private func fall() {
        report.connections = people.count
        let seconds = Double(loop.nowMilliseconds() - began) / 1000
        report.connectRate = Double(people.count) / max(seconds, 0.001)
        phase = .falling
        for person in people { person.socket?.abort() }
    }

    private func comeBack() {
        do {
            before = try FiguresNow(options.processes)
        } catch {
            return end(.failure(error))
        }
        phase = .returning
        ready = 0
        began = loop.nowMilliseconds()
        crowd.connect(people)
        loop.schedule(afterMilliseconds: Self.patienceMilliseconds) { [weak self] in
            guard let self, self.phase == .returning else { return }
            self.report.violated("\(self.people.count - self.ready) did not come back in a minute")
            self.conclude()
        }
    }

    private func cameBack(_ event: ServerEvent, _ person: LoadPerson) {
        guard case .array(let sessions)? = event.tree["sessions"] else { return }
        let own = sessions.first { $0["session"] == .text(person.session?.description ?? "") }
        if case .array(let messages)? = own?["messages"],
            messages.contains(where: { $0["text"] == .text(Self.words(person)) })
        {
            report.received += 1
        } else {
            report.lost += 1
            report.violated("a customer came back without his words")
        }
        ready += 1
        if ready == people.count { conclude() }
    }

    private func conclude() {
        guard phase == .returning else { return }
        let seconds = Double(loop.nowMilliseconds() - began) / 1000
        report.recoverySeconds = seconds
        do {
            if let before {
                report.cpuPerReturn = try FiguresNow(options.processes).cpu(since: before)
                    .mapValues { $0 / Double(max(1, ready)) }
            }
        } catch {
            return end(.failure(error))
        }
        end(.success(report))
    }

    func breakOff() {
        report.isBrokenOff = true
        report.connections = crowd.open
        end(.success(report))
    }

    private func end(_ outcome: Result<LoadReport, LoadError>) {
        guard phase != .done else { return }
        phase = .done
        crowd.closeAll { [finish] in finish(outcome) }
    }
}
