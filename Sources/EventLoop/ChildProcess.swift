// Starting and watching other programs: the private Redis and the worker processes of HubServer.
// Made by `EventLoop.spawn`.
import CLibuv
import Glibc

/// What to start, and what the child gets of us.
public struct ChildSpecification: Sendable {
    /// The program: a path, or a name looked up in PATH.
    public var executable: String
    /// What the child finds as its own name, and `ps` shows; nil: `executable`.
    public var shownName: String?
    /// Arguments after the program's own name.
    public var arguments: [String]
    /// The child's whole environment; nil hands on ours.
    public var environment: [String: String]?
    /// Number in the child -> our descriptor. Standard streams that are not listed are /dev/null;
    /// no other descriptor is handed on by number (ours are close-on-exec).
    public var descriptors: [Int32: Int32]
    /// Where the child starts; nil: where we are.
    public var workingDirectory: String?
    /// True: a session and process group of its own, so that Ctrl-C does not reach it.
    public var ownProcessGroup: Bool

    public init(
        executable: String, shownName: String? = nil, arguments: [String] = [],
        environment: [String: String]? = nil, descriptors: [Int32: Int32] = [1: 1, 2: 2],
        workingDirectory: String? = nil, ownProcessGroup: Bool = false
    ) {
        self.executable = executable
        self.shownName = shownName
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        self.workingDirectory = workingDirectory
        self.ownProcessGroup = ownProcessGroup
    }
}

/// A started program. It keeps running when the loop ends: whoever started it ends it.
///
/// `@unchecked Sendable`: used on the loop's thread only; every entry checks.
public final class ChildProcess: @unchecked Sendable {
    /// The child's process id; may be somebody else's after it exited.
    public private(set) var pid: Int32 = 0
    /// True until its exit was reported.
    public private(set) var isRunning = false

    private let loop: EventLoop
    private var handle: UnsafeMutablePointer<uv_process_t>?
    private var onExit: ((_ status: Int64, _ signal: Int32) -> Void)?

    init(
        loop: EventLoop, _ specification: ChildSpecification,
        onExit: @escaping (_ status: Int64, _ signal: Int32) -> Void
    ) throws(EventLoopError) {
        self.loop = loop
        self.onExit = onExit
        let handle = UnsafeMutablePointer<uv_process_t>.allocate(capacity: 1)
        handle.initialize(to: uv_process_t())
        // The handle owns the child object until its close callback.
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let status = startChild(loop.uv, handle, specification)
        if status < 0 {
            // libuv counts the handle as made even when the start failed: it has to be closed.
            uv_close(handleBase(handle), childDidClose)
            throw EventLoopError(operation: .spawnChild, code: status)
        }
        self.handle = handle
        pid = handle.pointee.pid
        isRunning = true
        loop.remember(self)
    }

    /// Sends a signal; false when the child has exited. Never hits a stranger with a reused id.
    @discardableResult
    public func kill(_ signal: Int32) -> Bool {
        loop.requireLoopThread()
        guard isRunning, let handle else { return false }
        return uv_process_kill(handle, signal) == 0
    }

    fileprivate func didExit(_ status: Int64, _ signal: Int32) {
        isRunning = false
        let report = onExit
        release()
        report?(status, signal)
    }

    /// Stops watching the child, at its exit or at the loop's end.
    func release() {
        guard let handle else { return }
        self.handle = nil
        onExit = nil
        loop.forget(self)
        uv_close(handleBase(handle), childDidClose)
    }
}

/// Translates the specification and calls `uv_spawn`, which copies nothing it keeps.
private func startChild(
    _ uv: UnsafeMutablePointer<uv_loop_t>, _ handle: UnsafeMutablePointer<uv_process_t>,
    _ specification: ChildSpecification
) -> Int32 {
    var options = uv_process_options_t()
    options.exit_cb = childDidExit
    options.flags = specification.ownProcessGroup ? UInt32(UV_PROCESS_DETACHED.rawValue) : 0
    let count = max(3, (specification.descriptors.keys.max() ?? -1) + 1)
    var streams = [uv_stdio_container_t](repeating: uv_stdio_container_t(), count: Int(count))
    for (number, descriptor) in specification.descriptors {
        streams[Int(number)].flags = UV_INHERIT_FD
        streams[Int(number)].data.fd = descriptor
    }
    options.stdio_count = count
    let environment = specification.environment?.map { "\($0.key)=\($0.value)" }
    let name = specification.shownName ?? specification.executable
    return withCStrings([name] + specification.arguments) { arguments in
        withCStrings(environment ?? []) { variables in
            withCStrings([specification.executable]) { file in
                options.file = UnsafePointer(file[0])
                options.args = arguments
                options.env = environment == nil ? nil : variables
                return spawn(uv, handle, &options, &streams, in: specification.workingDirectory)
            }
        }
    }
}

private func spawn(
    _ uv: UnsafeMutablePointer<uv_loop_t>, _ handle: UnsafeMutablePointer<uv_process_t>,
    _ options: inout uv_process_options_t, _ streams: inout [uv_stdio_container_t],
    in folder: String?
) -> Int32 {
    streams.withUnsafeMutableBufferPointer { streams in
        options.stdio = streams.baseAddress
        guard let folder else { return uv_spawn(uv, handle, &options) }
        return folder.withCString { folder in
            options.cwd = folder
            return uv_spawn(uv, handle, &options)
        }
    }
}

/// A NULL-terminated array of C strings, valid during the call.
private func withCStrings<Answer>(
    _ strings: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Answer
) -> Answer {
    var copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeMutableBufferPointer { buffer in
        // The array is never empty (it ends with nil), so it has an address.
        guard let base = buffer.baseAddress else { preconditionFailure("no storage") }
        return body(base)
    }
}

private func childDidExit(
    _ handle: UnsafeMutablePointer<uv_process_t>?, _ status: Int64, _ signal: Int32
) {
    guard let data = handle?.pointee.data else { return }
    Unmanaged<ChildProcess>.fromOpaque(data).takeUnretainedValue().didExit(status, signal)
}

private func childDidClose(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    guard let handle, let data = handle.pointee.data else { return }
    Unmanaged<ChildProcess>.fromOpaque(data).release()
    UnsafeMutableRawPointer(handle).deallocate()
}
