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
    func heard(_ event: ServerEvent, by person: LoadPerson)
    func lost(_ person: LoadPerson, code: Int, reason: String)
    /// Whoever started it has seen enough: ends with what is known so far.
    func breakOff()
}

final class LoadCrowd: WebSocketHandler {
    /// How long everybody may take to come in.
    static let arrivalMilliseconds: Int64 = 60_000

    let loop: EventLoop
    private let target: LoadTarget
    private var client: WebSocketClient?
    private var people: [LoadPerson?] = []
    private var waiting: [LoadPerson] = []
    private var connectRate: Double
    weak var scenario: (any LoadScenario)?
    private(set) var open = 0

    init(loop: EventLoop, target: LoadTarget, connectRate: Double) throws {
        self.loop = loop
        self.target = target
        self.connectRate = connectRate
        client = try WebSocketClient(
            loop: loop, options: ClientOptions(subprotocol: "chathub.v1"), handler: self)
    }

    /// Opens a connection for each, in order, `connectRate` a second.
    func connect(_ newcomers: [LoadPerson]) {
        let wasEmpty = waiting.isEmpty
        waiting += newcomers.reversed()
        if wasEmpty { connectSome() }
    }

    private func connectSome() {
        let perTick = max(1, Int(connectRate / 100))
        for _ in 0..<perTick {
            guard let person = waiting.popLast() else { return }
            begin(person)
        }
        loop.schedule(afterMilliseconds: 10) { [weak self] in self?.connectSome() }
    }

    private func begin(_ person: LoadPerson) {
        people.append(person)
        person.socket = client?.connect(
            address: target.address, port: target.port, path: target.path,
            userTag: people.count - 1)
    }

    private func person(of session: WebSocketSession) -> LoadPerson? {
        people.indices.contains(session.userTag) ? people[session.userTag] : nil
    }

    func opened(_ session: WebSocketSession) {
        open += 1
        if let person = person(of: session) { scenario?.opened(person) }
    }

    func received(_ session: WebSocketSession, _ message: UnsafeRawBufferPointer) {
        guard let person = person(of: session) else { return }
        // The hub bounds a frame by its bytes alone.
        FrameDecoder.lines(in: message, atMost: .max) { line in
            guard let event = ServerEvent.decode(line) else {
                scenario?.lost(person, code: 0, reason: "a line that is no frame")
                return
            }
            if event.type == "ping" { person.answerPing() } else {
                scenario?.heard(event, by: person)
            }
        }
    }

    func closed(_ session: WebSocketSession) {
        open -= 1
        guard let person = person(of: session) else { return }
        people[session.userTag] = nil
        scenario?.lost(person, code: Int(session.closeCode), reason: "closed")
    }

    func failed(_ session: WebSocketSession, reason: String) {
        guard let person = person(of: session) else { return }
        people[session.userTag] = nil
        scenario?.lost(person, code: 0, reason: reason)
    }

    func closeAll(then: @escaping () -> Void) {
        scenario = nil
        for person in people { person?.socket?.close(code: 1000, reason: "done") }
        client?.shutDown(then: then)
    }
}
