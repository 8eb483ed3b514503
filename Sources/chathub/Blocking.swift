/// Awaits one thing from a command that has nothing else to do. The main thread stays the command's
/// own: a hub's children are tied to the life of the thread that started them (prctl(2)).
import Dispatch

enum Blocking {
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let done = DispatchSemaphore(value: 0)
        let box = Box<Value>()
        Task.detached {
            do {
                box.outcome = .success(try await work())
            } catch {
                box.outcome = .failure(error)
            }
            done.signal()
        }
        done.wait()
        guard let outcome = box.outcome else { preconditionFailure("signalled without an outcome") }
        return try outcome.get()
    }

    /// `@unchecked Sendable`: written before the semaphore is signalled, read after it was waited for.
    private final class Box<Value: Sendable>: @unchecked Sendable {
        var outcome: Result<Value, any Error>?
    }
}
