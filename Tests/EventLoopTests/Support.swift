// What the loop's tests share.
import Glibc
import Synchronization

/// Collects values from any thread.
final class Recorder<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    func add(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
    var count: Int { values.withLock { $0.count } }
}

/// A pipe that is closed with the object.
final class Pipe {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw PipeError() }
        reading = ends[0]
        writing = ends[1]
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// What was written so far, at most a kilobyte.
    func readText() -> String {
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = Glibc.read(reading, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        precondition(Glibc.write(writing, bytes, bytes.count) == bytes.count)
    }
}

struct PipeError: Error {}

/// Runs `body` on a thread of its own, not of Swift's pool.
func onNewThread(_ body: @escaping @Sendable () -> Void) {
    final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let status = pthread_create(
        &thread, nil,
        { data in
            if let data { Unmanaged<Work>.fromOpaque(data).takeRetainedValue().body() }
            return nil
        }, Unmanaged.passRetained(Work(body)).toOpaque())
    precondition(status == 0, "no thread")
    pthread_detach(thread)
}
