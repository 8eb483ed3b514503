// Listening sockets of our own. libwebsockets' build has no SO_REUSEPORT and takes `127.0.0.1` for
// every address, so it never listens itself. Made by the supervising parent (one a worker) or by
// a node, and given to `WebSocketServer.listen`.
import Glibc

/// A TCP socket that listens on exactly one address. The value does not own the descriptor: end
/// it with `close()`, or hand it to a server, which closes it at its shutdown.
public struct ListenerSocket: Sendable {
    public let descriptor: Int32
    /// Numeric, as the kernel reports it.
    public let address: String
    /// The bound port, also when 0 was asked for.
    public let port: UInt16

    /// Connections the kernel keeps for us until they are accepted.
    private static let backlog: Int32 = 4_096

    /// Binds `address` (numeric IPv4 or IPv6) and listens, with SO_REUSEPORT so that other
    /// processes of this hub may share the port. `refusingOthers` first tries without it: then a
    /// port that anybody serves already, on an overlapping address, throws `portInUse`.
    public init(
        address: String, port: UInt16, refusingOthers: Bool = true
    ) throws(WebSocketError) {
        let target = try SocketAddress(numeric: address, port: port)
        if refusingOthers, port != 0 {
            let probe = try Self.bound(to: target, sharing: false)
            Glibc.close(probe)
        }
        let descriptor = try Self.keeping(Self.bound(to: target, sharing: true), address, port)
        guard Glibc.listen(descriptor, Self.backlog) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw code == EADDRINUSE
                ? WebSocketError(.portInUse, "\(address) port \(port)")
                : Self.failure("listen", code)
        }
        try self.init(adopting: descriptor)
    }

    /// `count` sockets on one address and port, for as many processes.
    public static func group(
        address: String, port: UInt16, count: Int
    ) throws(WebSocketError) -> [ListenerSocket] {
        var sockets = [try ListenerSocket(address: address, port: port)]
        while sockets.count < count {
            do throws(WebSocketError) {
                sockets.append(
                    try ListenerSocket(
                        address: address, port: sockets[0].port, refusingOthers: false))
            } catch {
                sockets.forEach { $0.close() }
                throw error
            }
        }
        return sockets
    }

    /// Takes over a listening socket that a parent process opened. Throws `notAListener` for any
    /// other descriptor and leaves that one alone.
    public init(adopting descriptor: Int32) throws(WebSocketError) {
        var listens: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0, listens == 1,
            let name = SocketAddress(localOf: descriptor)
        else { throw WebSocketError(.notAListener, "descriptor \(descriptor)") }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        // Accepted sockets inherit it: small frames leave at once.
        Self.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
        self.descriptor = descriptor
        address = name.numericAddress
        port = name.port
    }

    public func close() {
        Glibc.close(descriptor)
    }

    /// Takes no connections any more and keeps the port, until `resume`: the others that share it
    /// get everybody. Whoever was still waiting here to be accepted is cut off and tries again.
    /// Linux lets a bound socket listen again after this (tcp(7) says nothing, HAProxy leans on
    /// it).
    public func pause() {
        shutdown(descriptor, Int32(SHUT_RD))
    }

    /// Takes an inherited descriptor over that `pause` was called on; one that listens is taken as
    /// it is. Throws `notAListener` for anything but a bound TCP socket.
    public init(resuming descriptor: Int32) throws(WebSocketError) {
        guard let name = SocketAddress(localOf: descriptor), name.port != 0,
            Glibc.listen(descriptor, Self.backlog) == 0
        else { throw WebSocketError(.notAListener, "descriptor \(descriptor)") }
        try self.init(adopting: descriptor)
    }

    /// A port the kernel chose is given up when the socket stops listening; one that was asked for
    /// is kept. So the chosen one is asked for by a second socket before the first is closed.
    private static func keeping(
        _ descriptor: Int32, _ address: String, _ port: UInt16
    ) throws(WebSocketError) -> Int32 {
        guard port == 0, let chosen = SocketAddress(localOf: descriptor)?.port else {
            return descriptor
        }
        defer { Glibc.close(descriptor) }
        return try bound(to: SocketAddress(numeric: address, port: chosen), sharing: true)
    }

    private static func bound(
        to target: SocketAddress, sharing: Bool
    ) throws(WebSocketError) -> Int32 {
        // SOCK_STREAM, with SOCK_NONBLOCK and SOCK_CLOEXEC, which are these flags of open(2). As
        // names they belong to whichever C module happened to read their header first.
        let kind = 1 | O_NONBLOCK | O_CLOEXEC
        let descriptor = socket(target.family, kind, 0)
        guard descriptor >= 0 else { throw failure("socket", errno) }
        set(descriptor, SOL_SOCKET, SO_REUSEADDR)
        if sharing { set(descriptor, SOL_SOCKET, SO_REUSEPORT) }
        if target.family == AF_INET6 { set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
        guard target.withPointer({ bind(descriptor, $0, $1) }) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw code == EADDRINUSE
                ? WebSocketError(.portInUse, "\(target.numericAddress) port \(target.port)")
                : failure("bind", code)
        }
        return descriptor
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func failure(_ call: String, _ code: Int32) -> WebSocketError {
        WebSocketError(.socket, "\(call): \(String(cString: strerror(code)))")
    }
}
