// The one function libwebsockets calls for a server's connections. Each case recovers the object,
// checks and calls one typed method. The usual path allocates nothing.
//
// A connection's user pointer is its session (after ESTABLISHED) or its exchange (from HTTP to
// the end of the response), retained; which of the two, the reason tells. The opaque pointer says
// whether the connection still counts as being in its handshake.
import CLibwebsockets

/// Never dereferenced.
nonisolated(unsafe) let handshakeMark = UnsafeMutableRawPointer(bitPattern: 1)

func serverCallback(
    _ wsi: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
    _ input: UnsafeMutableRawPointer?, _ length: Int
) -> Int32 {
    guard let wsi else { return 0 }
    switch reason {
    case LWS_CALLBACK_RECEIVE: return receive(wsi, user, input, length)
    case LWS_CALLBACK_SERVER_WRITEABLE: return session(user)?.writable() ?? 0
    case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL: session(user)?.libraryCloses()
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        let payload = UnsafeRawBufferPointer(start: input, count: length)
        return session(user)?.peerCloses(payload) ?? 0
    case LWS_CALLBACK_CLOSED: sessionEnded(wsi, user)
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: return confirmUpgrade(wsi)
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: return filterHandshake(wsi)
    case LWS_CALLBACK_ESTABLISHED: return establish(wsi)
    case LWS_CALLBACK_HTTP: return beginRequest(wsi)
    case LWS_CALLBACK_HTTP_BODY: return takeBody(user, input, length)
    case LWS_CALLBACK_HTTP_BODY_COMPLETION: return completeBody(wsi, user)
    case LWS_CALLBACK_HTTP_WRITEABLE: return writeResponse(wsi, user)
    case LWS_CALLBACK_CLOSED_HTTP: exchangeEnded(wsi, user)
    case LWS_CALLBACK_WSI_CREATE: server(wsi)?.connectionBegan()
    case LWS_CALLBACK_WSI_DESTROY: connectionEnded(wsi)
    default: break
    }
    return 0
}

private func server(_ wsi: OpaquePointer) -> WebSocketServer? {
    guard let user = lws_context_user(lws_get_context(wsi)) else { return nil }
    return Unmanaged<WebSocketServer>.fromOpaque(user).takeUnretainedValue()
}

func session(_ user: UnsafeMutableRawPointer?) -> WebSocketSession? {
    guard let user else { return nil }
    return Unmanaged<WebSocketSession>.fromOpaque(user).takeUnretainedValue()
}

private func exchange(_ user: UnsafeMutableRawPointer?) -> HTTPExchange? {
    guard let user else { return nil }
    return Unmanaged<HTTPExchange>.fromOpaque(user).takeUnretainedValue()
}

/// The server's and the client's RECEIVE.
func receive(
    _ wsi: OpaquePointer, _ user: UnsafeMutableRawPointer?, _ input: UnsafeMutableRawPointer?,
    _ length: Int
) -> Int32 {
    guard let session = session(user) else { return -1 }
    let piece = Piece(
        isFirst: lws_is_first_fragment(wsi) != 0, isLast: lws_is_final_fragment(wsi) != 0,
        remaining: Int(clamping: lws_remaining_packet_payload(wsi)),
        isBinary: lws_frame_is_binary(wsi) != 0)
    session.receive(UnsafeRawBufferPointer(start: input, count: length), piece)
    return 0
}

// MARK: Handshake

/// The library would answer `h2c` with HTTP/2 and has freed the headers of an upgrade it does not
/// know (CVE-2025-11677): nothing of `in` is touched, and everything but a WebSocket ends here.
private func confirmUpgrade(_ wsi: OpaquePointer) -> Int32 {
    guard let server = server(wsi) else { return -1 }
    let facts = RequestHead(wsi: wsi).handshakeFacts()
    if facts.upgrade.lowercased() != "websocket" {
        server.engine.statistics.refuse(HandshakeRefusal.upgrade.rawValue)
        return -1
    }
    // The library itself hangs up on a list without our name; this only counts it.
    if !facts.subprotocols.isEmpty,
        !HandshakeCheck.offers(facts.subprotocols, server.options.subprotocol)
    {
        server.engine.statistics.refuse(HandshakeRefusal.subprotocol.rawValue)
        return -1
    }
    return 0
}

private func filterHandshake(_ wsi: OpaquePointer) -> Int32 {
    guard let server = server(wsi) else { return -1 }
    let refusal = HandshakeCheck.refusal(
        RequestHead(wsi: wsi).handshakeFacts(), path: server.options.path,
        subprotocol: server.options.subprotocol,
        mayOfferNone: !server.options.requiresSubprotocol)
    guard let refusal else { return 0 }
    server.engine.statistics.refuse(refusal.rawValue)
    writeAtOnce(wsi, server, refusal.answer)
    return -1
}

/// A last word before hanging up.
private func writeAtOnce(_ wsi: OpaquePointer, _ server: WebSocketServer, _ bytes: [UInt8]) {
    server.engine.frame.reset()
    server.engine.frame.append(bytes)
    _ = chat_lws_write_raw(wsi, server.engine.frame.payload, bytes.count)
}

private func establish(_ wsi: OpaquePointer) -> Int32 {
    guard let server = server(wsi) else { return -1 }
    endHandshake(wsi, server)
    let head = RequestHead(wsi: wsi)
    let session = WebSocketSession(
        engine: server.engine, wsi: wsi, phase: .open, remoteAddress: peerAddress(wsi),
        origin: server.shared(head.text(WSI_TOKEN_ORIGIN)),
        host: server.shared(head.text(WSI_TOKEN_HOST)))
    lws_set_wsi_user(wsi, Unmanaged.passRetained(session).toOpaque())
    server.engine.statistics.connections += 1
    server.engine.statistics.opened += 1
    server.engine.handler?.opened(session)
    return 0
}

private func peerAddress(_ wsi: OpaquePointer) -> String {
    SocketAddress(peerOf: lws_get_socket_fd(wsi))?.numericAddress ?? ""
}

private func endHandshake(_ wsi: OpaquePointer, _ server: WebSocketServer) {
    guard lws_get_opaque_user_data(wsi) == handshakeMark else { return }
    lws_set_opaque_user_data(wsi, nil)
    server.handshakeEnded()
}

/// Also comes for a refused handshake, which has no session.
private func sessionEnded(_ wsi: OpaquePointer, _ user: UnsafeMutableRawPointer?) {
    guard let user else { return }
    lws_set_wsi_user(wsi, nil)
    let session = Unmanaged<WebSocketSession>.fromOpaque(user).takeRetainedValue()
    guard session.end() else { return }
    session.engine.statistics.connections -= 1
    session.engine.handler?.closed(session)
}

private func connectionEnded(_ wsi: OpaquePointer) {
    guard let server = server(wsi) else { return }
    endHandshake(wsi, server)
    server.connectionEnded()
}

// MARK: HTTP

private func beginRequest(_ wsi: OpaquePointer) -> Int32 {
    guard let server = server(wsi) else { return -1 }
    endHandshake(wsi, server)
    let head = RequestHead(wsi: wsi)
    let refusal = HTTPExchange.refusal(
        head, limits: server.options.limits, path: server.options.path)
    guard refusal == nil, let method = head.methodAndPath().method else {
        let response = refusal ?? .text(405, "")
        writeAtOnce(wsi, server, HTTPExchange.bytes(refusing: response))
        return -1
    }
    let exchange = HTTPExchange(
        engine: server.engine, head: head, method: method,
        extraHeaders: server.options.extraHeaders)
    if exchange.hasBody, let response = exchange.planBody(remoteAddress: peerAddress(wsi)) {
        writeAtOnce(wsi, server, HTTPExchange.bytes(refusing: response))
        return -1
    }
    lws_set_wsi_user(wsi, Unmanaged.passRetained(exchange).toOpaque())
    if !exchange.hasBody { exchange.respond(remoteAddress: peerAddress(wsi)) }
    return 0
}

private func takeBody(
    _ user: UnsafeMutableRawPointer?, _ input: UnsafeMutableRawPointer?, _ length: Int
) -> Int32 {
    guard let exchange = exchange(user) else { return -1 }
    return exchange.take(body: UnsafeRawBufferPointer(start: input, count: length)) ? 0 : -1
}

private func completeBody(_ wsi: OpaquePointer, _ user: UnsafeMutableRawPointer?) -> Int32 {
    guard let exchange = exchange(user) else { return -1 }
    exchange.respond(remoteAddress: peerAddress(wsi))
    return 0
}

private func writeResponse(_ wsi: OpaquePointer, _ user: UnsafeMutableRawPointer?) -> Int32 {
    guard let exchange = exchange(user) else { return 0 }
    switch exchange.writeSome() {
    case .more: return 0
    case .broken: return -1
    case .done:
        let isCutShort = exchange.isCutShort
        exchangeEnded(wsi, user)
        if isCutShort { return -1 }
        return lws_http_transaction_completed(wsi) != 0 ? -1 : 0
    }
}

private func exchangeEnded(_ wsi: OpaquePointer, _ user: UnsafeMutableRawPointer?) {
    guard let user else { return }
    lws_set_wsi_user(wsi, nil)
    Unmanaged<HTTPExchange>.fromOpaque(user).takeRetainedValue().end()
}
