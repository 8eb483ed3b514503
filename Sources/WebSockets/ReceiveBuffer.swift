// A bound on what the kernel keeps for a reader who does not read: for the load client's slow
// readers, and for tests of back-pressure.
import CLibwebsockets
import Glibc

extension WebSocketSession {
    /// Sets the socket's receive buffer (socket(7), SO_RCVBUF) and ends its growing by itself. The
    /// kernel doubles `bytes` for its own needs and raises what is too small. What has been granted
    /// to the peer before stays granted. No effect unless the session is open.
    public func limitReceiveBuffer(bytes: Int) {
        engine.requireLoopThread()
        guard let wsi, isOpen else { return }
        var value = Int32(clamping: bytes)
        // A socket that will not have it keeps its own size, which is no fault.
        _ = setsockopt(
            lws_get_socket_fd(wsi), SOL_SOCKET, SO_RCVBUF, &value,
            socklen_t(MemoryLayout<Int32>.size))
    }
}
