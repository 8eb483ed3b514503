// The one function libwebsockets calls for a client's connections; see ServerCallback.swift.
import CLibwebsockets

func clientCallback(
    _ wsi: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
    _ input: UnsafeMutableRawPointer?, _ length: Int
) -> Int32 {
    guard let wsi else { return 0 }
    switch reason {
    case LWS_CALLBACK_CLIENT_RECEIVE: return receive(wsi, user, input, length)
    case LWS_CALLBACK_CLIENT_WRITEABLE: return session(user)?.writable() ?? 0
    case LWS_CALLBACK_WS_CLIENT_DROP_PROTOCOL: session(user)?.libraryCloses()
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        let payload = UnsafeRawBufferPointer(start: input, count: length)
        return session(user)?.peerCloses(payload) ?? 0
    case LWS_CALLBACK_CLIENT_ESTABLISHED: return establish(wsi, user)
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR: fail(wsi, user, input, length)
    case LWS_CALLBACK_CLIENT_CLOSED: end(wsi, user)
    case LWS_CALLBACK_WSI_CREATE: client(wsi)?.connectionBegan()
    case LWS_CALLBACK_WSI_DESTROY: client(wsi)?.connectionEnded()
    default: break
    }
    return 0
}

private func client(_ wsi: OpaquePointer) -> WebSocketClient? {
    guard let user = lws_context_user(lws_get_context(wsi)) else { return nil }
    return Unmanaged<WebSocketClient>.fromOpaque(user).takeUnretainedValue()
}

private func establish(_ wsi: OpaquePointer, _ user: UnsafeMutableRawPointer?) -> Int32 {
    guard let session = session(user) else { return -1 }
    guard session.phase == .connecting else { return -1 }
    session.wsi = wsi
    session.phase = .open
    session.engine.statistics.connections += 1
    session.engine.statistics.opened += 1
    session.engine.handler?.opened(session)
    return 0
}

private func fail(
    _ wsi: OpaquePointer, _ user: UnsafeMutableRawPointer?, _ input: UnsafeMutableRawPointer?,
    _ length: Int
) {
    guard let session = release(wsi, user) else { return }
    let bytes = UnsafeRawBufferPointer(start: input, count: input == nil ? 0 : length)
    _ = session.end()
    session.engine.handler?.failed(session, reason: String(decoding: bytes, as: UTF8.self))
}

private func end(_ wsi: OpaquePointer, _ user: UnsafeMutableRawPointer?) {
    guard let session = release(wsi, user) else { return }
    guard session.end() else {
        session.engine.handler?.failed(session, reason: "closed before it was open")
        return
    }
    session.engine.statistics.connections -= 1
    session.engine.handler?.closed(session)
}

private func release(
    _ wsi: OpaquePointer, _ user: UnsafeMutableRawPointer?
) -> WebSocketSession? {
    guard let user else { return nil }
    lws_set_wsi_user(wsi, nil)
    return Unmanaged<WebSocketSession>.fromOpaque(user).takeRetainedValue()
}
