/// Stores on a loop of their own thread, driven step by step from a test's thread.
import ChatModel
import EventLoop
import Glibc
import HubCore
import Redis
import Synchronization

@testable import RedisStore

/// A loop on its own thread. Everything a test asks of it is done there, and waited for.
///
/// `@unchecked Sendable`: `loop` never changes and says itself what may be used from outside.
final class LoopThread: @unchecked Sendable {
    let loop: EventLoop
    private let thread: pthread_t

    init() throws {
        let loop = try EventLoop()
        self.loop = loop
        var thread = pthread_t()
        let box = Unmanaged.passRetained(loop)
        let status = pthread_create(&thread, nil, runLoop, box.toOpaque())
        guard status == 0 else { throw TestFailure(what: "pthread_create") }
        self.thread = thread
    }

    /// Runs `body` on the loop and waits until it has called what it was given.
    func wait<Value: Sendable>(
        seconds: Int = 20, _ body: @escaping @Sendable (@escaping (Value) -> Void) -> Void
    ) throws -> Value {
        let answer = Answer<Value>()
        loop.post { body { answer.set($0) } }
        guard let value = answer.take(seconds: seconds) else {
            throw TestFailure(what: "no answer within \(seconds) s")
        }
        return value
    }

    func end() {
        loop.post { [loop] in loop.stop() }
        pthread_join(thread, nil)
    }
}

private func runLoop(_ raw: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    Unmanaged<EventLoop>.fromOpaque(raw!).takeRetainedValue().run()
    return nil
}

/// A value that another thread brings.
///
/// `@unchecked Sendable`: guarded by the mutex and the semaphore.
final class Answer<Value: Sendable>: @unchecked Sendable {
    private let value = Mutex<Value?>(nil)
    private var semaphore = sem_t()

    init() { sem_init(&semaphore, 0, 0) }
    deinit { sem_destroy(&semaphore) }

    func set(_ new: Value) {
        value.withLock { $0 = new }
        sem_post(&semaphore)
    }

    func take(seconds: Int) -> Value? {
        var until = timespec()
        clock_gettime(CLOCK_REALTIME, &until)
        until.tv_sec += seconds
        guard sem_timedwait(&semaphore, &until) == 0 else { return nil }
        return value.withLock { $0 }
    }
}

/// One node: a store with its two connections, and what it has heard.
///
/// `@unchecked Sendable`: all that changes is touched on the loop's thread only.
final class TestNode: @unchecked Sendable {
    let thread: LoopThread
    let connection: RedisConnection
    let subscriber: RedisSubscriber
    /// The one WAIT goes over, with durability `replicated`.
    private let third: RedisConnection?
    private(set) var store: RedisStore!
    private(set) var faults: [String] = []
    private var waiting: [OperationID: (StoreReply) -> Void] = [:]
    private var notices: [StoreNotice] = []
    private var onNotice: ((StoreNotice) -> Void)?
    private var lastOperation: UInt64 = 0

    /// Connects and waits until it is ready.
    init(
        _ thread: LoopThread, _ redis: TestRedis, replicas: Int? = nil,
        _ change: (inout RedisOptions) -> Void = { _ in }
    ) throws {
        self.thread = thread
        var options = RedisOptions()
        options.firstBackoffMilliseconds = 5
        options.longestBackoffMilliseconds = 50
        change(&options)
        let (endpoint, chosen) = (redis.endpoint, options)
        let made: Made = try thread.wait { done in
            done(
                Made(
                    connection: RedisConnection(
                        loop: thread.loop, endpoint: endpoint, options: chosen),
                    subscriber: RedisSubscriber(
                        loop: thread.loop, endpoint: endpoint, options: chosen),
                    third: RedisConnection(
                        loop: thread.loop, endpoint: endpoint, options: chosen)))
        }
        connection = made.connection
        subscriber = made.subscriber
        third = replicas == nil ? nil : made.third
        try connect(replicas)
    }

    private struct Made: @unchecked Sendable {  // Moved from the loop once, used there only.
        let connection: RedisConnection
        let subscriber: RedisSubscriber
        let third: RedisConnection
    }

    private func connect(_ replicas: Int?) throws {
        let _: Bool = try thread.wait { [self] done in
            var missing = third == nil ? 2 : 3
            let ready = {
                missing -= 1
                if missing == 0 { done(true) }
            }
            store = RedisStore(
                loop: thread.loop, connection: connection, subscriber: subscriber,
                durability: third.map {
                    .replicated(atLeast: replicas!, withinMilliseconds: 20, over: $0)
                } ?? .accepted,
                onReply: { [unowned self] operation, reply in
                    waiting.removeValue(forKey: operation)?(reply)
                },
                onNotice: { [unowned self] _, notice in
                    notices.append(notice)
                    onNotice?(notice)
                })
            store.onFault = { [unowned self] in faults.append($0) }
            store.onReady = { ready() }
            subscriber.onStateChange = { if case .ready = $0 { ready() } }
            third?.onStateChange = { if case .ready = $0 { ready() } }
            connection.start()
            subscriber.start()
            third?.start()
        }
        let _: Bool = try thread.wait { [self] done in
            store.onReady = nil
            subscriber.onStateChange = nil
            done(true)
        }
    }

    func stop() throws {
        let _: Bool = try thread.wait { [self] done in
            connection.stop()
            subscriber.stop()
            third?.stop()
            done(true)
        }
    }

    /// One step, waited for.
    @discardableResult
    func ask(
        _ request: StoreRequest, site: SiteID = testSite, lease: Lease? = nil, clock: Int64? = nil
    ) throws -> StoreReply {
        try thread.wait { [self] done in
            store.harnessClock = clock
            submit(request, site, lease, done)
        }
    }

    /// Many steps of one loop turn, waited for; replies in the order of the requests.
    func askTogether(_ requests: [StoreRequest], lease: Lease?) throws -> [StoreReply] {
        guard let replies = begin(requests, lease: lease).take(seconds: 20) else {
            throw TestFailure(what: "no answers")
        }
        return replies
    }

    /// The same, not waited for.
    func begin(_ requests: [StoreRequest], lease: Lease?) -> Answer<[StoreReply]> {
        let answer = Answer<[StoreReply]>()
        thread.loop.post { [self] in
            var replies = [StoreReply?](repeating: nil, count: requests.count)
            var missing = requests.count
            for (index, request) in requests.enumerated() {
                submit(request, testSite, lease) { reply in
                    replies[index] = reply
                    missing -= 1
                    if missing == 0 { answer.set(replies.map { $0! }) }
                }
            }
        }
        return answer
    }

    /// True once the store has lost Redis and is ready again.
    func whenReadyAgain() -> Answer<Bool> {
        let answer = Answer<Bool>()
        thread.loop.post { [self] in
            store.onReady = { [unowned self] in
                store.onReady = nil
                answer.set(true)
            }
        }
        return answer
    }

    /// Steps that Redis has run.
    func evaluations() throws -> Int {
        let text = try command("INFO", "commandstats").string ?? ""
        let line = text.split(separator: "\r\n").first { $0.hasPrefix("cmdstat_fcall:calls=") }
        return line.flatMap { Int($0.dropFirst(20).prefix { $0 != "," }) } ?? 0
    }

    private func submit(
        _ request: StoreRequest, _ site: SiteID, _ lease: Lease?,
        _ done: @escaping (StoreReply) -> Void
    ) {
        lastOperation += 1
        let operation = OperationID(lastOperation)
        waiting[operation] = done
        store.submit(
            StoreCall(operation: operation, site: site, lease: lease, request: request))
    }

    /// Waits for a notice that `matches`, among those heard already or still to come.
    @discardableResult
    func hear(_ matches: @escaping @Sendable (StoreNotice) -> Bool) throws -> StoreNotice {
        try thread.wait { [self] done in
            if let known = notices.first(where: matches) { return done(known) }
            onNotice = { [unowned self] notice in
                guard matches(notice) else { return }
                onNotice = nil
                done(notice)
            }
        }
    }

    /// What was heard so far, and forgets it.
    func takeNotices() throws -> [StoreNotice] {
        try thread.wait { [self] done in
            done(notices)
            notices = []
        }
    }

    /// Any command, over the store's own connection.
    func command(_ words: [[UInt8]]) throws -> RedisReply {
        try thread.wait { [self] done in
            var command = RedisCommand(String(decoding: words[0], as: UTF8.self))
            for word in words.dropFirst() { command.append(word) }
            connection.send(command) { result in
                switch result {
                case .success(let reply): done(reply)
                case .failure(let failure): done(.status("\(failure)"))
                }
            }
        }
    }

    func command(_ words: String...) throws -> RedisReply {
        try command(words.map { Array($0.utf8) })
    }
}

let testSite = SiteID("demo")!
