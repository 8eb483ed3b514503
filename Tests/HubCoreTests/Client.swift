/// The other end of a connection, for tests: what came, and what a client would know from it.
import ChatModel
import ChatProtocol
import HubCore

/// One connection's other end.
final class Client {
    let name: String
    let number: ConnectionNumber
    let node: WorldNode
    var isOpen = true
    private(set) var closeCode: CloseCode?
    /// Frames that came and were not asked for yet.
    private(set) var frames: [ServerEvent] = []
    /// All that ever came.
    private(set) var history: [ServerEvent] = []
    private var lastRequest: Int64 = 0

    var answersPings = true
    var owesPong = false

    // Of random walks.
    var person = ""
    var isCustomer = false
    var isBot = false
    var hello: Int64 = 0
    var starts: Set<Int64> = []
    private(set) var isGreeted = false
    private(set) var errorCount = 0
    /// Sessions it is in, the latest last, as a client would know.
    private(set) var sessionsSeen: [SessionID] = []
    /// Those it was told the end of.
    private(set) var over: [SessionID] = []
    private(set) var offers: [SessionID] = []
    /// Where he is asked in.
    private(set) var invites: [SessionID] = []
    /// What he is to write up.
    private(set) var wrapups: [SessionID] = []
    /// Left messages that were shown last.
    private(set) var left: [String] = []
    /// The session he was asked about what he wants.
    var asked: SessionID?
    var nextRequest: Int64 { lastRequest + 1 }

    init(_ name: String, _ number: ConnectionNumber, _ node: WorldNode) {
        self.name = name
        self.number = number
        self.node = node
    }

    func take(_ frame: [UInt8], _ world: World) {
        guard let event = ServerEvent.decode(frame) else {
            preconditionFailure("no frame: \(String(decoding: frame, as: UTF8.self))")
        }
        world.note("  n\(node.index) c\(number) \(name) < \(event.line)".cut)
        frames.append(event)
        history.append(event)
        note(event)
        world.onFrame?(self, event)
    }

    private func note(_ event: ServerEvent) {
        if event.type == "ping" { owesPong = answersPings }
        if event.type == "error" { errorCount += 1 }
        if event.type == "ok", event.id == hello, hello > 0 {
            isGreeted = true
            for session in event.tree["sessions"]?.elements ?? [] {
                guard let id = session["session"]?.string.flatMap({ SessionID($0) }) else {
                    continue
                }
                see(id, session["state"]?.string.flatMap(SessionState.init(rawValue:)))
            }
        }
        if event.type == "queue.update" {
            left = (event.tree["left"]?["head"]?.elements ?? []).compactMap {
                $0["message"]?.string
            }
        }
        guard let session = event.session, event.type != "message" else { return }
        if event.type == "queue.choice" { asked = session }
        if event.type == "offer" { offers.append(session) }
        if event.type == "invite" { invites.append(session) }
        see(session, event.state)
    }

    private func see(_ session: SessionID, _ state: SessionState?) {
        guard let state else { return }
        sessionsSeen.removeAll { $0 == session }
        if state != .offered { offers.removeAll { $0 == session } }
        invites.removeAll { $0 == session }
        if state.isIn(forCustomer: isCustomer, bot: isBot) { sessionsSeen.append(session) }
        over.removeAll { $0 == session }
        if state == .closed { over.append(session) }
        wrapups.removeAll { $0 == session }
        if state == .wrapup { wrapups.append(session) }
    }

    func closed(_ code: CloseCode) {
        isOpen = false
        closeCode = code
    }

    /// Says a line as it is.
    func say(_ line: String) {
        guard isOpen else { return }
        node.receive(line, from: number)
    }

    /// Says a request with the next number; returns the number.
    @discardableResult
    func ask(_ type: String, _ members: String = "") -> Int64 {
        lastRequest += 1
        say("{\"type\":\"\(type)\",\"id\":\(lastRequest)\(members.isEmpty ? "" : ",")\(members)}")
        return lastRequest
    }

    /// The other side goes.
    func drop() {
        guard isOpen else { return }
        isOpen = false
        node.clients[number] = nil
        node.handle(.closed(number))
    }

    /// Takes the first frame of a type out, with all before it kept.
    func next(_ type: String) -> ServerEvent? {
        guard let index = frames.firstIndex(where: { $0.type == type }) else { return nil }
        return frames.remove(at: index)
    }

    /// The answer to a request.
    func answer(_ id: Int64) -> ServerEvent? {
        guard let index = frames.firstIndex(where: { $0.id == id }) else { return nil }
        return frames.remove(at: index)
    }

    func removeFrame(at index: Int) { frames.remove(at: index) }
    func forgetFrames() { frames = [] }
}

extension SessionState {
    /// Whether somebody of this kind is in a session that is his and in this state.
    func isIn(forCustomer isCustomer: Bool, bot isBot: Bool) -> Bool {
        isCustomer ? isOpen : self == (isBot ? .bot : .active)
    }
}

extension String {
    /// Short enough for a trace.
    var cut: String { count > 420 ? String(prefix(420)) + "..." : self }
}

extension ServerEvent {
    var line: String { String(decoding: raw, as: UTF8.self) }
}
