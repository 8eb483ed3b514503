/// A private redis-server for one test, on a unix socket in a temporary folder.
import Glibc
import Redis

/// A small shell starts it and kills it when this process goes, however it goes.
final class TestRedis {
    let folder: String
    private let arguments: [String]
    private var shell: pid_t = 0
    private var lifeline: Int32 = -1

    /// With whom nodes connect; nil: as the default user.
    var credentials: (user: String, password: String)?

    var endpoint: RedisEndpoint {
        var endpoint = RedisEndpoint(.unix(path: folder + "/redis.sock"))
        endpoint.user = credentials?.user
        endpoint.password = credentials?.password
        return endpoint
    }

    init(_ arguments: [String] = []) throws {
        var template = Array("/tmp/chathub-redisstore-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure(what: "mkdtemp") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.arguments = arguments
        try start()
    }

    deinit {
        kill()
        let remover = ["rm", "-rf", folder]
        var words = remover.map { strdup($0) } + [nil]
        var pid: pid_t = 0
        if posix_spawnp(&pid, "rm", nil, nil, &words, environ) == 0 { waitpid(pid, nil, 0) }
        for word in words { free(word) }
    }

    /// Starts it, again with the files it left, and waits until it listens.
    func start() throws {
        let fixed = [
            "redis-server", "--port", "0", "--unixsocket", folder + "/redis.sock", "--dir", folder,
            "--save", "", "--logfile", folder + "/log",
        ]
        let script = #""$@" & read rest; kill -9 $!; wait"#
        var words = (["sh", "-c", script, "sh"] + fixed + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw TestFailure(what: "socketpair")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        // Test threads block signals, and a shell that never hears SIGCHLD waits for ever.
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let status = posix_spawn(&shell, "/bin/sh", &actions, &attributes, &words, environ)
        posix_spawnattr_destroy(&attributes)
        posix_spawn_file_actions_destroy(&actions)
        close(ends[0])
        lifeline = ends[1]
        guard status == 0 else { throw TestFailure(what: "posix_spawn") }
    }

    /// kill -9; returns when it is gone.
    func kill() {
        guard lifeline >= 0 else { return }
        close(lifeline)
        lifeline = -1
        waitpid(shell, nil, 0)
        unlink(folder + "/redis.sock")
    }
}

struct TestFailure: Error { let what: String }
