// Where a socket connects to, and finding it from a name without blocking the loop. Used by Redis
// for its server's address.
import CLibuv
import Glibc

/// An address as the kernel takes it (`sockaddr` of any family).
public struct SocketAddress: Sendable, Hashable {
    /// `AF_INET`, `AF_INET6` or `AF_UNIX`.
    public let family: Int32
    /// The `sockaddr_in`, `sockaddr_in6` or `sockaddr_un`, byte for byte.
    public let bytes: [UInt8]

    private init(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) {
        family = Int32(address.pointee.sa_family)
        bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(length)))
    }

    /// The socket file at `path`; nil when the path is empty or too long (over 107 bytes).
    public init?(unixPath path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        guard !name.isEmpty, name.count < MemoryLayout.size(ofValue: address.sun_path) else {
            return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        family = AF_UNIX
        bytes = withUnsafeBytes(of: &address) { Array($0) }
    }

    /// An IPv4 or IPv6 address in figures; nil for names.
    public init?(numericHost host: String, port: UInt16) {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0 else { return nil }
        defer { freeaddrinfo(found) }
        guard let first = Self.all(found).first else { return nil }
        self = first
    }

    fileprivate static func all(_ list: UnsafeMutablePointer<addrinfo>?) -> [SocketAddress] {
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr {
                addresses.append(SocketAddress(address, entry.pointee.ai_addrlen))
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    /// Calls `body` with the address in the form the socket functions want.
    public func withRawAddress<Answer>(_ body: (UnsafeRawBufferPointer) -> Answer) -> Answer {
        bytes.withUnsafeBytes(body)
    }
}

extension EventLoop {
    /// Looks a host name up (on libuv's thread pool) and calls `found` later on the loop, with the
    /// addresses in the system's order of preference; none when the name is unknown. Not called
    /// when the loop ends first.
    public func resolve(
        host: String, port: UInt16, _ found: @escaping ([SocketAddress]) -> Void
    ) {
        requireLoopThread()
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
        request.pointee.data = Unmanaged.passRetained(PendingLookUp(found)).toOpaque()
        let status = uv_getaddrinfo(uv, request, lookUpDidEnd, host, String(port), &hints)
        if status < 0 {
            if let data = request.pointee.data {
                Unmanaged<PendingLookUp>.fromOpaque(data).release()
            }
            request.deallocate()
            schedule(afterMilliseconds: 1) { found([]) }
        }
    }
}

/// The answer's receiver while libuv looks the name up; owned by the request.
private final class PendingLookUp {
    let found: ([SocketAddress]) -> Void
    init(_ found: @escaping ([SocketAddress]) -> Void) { self.found = found }
}

private func lookUpDidEnd(
    _ request: UnsafeMutablePointer<uv_getaddrinfo_t>?, _ status: Int32,
    _ list: UnsafeMutablePointer<addrinfo>?
) {
    guard let request, let data = request.pointee.data else { return }
    let pending = Unmanaged<PendingLookUp>.fromOpaque(data).takeRetainedValue()
    request.deallocate()
    let addresses = status == 0 ? SocketAddress.all(list) : []
    uv_freeaddrinfo(list)
    if status != Int32(UV_ECANCELED.rawValue) { pending.found(addresses) }
}
