// A private redis-server for one test, on a unix socket in a temporary folder.
import EventLoop
import Glibc
import Redis
import Synchronization

/// A small shell beside it ends it when this process goes without `stop`.
final class RedisServer {
    let folder: String
    let socketPath: String
    private let arguments: [String]
    private(set) var pid: pid_t = 0
    private var watchman: pid_t = 0
    private var lifeline: Int32 = -1
    /// Descriptors of one start must not leak into another.
    private static let starting = Mutex(())

    /// `start: false` leaves the server for a later `start()`.
    init(_ arguments: [String] = [], start: Bool = true) throws {
        var template = Array("/tmp/chathub-redis-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ServerError(what: "mkdtemp") }
        folder = String(decoding: template.dropLast().map { UInt8($0) }, as: UTF8.self)
        socketPath = folder + "/redis.sock"
        self.arguments = arguments
        if start { try self.start() }
    }

    deinit {
        stop()
        for name in ["/redis.sock", "/proxy.sock", "/log", "/dump.rdb"] { unlink(folder + name) }
        rmdir(folder)
    }

    var endpoint: RedisEndpoint { RedisEndpoint(.unix(path: socketPath)) }

    func start() throws {
        pid = try Self.spawn(
            [
                "redis-server", "--port", "0", "--unixsocket", socketPath, "--save", "", "--dir",
                folder, "--logfile", folder + "/log",
            ] + arguments, input: -1)
        try Self.starting.withLock { _ in
            var ends: [Int32] = [-1, -1]
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
                throw ServerError(what: "socketpair")
            }
            lifeline = ends[0]
            defer { close(ends[1]) }
            watchman = try Self.spawn(["sh", "-c", "read rest || kill -9 \(pid)"], input: ends[1])
        }
        try waitUntilListening()
    }

    private static func spawn(_ words: [String], input: Int32) throws -> pid_t {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if input >= 0 { posix_spawn_file_actions_adddup2(&actions, input, 0) }
        var pid: pid_t = 0
        guard posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ) == 0 else {
            throw ServerError(what: "cannot start \(words[0])")
        }
        return pid
    }

    /// The server announces nothing, so the socket is tried; at most ten seconds.
    private func waitUntilListening() throws {
        guard let address = SocketAddress(unixPath: socketPath) else {
            throw ServerError(what: "socket path")
        }
        for _ in 0..<10_000 {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            let status = address.withRawAddress { raw in
                connect(
                    descriptor, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                    socklen_t(raw.count))
            }
            if status == 0 { return }
            usleep(1000)
        }
        throw ServerError(what: "not listening")
    }

    /// kill -9, as a crash; returns when it is gone.
    func stop() {
        guard lifeline >= 0 else { return }
        Glibc.kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        send(lifeline, "\n", 1, Int32(MSG_NOSIGNAL))
        close(lifeline)
        lifeline = -1
        waitpid(watchman, nil, 0)
    }

    func pause() { Glibc.kill(pid, SIGSTOP) }
    func resume() { Glibc.kill(pid, SIGCONT) }
}

struct ServerError: Error { let what: String }
