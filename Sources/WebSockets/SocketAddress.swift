// IPv4 and IPv6 addresses as the kernel has them. Used by `ListenerSocket` and for
// `WebSocketSession.remoteAddress`.
import Glibc

struct SocketAddress {
    private var storage: sockaddr_storage
    private var length: socklen_t

    var family: Int32 { Int32(storage.ss_family) }

    /// No names: a look-up could block the loop, and could give several addresses.
    init(numeric address: String, port: UInt16) throws(WebSocketError) {
        storage = sockaddr_storage()
        var four = sockaddr_in()
        var six = sockaddr_in6()
        if inet_pton(AF_INET, address, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: four, as: sockaddr_in.self) }
        } else if inet_pton(AF_INET6, address, &six.sin6_addr) == 1 {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: six, as: sockaddr_in6.self) }
        } else {
            throw WebSocketError(.badAddress, address)
        }
    }

    /// Nil when the descriptor is no IP socket.
    init?(localOf descriptor: Int32) {
        self.init(descriptor, getsockname)
    }

    /// Nil when the peer is gone already.
    init?(peerOf descriptor: Int32) {
        self.init(descriptor, getpeername)
    }

    private init?(
        _ descriptor: Int32,
        _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &length) }
        }
        guard status == 0 else { return nil }
        self.storage = storage
        self.length = length
        guard family == AF_INET || family == AF_INET6 else { return nil }
    }

    var port: UInt16 {
        withUnsafeBytes(of: storage) {
            family == AF_INET
                ? UInt16(bigEndian: $0.loadUnaligned(as: sockaddr_in.self).sin_port)
                : UInt16(bigEndian: $0.loadUnaligned(as: sockaddr_in6.self).sin6_port)
        }
    }

    var numericAddress: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            let written = withUnsafeBytes(of: storage) { raw -> Bool in
                if family == AF_INET {
                    var four = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
                    return inet_ntop(AF_INET, &four, text.baseAddress, socklen_t(text.count)) != nil
                }
                var six = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
                return inet_ntop(AF_INET6, &six, text.baseAddress, socklen_t(text.count)) != nil
            }
            guard written, let start = text.baseAddress else { return "" }
            return String(cString: start)
        }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
