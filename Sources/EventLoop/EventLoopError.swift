// What can go wrong when the loop is asked for something of the operating system. Thrown by
// `EventLoop`'s initialiser, `watch` and `spawn`; everything else cannot fail.
import CLibuv

/// A refused request to libuv or the kernel.
public struct EventLoopError: Error, Equatable, CustomStringConvertible {
    /// What was asked for.
    public enum Operation: String, Sendable {
        case createLoop, watchDescriptor, watchSignal, spawnChild, createTimer
    }

    /// What was asked for.
    public let operation: Operation
    /// libuv's error number: the negated errno (`-EBADF`, `-ENOENT`, ...).
    public let code: Int32

    /// libuv's short name and text of `code`, for logs.
    public var description: String {
        let name = String(cString: uv_err_name(code))
        let text = String(cString: uv_strerror(code))
        return "\(operation.rawValue): \(name) (\(text))"
    }

    /// Throws when `status`, an answer of libuv, is negative.
    static func check(_ status: Int32, _ operation: Operation) throws(EventLoopError) {
        if status < 0 { throw EventLoopError(operation: operation, code: status) }
    }
}
