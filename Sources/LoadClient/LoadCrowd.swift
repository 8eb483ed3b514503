/// Everybody of a load test on one event loop: opens connections at a bounded rate, hands each
/// frame to the scenario, and fails loudly when the hub refuses or drops somebody.
import ChatModel
import ChatProtocol
import EventLoop
import WebSockets

protocol LoadScenario: AnyObject {
    /// Opens its connections.
    func start()
    /// The connection is open: say hello.
    func opened(_ person: LoadPerson)
    /// The cheap way; false: this scenario wants the whole frame.
    func heard(_ frame: LeanFrame, by person: LoadPerson) -> Bool
    func heard(_ event: ServerEvent, by person: LoadPerson)
    /// The connection ended, and not by us. `code` 0: it was never open, or spoke nonsense.
    func lost(_ person: LoadPerson, code: Int, reason: String)
    /// Ctrl-C: fills in the report what is known by now.
    func interrupted()
}

extension LoadScenario {
    func heard(_ frame: LeanFrame, by person: LoadPerson) -> Bool { false }
    func interrupted() {}
}

final class LoadCrowd: WebSocketHandler {
    /// How long everybody may take to come in.
    static let arrivalMilliseconds: Int64 = 60_000
    /// One frame of so many is read in full as well, and both readers must agree.
    private static let fullReadEvery = 64

    let loop: EventLoop
    private let target: LoadTarget
    private let sources: [String]
    private var client: WebSocketClient?
    private var people: [LoadPerson?] = []
    private var waiting: [LoadPerson] = []
    private var connectRate: Double
    private var framesRead = 0
    weak var scenario: (any LoadScenario)?
    private(set) var open = 0

    /// `sources`: local addresses to connect from in turn; empty: the kernel chooses.
    init(
        loop: EventLoop, target: LoadTarget, sources: [String], connectRate: Double,
        rxBufferBytes: Int
    ) throws {
        self.loop = loop
        self.target = target
        self.sources = sources
        self.connectRate = connectRate
        var options = ClientOptions(subprotocol: "chathub.v1")
        // A hub that stalls is measured, not hung up on.
        options.limits.outboxLimitBytes = 64 << 20
        // What has piled up here while this process was not served leaves in frames the hub takes.
        options.limits.maxFrameOutLines = FrameDecoder.lineLimit
        options.rxBufferBytes = rxBufferBytes
        client = try WebSocketClient(loop: loop, options: options, handler: self)
    }

    /// Opens a connection for each, in order, `connectRate` a second.
    func connect(_ newcomers: [LoadPerson]) {
        let wasEmpty = waiting.isEmpty
        waiting.insert(contentsOf: newcomers.reversed(), at: 0)
        if wasEmpty { connectSome() }
    }

    private func connectSome() {
        let perTick = max(1, Int(connectRate / 100))
        for _ in 0..<perTick {
            guard let person = waiting.popLast() else { return }
            connectNow(person)
        }
        loop.schedule(afterMilliseconds: 10) { [weak self] in self?.connectSome() }
    }

    /// Opens one connection at once: for people who come at a planned time.
    func connectNow(_ person: LoadPerson) {
        let source = sources.isEmpty ? nil : sources[people.count % sources.count]
        people.append(person)
        person.socket = client?.connect(
            address: target.address, port: target.port, path: target.path, from: source,
            userTag: people.count - 1)
    }

    /// Ends one connection in the ordinary way; the scenario hears no more of it.
    func dismiss(_ person: LoadPerson) {
        person.isLeaving = true
        person.socket?.close(code: 1000, reason: "done")
    }

    private func person(of session: WebSocketSession) -> LoadPerson? {
        people.indices.contains(session.userTag) ? people[session.userTag] : nil
    }

    func opened(_ session: WebSocketSession) {
        open += 1
        if let person = person(of: session) { scenario?.opened(person) }
    }

    func received(_ session: WebSocketSession, _ message: UnsafeRawBufferPointer) {
        guard let person = person(of: session), let scenario else { return }
        // The hub bounds a frame by its bytes alone.
        FrameDecoder.lines(in: message, atMost: .max) { line in
            hand(line, to: person, scenario)
        }
    }

    private func hand(
        _ line: UnsafeRawBufferPointer, to person: LoadPerson, _ scenario: any LoadScenario
    ) {
        framesRead &+= 1
        if let frame = LeanFrame(line) {
            if framesRead % Self.fullReadEvery == 0, !agrees(frame, line) {
                return scenario.lost(person, code: 0, reason: "a frame that reads two ways")
            }
            if frame.kind == .ping { return person.answerPing() }
            if scenario.heard(frame, by: person) { return }
        }
        guard let event = ServerEvent.decode(line) else {
            return scenario.lost(person, code: 0, reason: "a line that is no frame")
        }
        if event.type == "ping" { person.answerPing() } else { scenario.heard(event, by: person) }
    }

    private func agrees(_ frame: LeanFrame, _ line: UnsafeRawBufferPointer) -> Bool {
        guard let event = ServerEvent.decode(line) else { return false }
        return event.id == frame.id && event.session == frame.session && event.seq == frame.seq
            && (event.type == "message") == (frame.kind == .message)
            && (event.type == "ok") == (frame.kind == .ok)
            && event.text ?? "" == String(decoding: frame.text, as: UTF8.self)
    }

    func closed(_ session: WebSocketSession) {
        open -= 1
        forget(session, code: Int(session.closeCode), reason: "closed")
    }

    func failed(_ session: WebSocketSession, reason: String) {
        forget(session, code: 0, reason: reason)
    }

    private func forget(_ session: WebSocketSession, code: Int, reason: String) {
        guard let person = person(of: session) else { return }
        people[session.userTag] = nil
        if !person.isLeaving { scenario?.lost(person, code: code, reason: reason) }
    }

    /// Ends everything. Customers close what they have open, so that the next run finds the agents
    /// free.
    func closeAll(then: @escaping () -> Void) {
        scenario = nil
        waiting = []
        for case let person? in people where !person.isAgent {
            guard let session = person.session else { continue }
            person.request("session.close", #""session":"\#(session)""#)
        }
        for person in people { person?.socket?.close(code: 1000, reason: "done") }
        client?.shutDown(then: then)
    }
}
