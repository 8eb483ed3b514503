// A private redis-server for one test, on a unix socket in a temporary folder.
import Glibc
import Redis
import Synchronization

/// Started by a small shell that ends it when this process goes, however it goes.
final class RedisServer {
    let folder: String
    let socketPath: String
    private let arguments: [String]
    private(set) var pid: pid_t = 0
    private var shell: pid_t = 0
    private var lifeline: Int32 = -1
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
        let fixed = [
            "redis-server", "--port", "0", "--unixsocket", socketPath, "--save", "", "--dir",
            folder, "--logfile", folder + "/log",
        ]
        let script = #""$@" & echo $!; read rest; kill -9 $!"#
        var words: [UnsafeMutablePointer<CChar>?] =
            (["sh", "-c", script, "sh"] + fixed + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        try Self.starting.withLock { _ in
            var ends: [Int32] = [-1, -1]
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
                throw ServerError(what: "socketpair")
            }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            let status = posix_spawn(&shell, "/bin/sh", &actions, nil, &words, environ)
            posix_spawn_file_actions_destroy(&actions)
            close(ends[1])
            lifeline = ends[0]
            guard status == 0 else { throw ServerError(what: "posix_spawn") }
        }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(lifeline, &byte, 1) == 1, byte != 10 { line.append(byte) }
        guard let number = pid_t(String(decoding: line, as: UTF8.self)) else {
            throw ServerError(what: "pid")
        }
        pid = number
    }

    /// kill -9, as a crash; returns when it is gone.
    func stop() {
        guard lifeline >= 0 else { return }
        Glibc.kill(pid, SIGCONT)
        close(lifeline)
        lifeline = -1
        waitpid(shell, nil, 0)
    }

    func pause() { Glibc.kill(pid, SIGSTOP) }
    func resume() { Glibc.kill(pid, SIGCONT) }
}

struct ServerError: Error { let what: String }
