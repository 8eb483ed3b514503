// What the Redis tests share: a loop with a deadline, and waiting for a state.
import EventLoop
import Redis
import Testing

/// A loop that a test runs on its own thread. When nothing ends it in time the test fails.
final class TestLoop {
    let loop: EventLoop
    private(set) var timedOut = false
    private var connections: [RedisConnection] = []
    private var subscribers: [RedisSubscriber] = []

    init() throws {
        loop = try EventLoop()
    }

    /// Runs until `loop.stop()`; at most `seconds`.
    func run(seconds: Int64 = 30, _ location: SourceLocation = #_sourceLocation) {
        loop.schedule(afterMilliseconds: seconds * 1000) {
            self.timedOut = true
            self.loop.stop()
        }
        loop.run()
        #expect(!timedOut, "the loop did not end within \(seconds) s", sourceLocation: location)
        #expect(loop.handlesLeftOpen == 0, sourceLocation: location)
        // Handlers hold what they are handlers of, and the server: let it all go.
        for connection in connections { connection.onStateChange = nil }
        for subscriber in subscribers {
            subscriber.onStateChange = nil
            subscriber.onMessage = nil
            subscriber.onReset = nil
        }
    }

    func connection(
        _ endpoint: RedisEndpoint, _ change: (inout RedisOptions) -> Void = { _ in }
    ) -> RedisConnection {
        let made = RedisConnection(loop: loop, endpoint: endpoint, options: Self.options(change))
        connections.append(made)
        return made
    }

    func subscriber(
        _ endpoint: RedisEndpoint, _ change: (inout RedisOptions) -> Void = { _ in }
    ) -> RedisSubscriber {
        let made = RedisSubscriber(loop: loop, endpoint: endpoint, options: Self.options(change))
        subscribers.append(made)
        return made
    }

    /// Quick to come back, so that tests are short.
    private static func options(_ change: (inout RedisOptions) -> Void) -> RedisOptions {
        var options = RedisOptions()
        options.firstBackoffMilliseconds = 5
        options.longestBackoffMilliseconds = 50
        change(&options)
        return options
    }
}

extension RedisConnection {
    /// Calls `body` each time the connection becomes ready, with its generation.
    func whenReady(_ body: @escaping (Int) -> Void) {
        onStateChange = { state in
            if case .ready(let generation) = state { body(generation) }
        }
    }
}

extension RedisSubscriber {
    /// Calls `body` each time the subscriber becomes ready, with its generation.
    func whenReady(_ body: @escaping (Int) -> Void) {
        onStateChange = { state in
            if case .ready(let generation) = state { body(generation) }
        }
    }
}

func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }
