/// Awaits one thing from a command that has nothing else to do, on a loop of its own: the main
/// thread stays the command's.
import EventLoop

enum Blocking {
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let loop = try EventLoop()
        let errand = Errand<Value>(loop: loop)
        Task(executorPreference: loop) { await errand.run(work) }
        loop.run()
        return try errand.assumeIsolated { errand in
            guard let outcome = errand.outcome else {
                preconditionFailure("the loop ended before its errand")
            }
            return try outcome.get()
        }
    }

    private actor Errand<Value: Sendable> {
        nonisolated let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        private(set) var outcome: Result<Value, any Error>?

        init(loop: EventLoop) { self.loop = loop }

        func run(_ work: @Sendable () async throws -> Value) async {
            do {
                outcome = .success(try await work())
            } catch {
                outcome = .failure(error)
            }
            loop.stop()
        }
    }
}
