// A redis-server of our own, a store on it, and a loop on a thread of its own that both live on;
// the benchmark asks from the main thread and waits. Used by `StoreScale`.
import ChatModel
import EventLoop
import Glibc
import HubCore
import Redis
import RedisStore
import Synchronization

/// `@unchecked Sendable`: after `init` the store and the connections are touched on the loop's
/// thread only, what is waited for is guarded by the mutex.
final class RedisHouse: @unchecked Sendable {
    let site = SiteID("bench")!
    private let folder: String
    private let loop: EventLoop
    private var server: ChildProcess?
    private let connection: RedisConnection
    private let subscriber: RedisSubscriber
    private let admin: RedisConnection
    private var store: RedisStore!
    private var waiting: [OperationID: (StoreReply) -> Void] = [:]
    private var lastOperation: UInt64 = 0
    private var lease: Lease?
    private let failure = Mutex<String?>(nil)

    init() throws {
        var template = Array("/tmp/chathub-scale-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw BenchmarkFailure(what: "mkdtemp") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        loop = try EventLoop()
        let endpoint = RedisEndpoint(.unix(path: folder + "/redis.sock"))
        var options = RedisOptions()
        options.firstBackoffMilliseconds = 20
        options.longestBackoffMilliseconds = 100
        options.commandDeadlineMilliseconds = 60_000
        connection = RedisConnection(loop: loop, endpoint: endpoint, options: options)
        subscriber = RedisSubscriber(loop: loop, endpoint: endpoint, options: options)
        admin = RedisConnection(loop: loop, endpoint: endpoint, options: options)
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self)
        guard pthread_create(&thread, nil, runHouse, box.toOpaque()) == 0 else {
            throw BenchmarkFailure(what: "pthread_create")
        }
        try wait { [self] done in begin(done) }
        guard case .lease(let opened) = try ask([.openLease(
            milliseconds: 86_400_000,
            graces: Graces(customerMilliseconds: 60_000, agentMilliseconds: 30_000))])[0]
        else { throw BenchmarkFailure(what: "no lease") }
        lease = opened
    }

    fileprivate func runLoop() { loop.run() }

    private func begin(_ done: @escaping () -> Void) {
        do {
            server = try loop.spawn(
                ChildSpecification(
                    executable: "redis-server",
                    arguments: [
                        "--port", "0", "--unixsocket", folder + "/redis.sock", "--dir", folder,
                        "--save", "", "--appendonly", "no", "--stream-node-max-bytes", "512",
                        "--logfile", folder + "/log",
                    ])
            ) { _, _ in }
        } catch {
            failure.withLock { $0 = "redis-server: \(error)" }
            return done()
        }
        var missing = 3
        let ready = {
            missing -= 1
            if missing == 0 { done() }
        }
        store = RedisStore(
            loop: loop, connection: connection, subscriber: subscriber,
            onReply: { [unowned self] in waiting.removeValue(forKey: $0)?($1) },
            onNotice: { _, _ in })
        store.onFault = { [unowned self] fault in failure.withLock { $0 = fault } }
        store.onReady = ready
        subscriber.onStateChange = { if case .ready = $0 { ready() } }
        admin.onStateChange = { if case .ready = $0 { ready() } }
        connection.start()
        subscriber.start()
        admin.start()
    }

    /// Ends everything, and removes what it left.
    func stop() throws {
        try wait { [self] done in
            connection.stop()
            subscriber.stop()
            admin.stop()
            _ = server?.kill(SIGKILL)
            done()
        }
        loop.post { [loop] in loop.stop() }
        for name in ["log", "redis.sock"] { unlink(folder + "/" + name) }
        rmdir(folder)
    }

    // MARK: Asking

    /// Steps, a window of them under way at once; their replies in order.
    func ask(_ requests: [StoreRequest]) throws -> [StoreReply] {
        let replies = Replies(requests.count)
        try wait { [self] done in
            var (next, left) = (0, requests.count)
            func submitNext() {
                guard next < requests.count else { return }
                let index = next
                next += 1
                lastOperation += 1
                waiting[OperationID(lastOperation)] = { reply in
                    replies.list[index] = reply
                    left -= 1
                    if left == 0 { done() } else { submitNext() }
                }
                store.submit(
                    StoreCall(
                        operation: OperationID(lastOperation), site: site, lease: lease,
                        request: requests[index]))
            }
            if left == 0 { return done() }
            for _ in 0..<64 { submitNext() }
        }
        return replies.list
    }

    /// The server's CPU for all of the requests, in microseconds; none may be refused.
    func cpu(of requests: some Collection<StoreRequest>) throws -> Double {
        let before = try redisFigures().cpu
        for (request, reply) in zip(requests, try ask(Array(requests))) {
            switch reply {
            case .refused, .unavailable, .fenced, .uncertain:
                throw BenchmarkFailure(what: "\(request): \(reply)")
            default: break
            }
        }
        return try redisFigures().cpu - before
    }

    /// The server's own CPU, in microseconds, and the memory it uses, in bytes.
    func redisFigures() throws -> (cpu: Double, memory: Double) {
        let reply = Mutex("")
        try wait { [self] done in
            admin.send(RedisCommand("INFO")) { answer in
                if case .success(let info) = answer { reply.withLock { $0 = info.string ?? "" } }
                done()
            }
        }
        var values: [Substring: Double] = [:]
        for line in reply.withLock({ $0 }).split(separator: "\r\n") {
            let parts = line.split(separator: ":")
            if parts.count == 2 { values[parts[0]] = Double(String(parts[1])) }
        }
        return (
            1e6 * (values["used_cpu_sys", default: 0] + values["used_cpu_user", default: 0]),
            values["used_memory", default: 0]
        )
    }

    /// Runs `body` on the loop and waits until it says that it is done.
    private func wait(_ body: @escaping @Sendable (@escaping () -> Void) -> Void) throws {
        let signal = Signal()
        loop.post { body { signal.set() } }
        signal.wait()
        if let what = failure.withLock({ $0 }) { throw BenchmarkFailure(what: what) }
    }
}

/// `@unchecked Sendable`: the loop's thread writes while the main one waits for it, then only the
/// main one reads.
private final class Replies: @unchecked Sendable {
    var list: [StoreReply]
    init(_ count: Int) { list = [StoreReply](repeating: .done, count: count) }
}

/// `@unchecked Sendable`: a semaphore is made for two threads.
private final class Signal: @unchecked Sendable {
    private var semaphore = sem_t()

    init() { sem_init(&semaphore, 0, 0) }
    deinit { sem_destroy(&semaphore) }
    func set() { sem_post(&semaphore) }
    func wait() { while sem_wait(&semaphore) != 0 {} }
}

private func runHouse(_ raw: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    Unmanaged<RedisHouse>.fromOpaque(raw!).takeRetainedValue().runLoop()
    return nil
}
