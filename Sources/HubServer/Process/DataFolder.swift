/// The data folder of a hub: its signing key, its private Redis, and the lock that keeps a second
/// hub out. Made by `chathub serve`.
import ChatModel
import Foundation
public import WebSockets

struct DataFolder {
    let path: String

    init(path: String) throws(ServeError) {
        // An absolute path, because children may change their folder.
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
        do {
            try FileManager.default.createDirectory(
                atPath: self.path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw ServeError.dataFolder(self.path, PlainReason.of(error))
        }
    }

    var lockPath: String { path + "/lock" }
    var redisSocket: String { path + "/redis.sock" }

    /// The same after every start: what a hub's own robot is called. Made when it is not there.
    func robotIdentifier() throws -> PersonID {
        let file = path + "/robot-id"
        if FileManager.default.fileExists(atPath: file) {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            if let id = PersonID(text.trimmingCharacters(in: .whitespacesAndNewlines)) { return id }
        }
        let text = "robot-" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
        guard let id = PersonID(text) else { preconditionFailure("letters and digits") }
        try (text + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        return id
    }

    /// Holds the lock until the returned descriptor and every inherited copy of it are closed.
    /// Nil when somebody else holds it. flock(2): the lock belongs to the open file, so the private
    /// Redis, which inherits it, keeps the folder locked even after its parent was killed.
    func lock() throws(ServeError) -> Int32? {
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ServeError.dataFolder(lockPath, String(cString: strerror(errno)))
        }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    /// Writes our process into the lock file, so that the next one can tell a living hub from a
    /// Redis that outlived one.
    func writeOwner(_ descriptor: Int32) throws(ServeError) {
        let text = "\(getpid())\n"
        guard ftruncate(descriptor, 0) == 0,
            text.withCString({ pwrite(descriptor, $0, text.utf8.count, 0) }) == text.utf8.count
        else { throw ServeError.dataFolder(lockPath, String(cString: strerror(errno))) }
    }

    /// Whether the process that wrote the lock file still runs.
    var ownerIsAlive: Bool {
        // Unreadable means nobody wrote it: not a living hub.
        guard let text = try? String(contentsOfFile: lockPath, encoding: .utf8),
            let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1
        else { return false }
        return kill(pid, 0) == 0 || errno == EPERM
    }
}

/// Why `chathub serve` cannot start, or a command cannot reach a hub's store; each text says what
/// to do.
public enum ServeError: Error, CustomStringConvertible {
    case dataFolder(String, String)
    case folderInUse(String)
    case redisProgram(String)
    case redisAway(String, why: String = "")
    case noHub(dataFolder: String)
    case storeLost
    case otherKeys(fingerprint: String)
    case otherLayout(String, found: Int)
    case site(String)
    case port(String, WebSocketError)
    case webFolder(String)
    case worker(String)
    case settings(String)

    public var description: String {
        switch self {
        case .dataFolder(let path, let why): "the data folder \(path) cannot be used: \(why)"
        case .folderInUse(let path):
            "another hub runs with the data folder \(path); stop it, or name another with --data"
        case .redisProgram(let why):
            "the private Redis does not start: \(why); install redis-server, or name a running "
                + "Redis with --redis"
        case .redisAway(let place, let why):
            "Redis at \(place) does not serve us\(why.isEmpty ? "" : " (\(why))"); is it running, "
                + "and are address and password right?"
        case .noHub(let path):
            "no hub runs with the data folder \(path); start one with `chathub serve --data "
                + "\(path)`, or say where the hub's Redis is with --redis"
        case .storeLost:
            "Redis went away in the middle; look with `chathub versions` what is in force"
        case .otherKeys(let fingerprint):
            "this Redis belongs to hubs with another signing key (fingerprint \(fingerprint)); use "
                + "the same data folder or CHATHUB_SIGNING_KEY on every node"
        case .otherLayout(let site, let found):
            "the data of the site \(site) in this Redis are laid out as number \(found), and this "
                + "chathub reads number \(RedisHouse.layout); nothing was changed. Serve them with "
                + "the chathub that wrote them, or give this one another --data folder or --redis"
        case .site(let why): why
        case .port(let address, let error): Self.text(of: error, at: address)
        case .webFolder(let path):
            "there is no folder \(path) to take the web pages from; name another with --web, or "
                + "leave it out for the pages in the binary"
        case .worker(let why): why
        case .settings(let why): why
        }
    }

    private static func text(of error: WebSocketError, at address: String) -> String {
        switch error.code {
        case .portInUse:
            "something else listens on \(address) already; stop it, or choose another port with "
                + "--listen HOST:PORT (port 0 takes a free one)"
        case .badAddress:
            "cannot listen on \(address): \(error.detail); --listen takes a numeric address of "
                + "this machine, such as 127.0.0.1:8080 or 0.0.0.0:8080"
        case .socket, .notAListener, .library:
            "cannot listen on \(address): \(error.detail); is it an address of this machine, "
                + "and may you use the port (below 1024 only root may)?"
        }
    }
}

/// What went wrong with a file, in the system's few words instead of Foundation's many.
enum PlainReason {
    static func of(_ error: any Error) -> String {
        guard let cocoa = error as? CocoaError else { return String(describing: error) }
        let underlying = cocoa.userInfo[NSUnderlyingErrorKey] as? any Error
        if let posix = underlying as? POSIXError {
            return String(cString: strerror(posix.code.rawValue))
        }
        return cocoa.localizedDescription
    }
}
