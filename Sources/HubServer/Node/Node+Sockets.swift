/// The sockets' way into the node: the handler that WebSockets calls on the loop's thread.
import ChatProtocol
import HubCore
import WebSockets

/// Enters the actor synchronously: the callback is on the loop's thread, which is the actor's.
final class SocketDoor: WebSocketHandler {
    private let node: Node
    private let http: HttpDoor
    /// The scheme this listener is reached by: `http` or `https`.
    private let scheme: String

    init(node: Node, http: HttpDoor, scheme: String) {
        self.node = node
        self.http = http
        self.scheme = scheme
    }

    func opened(_ session: WebSocketSession) {
        let scheme = scheme
        node.assumeIsolated { $0.opened(session, scheme: scheme) }
    }

    func received(_ session: WebSocketSession, _ message: UnsafeRawBufferPointer) {
        // Read inside this call only, on this very thread.
        nonisolated(unsafe) let message = message
        let connection = session.id
        node.assumeIsolated { $0.receive(message, from: connection) }
    }

    func closed(_ session: WebSocketSession) {
        node.assumeIsolated { $0.closed(session) }
    }

    func respond(to request: HTTPRequest) -> HTTPResponse {
        http.respond(to: request)
    }

    func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan { http.bodyPlan(for: request) }
}

extension Node {
    func opened(_ session: WebSocketSession, scheme: String) {
        sessions[session.id] = session
        let own = session.host.map { scheme + "://" + $0 }
        handle(
            .opened(
                session.id,
                Peer(address: session.remoteAddress, origin: session.origin, ownOrigin: own)))
    }

    func closed(_ session: WebSocketSession) {
        guard sessions.removeValue(forKey: session.id) != nil else { return }
        handle(.closed(session.id))
    }
}
