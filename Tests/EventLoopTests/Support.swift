// What the loop's tests share.
import Glibc
import Synchronization

/// Collects values from any thread.
final class Recorder<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    func add(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
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

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        precondition(Glibc.write(writing, bytes, bytes.count) == bytes.count)
    }
}

struct PipeError: Error {}
