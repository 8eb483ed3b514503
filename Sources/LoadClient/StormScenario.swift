/// `chathub-load storm`: N customers wait with a session each, all lose their line at once, come
/// back as fast as the hub takes them, and must find their session with everything said in it.
import ChatModel
import ChatProtocol
import EventLoop
import WebSockets

final class StormScenario: LoadScenario {
    private let context: LoadContext
    private let loop: EventLoop
    private var phase = Phase.coming
    private var people: [LoadPerson] = []
    private var ready = 0
    private var gone = 0
    private var began: Int64 = 0
    private var before: FiguresNow?

    private enum Phase { case coming, falling, returning, done }

    /// How long everybody may take to come back before the run is a failure.
    private static let patienceMilliseconds: Int64 = 60_000

    init(_ context: LoadContext) {
        self.context = context
        loop = context.loop
    }

    func start() {
        began = loop.nowMilliseconds()
        people = (0..<context.options.connections).map { LoadPerson(number: $0, isAgent: false) }
        context.crowd.connect(people)
        loop.schedule(afterMilliseconds: LoadCrowd.arrivalMilliseconds) { [weak self] in
            guard let self, self.phase == .coming else { return }
            self.context.fail(
                "after a minute \(self.ready) of \(self.people.count) customers wait")
        }
    }

    func opened(_ person: LoadPerson) {
        let site = #""role":"customer","site":"\#(context.options.site)""#
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
            context.fail("the hub refuses \(person.name): \(LoadRefusal.text(event))")
        case ("ok", .coming): cameIn(event, person)
        case ("ok", .returning): cameBack(event, person)
        default: break
        }
    }

    func lost(_ person: LoadPerson, code: Int, reason: String) {
        guard phase == .falling else {
            return context.fail("\(person.name) lost the line (\(code)): \(reason)")
        }
        gone += 1
        if gone == people.count { comeBack() }
    }

    private func cameIn(_ event: ServerEvent, _ person: LoadPerson) {
        if let session = event.session {
            person.session = session
            ready += 1
            if ready == people.count { everybodyWaits() }
        } else if case .text(let secret)? = event.tree["you"]?["secret"] {
            person.secret = secret
            let topic = context.options.partTopic.map { #","topic":"\#($0)""# } ?? ""
            person.request(
                "session.start", #""channel":"load","text":"\#(Self.words(person))"\#(topic)"#)
        }
    }

    private static func words(_ person: LoadPerson) -> String { "storm \(person.number)" }

    private func everybodyWaits() {
        context.report.connections = people.count
        let seconds = Double(loop.nowMilliseconds() - began) / 1000
        context.report.connectRate = Double(people.count) / max(seconds, 0.001)
        context.conductor.proceed(after: nil) { [weak self] order in
            if order != nil { self?.fall() }
        }
    }

    /// Everybody is cut off without a goodbye, as by a switch that died.
    private func fall() {
        phase = .falling
        for person in people { person.socket?.abort() }
    }

    private func comeBack() {
        before = context.figures()
        phase = .returning
        ready = 0
        began = loop.nowMilliseconds()
        context.crowd.connect(people)
        loop.schedule(afterMilliseconds: Self.patienceMilliseconds) { [weak self] in
            guard let self, self.phase == .returning else { return }
            self.context.report.violated(
                "\(self.people.count - self.ready) did not come back in a minute")
            self.conclude()
        }
    }

    private func cameBack(_ event: ServerEvent, _ person: LoadPerson) {
        guard case .array(let sessions)? = event.tree["sessions"] else { return }
        let own = sessions.first { $0["session"] == .text(person.session?.description ?? "") }
        if case .array(let messages)? = own?["messages"],
            messages.contains(where: { $0["text"] == .text(Self.words(person)) })
        {
            context.report.received += 1
        } else {
            context.report.lost += 1
            context.report.violated("a customer came back without his words")
        }
        ready += 1
        if ready == people.count { conclude() }
    }

    private func conclude() {
        guard phase == .returning else { return }
        let seconds = Double(loop.nowMilliseconds() - began) / 1000
        context.report.recoverySeconds = seconds
        phase = .done
        if let before, let now = context.figures() {
            context.report.cpuPerReturn = now.cpu(since: before)
                .mapValues { $0 / Double(max(1, ready)) }
        }
        context.end()
    }
}
