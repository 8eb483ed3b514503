/// Short words for scenario tests.
import ChatModel
import ChatProtocol
import HubCore
import Testing

extension World {
    /// A visitor who has said hello; known by his name afterwards.
    func customer(
        _ name: String, on node: Int = 0, level: Int? = nil, resume: String = "",
        address: String = "127.0.0.1"
    ) -> Client {
        let client = connect(name, to: node, address: address)
        client.isCustomer = true
        let page = level.map { ",\"page\":{\"level\":\"\($0)\"}" } ?? ""
        client.ask(
            "hello",
            "\"role\":\"customer\",\"site\":\"demo\","
                + "\"secret\":\"secret-v_\(name)\"\(page)\(resume)"
        )
        settle()
        return client
    }

    func agent(_ name: String, on node: Int = 0, status: String? = "online") -> Client {
        let client = connect(name, to: node)
        client.ask("hello", "\"role\":\"agent\",\"site\":\"demo\",\"token\":\"agent:\(name)\"")
        settle()
        if let status {
            client.ask("status.set", "\"status\":\"\(status)\"")
            settle()
        }
        return client
    }
}

extension Client {
    /// Starts a session and returns it.
    func start(_ text: String? = nil) -> SessionID? {
        let id = ask(
            "session.start", text.map { "\"topic\":\"t\",\"text\":\"\($0)\"" } ?? "\"topic\":\"t\"")
        node.world.settle()
        return answer(id)?.session
    }

    @discardableResult
    func send(_ text: String, key: String, in session: SessionID?) -> ServerEvent? {
        let id = ask(
            "message.send",
            "\(about(session)),\"key\":\"\(key)\",\"text\":\"\(text)\""
        )
        node.world.settle()
        return answer(id)
    }

    @discardableResult
    func request(_ type: String, _ members: String = "") -> ServerEvent? {
        let id = ask(type, members)
        node.world.settle()
        return answer(id)
    }

    func about(_ session: SessionID?) -> String {
        "\"session\":\"\(session.map(\.description) ?? "")\""
    }

    /// The last number shown.
    var position: Int? { history.last { $0.type == "queue.position" }?.position }
    func texts() -> [String] { history.filter { $0.type == "message" }.compactMap(\.text) }
}

/// What a ticket says, in the open: the tests' hubs sign nothing.
func address(_ ticket: FileTicket) -> String {
    "\(ticket.purpose) \(ticket.file.id) \(ticket.person.id) \(ticket.file.type) "
        + "\(ticket.expiresAt)"
}

extension JSONValue {
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    var string: String? { if case .text(let text) = self { text } else { nil } }
    var number: Int? { if case .integer(let integer) = self { Int(integer) } else { nil } }
}

extension String {
    /// What stands between two marks, wherever they occur.
    func components(between start: String, and end: String) -> [String] {
        let parts = split(separator: start, omittingEmptySubsequences: false).dropFirst()
        return parts.compactMap { part in
            part.range(of: end).map { String(part[..<$0.lowerBound]) }
        }
    }
    private func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
