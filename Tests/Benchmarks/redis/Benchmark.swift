// The measurements, one after the other. Started by `main.swift`.
import EventLoop
import Glibc
import Redis

/// Everything runs on the main thread's loop.
final class Benchmark {
    private let loop: EventLoop
    private let connection: RedisConnection
    private let subscriber: RedisSubscriber
    private let payload = [UInt8](repeating: UInt8(ascii: "x"), count: 200)
    private let library: RedisLibrary
    private let append: RedisFunction

    init(_ endpoint: RedisEndpoint) throws {
        loop = try EventLoop()
        connection = RedisConnection(loop: loop, endpoint: endpoint)
        subscriber = RedisSubscriber(loop: loop, endpoint: endpoint)
        let body = Array(
            """
            local seq = redis.call('INCR', KEYS[1])
            redis.call('PUBLISH', KEYS[2], ARGV[2])
            return {1, seq, ARGV[1]}
            """.utf8)
        library = RedisLibrary("benchmark", [RedisLibrary.Part("append", body: body)])
        append = library.function("append")
        connection.load(library)
    }

    private func report(_ what: String, _ count: Int, since began: Int64) {
        let each = Double(cpuNanoseconds() - began) / Double(count)
        let figure = each < 100 ? "\((each * 10).rounded() / 10)" : "\(Int(each.rounded()))"
        print("\(what): \(figure) ns")
    }

    private func scriptCall() -> RedisFunctionCall {
        var call = RedisFunctionCall(reserving: 384)
        call.appendKey("{demo}:s:01J9ZK6T3V:n")
        call.appendKey("{demo}:c:01J9ZK6T3V")
        call.append(1_764_000_000_000)
        call.append(payload)
        return call
    }

    func measureBuilding() {
        let began = cpuNanoseconds()
        for _ in 0..<1_000_000 { consume(scriptCall()) }
        report("build a script call (2 keys, 2 arguments, 200 bytes)", 1_000_000, since: began)
    }

    func measureTimers() {
        var ids: [TimerID] = []
        ids.reserveCapacity(1_000_000)
        var began = cpuNanoseconds()
        for number in 0..<1_000_000 {
            ids.append(loop.schedule(afterMilliseconds: Int64(number % 60_000) + 1000) {})
        }
        report("arm a timer (up to 1,000,000 armed)", 1_000_000, since: began)
        began = cpuNanoseconds()
        for id in ids { loop.cancel(id) }
        report("cancel a timer", 1_000_000, since: began)
    }

    func run() {
        connection.onStateChange = { [self] state in
            guard case .ready = state else { return }
            subscriber.start()
        }
        subscriber.onStateChange = { [self] state in
            guard case .ready = state else { return }
            measureCalls([1, 16, 256])
        }
        connection.start()
        loop.run()
    }

    private func measureCalls(_ batches: [Int]) {
        guard let batch = batches.first else { return measureScripts([1, 16, 256]) }
        let began = cpuNanoseconds()
        repeated(total: 1_000_000 / (batch == 1 ? 20 : 1), batch: batch) { [self] done in
            connection.send(RedisCommand("PING")) { _ in done() }
        } then: { [self] total in
            report("PING, \(batch) a turn", total, since: began)
            measureCalls(Array(batches.dropFirst()))
        }
    }

    private func measureScripts(_ batches: [Int]) {
        guard let batch = batches.first else { return measureMessages([16, 256]) }
        let began = cpuNanoseconds()
        repeated(total: 300_000 / (batch == 1 ? 10 : 1), batch: batch) { [self] done in
            connection.evaluate(append, scriptCall()) { _ in done() }
        } then: { [self] total in
            report("script call, built, sent, answered, \(batch) a turn", total, since: began)
            measureScripts(Array(batches.dropFirst()))
        }
    }

    /// Publishing is paid for by a child's Redis: a script publishes a whole batch.
    private func measureMessages(_ batches: [Int]) {
        guard let batch = batches.first else { return finish() }
        let flood = RedisCommand(
            "EVAL", "for i = 1, \(batch) do redis.call('PUBLISH', 'c', ARGV[1]) end", "0",
            String(decoding: payload, as: UTF8.self))
        let total = 2_000_000 / batch * batch
        var missing = total
        var inBatch = batch
        subscriber.subscribe(Array("c".utf8)) { [self] _ in
            let began = cpuNanoseconds()
            subscriber.onMessage = { [self] _, _ in
                missing -= 1
                inBatch -= 1
                if missing == 0 {
                    report("message received, \(batch) a turn", total, since: began)
                    return measureMessages(Array(batches.dropFirst()))
                }
                if inBatch == 0 {
                    inBatch = batch
                    connection.send(flood) { _ in }
                }
            }
            connection.send(flood) { _ in }
        }
    }

    /// Calls `one` `batch` times a turn until `total` calls are done.
    private func repeated(
        total: Int, batch: Int, _ one: @escaping (_ done: @escaping () -> Void) -> Void,
        then: @escaping (_ total: Int) -> Void
    ) {
        var left = total / batch * batch
        let all = left
        var inBatch = 0
        func fill() {
            inBatch = batch
            for _ in 0..<batch { one(done) }
        }
        func done() {
            left -= 1
            inBatch -= 1
            if left == 0 { return then(all) }
            if inBatch == 0 { fill() }
        }
        fill()
    }

    private func finish() {
        subscriber.stop()
        connection.stop()
        loop.stop()
    }
}

/// Keeps the optimiser from leaving work out.
@inline(never) func consume<Value>(_ value: Value) {}

/// User and system time of this process.
func cpuNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
