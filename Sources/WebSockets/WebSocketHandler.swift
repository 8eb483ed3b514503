// What a server or client tells its owner (HubServer, LoadClient). All calls come on the loop's
// thread, from inside a library callback: be quick, and never destroy the server from here.

public protocol WebSocketHandler: AnyObject {
    /// The handshake is done; the session may be written to at once.
    func opened(_ session: WebSocketSession)

    /// One whole message. `message` is valid during the call only. Text is valid UTF-8; it may be
    /// empty. Never called after `close` or `abort`.
    func received(_ session: WebSocketSession, _ message: UnsafeRawBufferPointer)

    /// Exactly once for every `opened`. `session.closeCode` says how it ended.
    func closed(_ session: WebSocketSession)

    /// A client's connection that never opened. Instead of `opened` and `closed`, once.
    func failed(_ session: WebSocketSession, reason: String)

    /// A request on any path but the WebSocket one, with its whole body.
    func respond(to request: HTTPRequest) -> HTTPResponse

    /// What to do with the body of a request whose head has come.
    func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan
}

extension WebSocketHandler {
    public func failed(_ session: WebSocketSession, reason: String) {}
    public func respond(to request: HTTPRequest) -> HTTPResponse { .text(404, "not found\n") }
    public func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan { .collect }
}
