// A proxy between a client and a Redis, both on unix sockets, that misbehaves on order. Runs on the
// test's own loop. Also plays a server that says what it is told.
import EventLoop
import Glibc

/// Forwards bytes both ways.
final class FaultProxy {
    /// How the way from server to client goes.
    enum Downstream {
        case pass
        /// At most so many bytes in one loop turn.
        case slices(Int)
        /// Nothing comes, nothing ends: silence.
        case hold
        /// The server is not asked; this is said on connect and nothing else.
        case say([UInt8])
    }

    var downstream = Downstream.pass
    let path: String
    /// Connections accepted so far.
    private(set) var accepted = 0
    private let loop: EventLoop
    private let serverPath: String
    private var listener: FileWatcher?
    private var pairs: [Pair] = []

    init(_ loop: EventLoop, server: RedisServer) throws {
        self.loop = loop
        serverPath = server.socketPath
        path = server.folder + "/proxy.sock"
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard let address = SocketAddress(unixPath: path),
            Self.apply(bind, descriptor, address) == 0, listen(descriptor, 16) == 0
        else { throw ServerError(what: "proxy listener") }
        listener = try loop.watch(descriptor: descriptor, .readable) { [weak self] _ in
            self?.accept(descriptor)
        }
    }

    private static func apply(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ descriptor: Int32,
        _ address: SocketAddress
    ) -> Int32 {
        address.withRawAddress { raw in
            function(
                descriptor, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(raw.count))
        }
    }

    private func accept(_ listening: Int32) {
        let client = Glibc.accept(listening, nil, nil)
        guard client >= 0 else { return }
        accepted += 1
        if case .say(let bytes) = downstream {
            send(client, bytes, bytes.count, 0)
            pairs.append(Pair(client, -1))
            return
        }
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard let address = SocketAddress(unixPath: serverPath),
            Self.apply(connect, server, address) == 0
        else {
            close(client)
            close(server)
            return
        }
        let pair = Pair(client, server)
        pairs.append(pair)
        do {
            pair.watchers = [
                try loop.watch(descriptor: client, .readable) { _ in
                    pair.move(from: client, to: server, limit: 65_536)
                },
                try loop.watch(descriptor: server, .readable) { [weak self] _ in
                    self?.answer(pair)
                },
            ]
        } catch {
            pair.close()
        }
    }

    private func answer(_ pair: Pair) {
        switch downstream {
        case .pass, .say: pair.move(from: pair.server, to: pair.client, limit: 65_536)
        case .slices(let limit): pair.move(from: pair.server, to: pair.client, limit: limit)
        case .hold: pair.watchers[1].change([])
        }
    }

    /// Ends all connections that exist now.
    func reset() {
        for pair in pairs { pair.close() }
        pairs = []
    }

    func stop() {
        reset()
        if let listener {
            listener.stop()
            close(listener.descriptor)
        }
        listener = nil
    }
}

/// The two sockets of one client.
private final class Pair {
    let client: Int32
    let server: Int32
    var watchers: [FileWatcher] = []
    private var isClosed = false

    init(_ client: Int32, _ server: Int32) {
        self.client = client
        self.server = server
    }

    func move(from: Int32, to: Int32, limit: Int) {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(from, &buffer, limit, 0)
        if count < 0, errno == EAGAIN { return }
        guard count > 0 else { return close() }
        // Tests move little at a time: a full socket would be a mistake of the test.
        guard send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return close() }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        for watcher in watchers { watcher.stop() }
        Glibc.close(client)
        if server >= 0 { Glibc.close(server) }
    }
}
