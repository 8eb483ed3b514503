/// The redis-server a hub starts for itself when no other is configured: over a Unix socket in the
/// data folder, watched, started again when it dies, stopped last. Owned by `Supervisor`.
import EventLoop
import Foundation
import HubConfig
import Logging

final class PrivateRedis {
    private let loop: EventLoop
    private let folder: DataFolder
    private let log: Logger
    private let lockDescriptor: Int32
    private let settings: NodeSettings.PrivateRedis
    private let fsync: String
    private var child: ChildProcess?
    private var killTimer: TimerID?
    private var restartDelay: Int64 = 100
    private var isStopping = false
    private var onStopped: (() -> Void)?

    /// `fsync`: Redis's `appendfsync`, `everysec` or `always` by the durability class.
    init(
        loop: EventLoop, folder: DataFolder, lockDescriptor: Int32,
        settings: NodeSettings.PrivateRedis, fsync: String, log: Logger
    ) {
        self.loop = loop
        self.folder = folder
        self.lockDescriptor = lockDescriptor
        self.settings = settings
        self.fsync = fsync
        self.log = log
    }

    var socketPath: String { Self.socketPath(folder) }

    /// A Unix socket's path holds 107 bytes (unix(7)); a longer one moves to a short folder of
    /// ours.
    static func socketPath(_ folder: DataFolder) -> String {
        if folder.redisSocket.utf8.count <= 100 { return folder.redisSocket }
        return "/tmp/chathub-\(getuid())-" + ContentHash.text(of: Array(folder.path.utf8))
            + "/redis.sock"
    }

    func start() throws(ServeError) {
        let socketFolder = URL(fileURLWithPath: socketPath).deletingLastPathComponent().path
        let redisFolder = folder.path + "/redis"
        do {
            for path in [socketFolder, redisFolder] {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw .dataFolder(redisFolder, PlainReason.of(error))
        }
        unlink(socketPath)  // a stale one of a killed server; the lock says nobody uses it
        do {
            child = try loop.spawn(specification(redisFolder)) { [weak self] status, signal in
                self?.ended(status: status, signal: signal)
            }
        } catch {
            throw .redisProgram(String(describing: error))
        }
    }

    /// Ends it with time to write its file; then `then` is called.
    func stop(then: @escaping () -> Void) {
        isStopping = true
        guard let child, child.isRunning else { return then() }
        onStopped = then
        child.kill(SIGTERM)
        loop.schedule(afterMilliseconds: 5000) { [weak self] in _ = self?.child?.kill(SIGKILL) }
    }

    /// `setpriv --pdeathsig` (util-linux) makes the kernel end it when we die, even by SIGKILL:
    /// what cannot be set through libuv. Its own process group keeps Ctrl-C for us.
    private func specification(_ redisFolder: String) -> ChildSpecification {
        ChildSpecification(
            executable: "setpriv",
            arguments: ["--pdeathsig", "TERM", settings.program] + options(redisFolder),
            // Descriptor 3 keeps the data folder locked as long as the server lives.
            descriptors: [1: 2, 2: 2, 3: lockDescriptor], workingDirectory: redisFolder,
            ownProcessGroup: true)
    }

    /// The append-only file is rewritten from 512 MB on: Redis's own 64 MB are full after seconds
    /// of a busy day, and each rewrite copies everything in a process of its own.
    private func options(_ redisFolder: String) -> [String] {
        [
            "--bind", "127.0.0.1", "--port", String(settings.port),
            "--unixsocket", socketPath, "--unixsocketperm", "700",
            "--dir", redisFolder, "--appendonly", "yes", "--appendfsync", fsync,
            "--auto-aof-rewrite-min-size", "512mb",
            "--save", "", "--maxmemory", String(settings.maximumMemoryBytes),
            "--maxmemory-policy", "noeviction", "--stream-node-max-bytes", "512",
            "--daemonize", "no", "--logfile", folder.path + "/redis.log",
            "--pidfile", folder.path + "/redis.pid",
        ]
    }

    private func ended(status: Int64, signal: Int32) {
        child = nil
        if isStopping {
            onStopped?()
            onStopped = nil
            return
        }
        log.error(
            "the private Redis ended and is started again",
            metadata: ["status": "\(status)", "signal": "\(signal)", "in_ms": "\(restartDelay)"])
        loop.schedule(afterMilliseconds: restartDelay) { [weak self] in self?.restart() }
        restartDelay = min(restartDelay * 2, 5000)
    }

    private func restart() {
        guard !isStopping else { return }
        do {
            try start()
        } catch {
            log.error("the private Redis does not start", metadata: ["why": "\(error)"])
            loop.schedule(afterMilliseconds: restartDelay) { [weak self] in self?.restart() }
        }
    }

    /// It answered: the next failure is tried again soon.
    func answered() { restartDelay = 100 }

    /// Ends a server that outlived its hub, if the process that the pid file names really serves
    /// our socket. Called when nobody owns the folder but its lock is held.
    static func endStale(in folder: DataFolder) {
        guard let text = try? String(contentsOfFile: folder.path + "/redis.pid", encoding: .utf8),
            let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1,
            // No such process, or one we may not see: nothing of ours to end.
            let words = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/cmdline")),
            String(decoding: words, as: UTF8.self).contains(socketPath(folder))
        else { return }
        kill(pid, SIGTERM)
    }
}
