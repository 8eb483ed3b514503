// What the socket tests share: a server on a thread of its own and raw blocking sockets.
import EventLoop
import Glibc
import Synchronization
import Testing

@testable import WebSockets

/// All tests with descriptors, one after the other: the library closes its wake-up descriptor twice
/// when a context ends, and the second time may hit one that another thread has just opened.
@Suite(.serialized) enum SocketTests {}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Everything a server's handler was told, in order, and what it should do about it.
///
/// `@unchecked Sendable`: the closures are set before the loop runs; the log has a lock.
final class Recorder: WebSocketHandler, @unchecked Sendable {
    var onOpened: (WebSocketSession) -> Void = { _ in }
    var onReceived: (WebSocketSession, [UInt8]) -> Void = { _, _ in }
    var onRequest: (HTTPRequest) -> HTTPResponse = { _ in .text(404, "not found\n") }
    private let entries = Mutex<[String]>([])

    /// `opened`, `text ...`, `closed CODE`, `failed`.
    var log: [String] { entries.withLock { $0 } }

    func note(_ entry: String) { entries.withLock { $0.append(entry) } }

    func opened(_ session: WebSocketSession) {
        note("opened")
        onOpened(session)
    }

    func received(_ session: WebSocketSession, _ message: UnsafeRawBufferPointer) {
        note("text \(message.count)")
        onReceived(session, Array(message))
    }

    func closed(_ session: WebSocketSession) { note("closed \(session.closeCode)") }
    func failed(_ session: WebSocketSession, reason: String) { note("failed") }
    func respond(to request: HTTPRequest) -> HTTPResponse { onRequest(request) }
}

/// Waits until `condition` holds; checks every few milliseconds, gives up after ten seconds.
func eventually(_ what: String, _ condition: () throws -> Bool) throws {
    for _ in 0..<2_000 {
        if try condition() { return }
        usleep(5_000)
    }
    throw TestFailure("never happened: \(what)")
}

/// A loop on a thread of its own.
///
/// `@unchecked Sendable`: the loop's own rules; results cross by the lock.
final class LoopThread: @unchecked Sendable {
    let loop: EventLoop
    private var thread = pthread_t()

    init() throws {
        loop = try EventLoop()
    }

    func start() throws {
        let box = Unmanaged.passRetained(loop)
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard status == 0 else { throw TestFailure("no thread") }
    }

    /// Runs `body` on the loop and waits for its value.
    func on<Value: Sendable>(_ body: @escaping @Sendable () -> Value) throws -> Value {
        let result = SharedResult<Value>()
        loop.post { result.set(body()) }
        try eventually("a value from the loop") { result.get() != nil }
        guard let value = result.get() else { throw TestFailure("no value") }
        return value
    }

    func join() { pthread_join(thread, nil) }
}

final class SharedResult<Value: Sendable>: Sendable {
    private let box = Mutex<Value?>(nil)
    func set(_ value: Value) { box.withLock { $0 = value } }
    func get() -> Value? { box.withLock { $0 } }
}

/// A server on 127.0.0.1 and a free port.
final class TestServer: @unchecked Sendable {
    let thread: LoopThread
    let server: WebSocketServer
    let recorder: Recorder
    let port: UInt16
    /// Sessions in the order they opened; loop thread only.
    var sessions: [WebSocketSession] = []

    init(
        _ change: (inout ServerOptions) -> Void = { _ in }, _ prepare: (Recorder) -> Void = { _ in }
    ) throws {
        var options = ServerOptions()
        change(&options)
        recorder = Recorder()
        prepare(recorder)
        thread = try LoopThread()
        server = try WebSocketServer(loop: thread.loop, options: options, handler: recorder)
        let listener = try ListenerSocket(address: "127.0.0.1", port: 0)
        port = listener.port
        try server.listen(on: listener)
        let opened = recorder.onOpened
        recorder.onOpened = { [unowned self] session in
            sessions.append(session)
            opened(session)
        }
        try thread.start()
    }

    var log: [String] { recorder.log }

    func statistics() throws -> WebSocketStatistics {
        let server = self.server
        return try thread.on { server.statistics }
    }

    /// Shuts down and waits for the loop's end; expects that nothing was left open.
    func stop() throws {
        let (server, loop) = (self.server, thread.loop)
        loop.post { server.shutDown { loop.stop() } }
        thread.join()
        #expect(loop.handlesLeftOpen == 0)
        sessions = []
        recorder.onOpened = { _ in }
    }
}

/// Runs `body` with a server and always stops it.
func withServer(
    _ change: (inout ServerOptions) -> Void = { _ in }, _ prepare: (Recorder) -> Void = { _ in },
    _ body: (TestServer) throws -> Void
) throws {
    let server = try TestServer(change, prepare)
    do {
        try body(server)
    } catch {
        try server.stop()
        throw error
    }
    try server.stop()
}
