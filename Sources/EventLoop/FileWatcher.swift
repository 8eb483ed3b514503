// Watching a descriptor for readiness. Made by `EventLoop.watch`; used by Redis for its sockets and
// by WebSockets for its listeners.
import CLibuv

/// What a watched descriptor is ready for.
public struct FileEvents: OptionSet, Sendable, Hashable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Reading (or accepting) does not block; also at the end of the stream.
    public static let readable = FileEvents(rawValue: 1)
    /// Writing does not block; also when a connect has ended, well or badly.
    public static let writable = FileEvents(rawValue: 2)
    /// The peer has closed its writing side.
    public static let disconnected = FileEvents(rawValue: 4)
    /// The descriptor is in error (a refused connect, a reset). Delivered unasked and alone; the
    /// watcher is then dormant until `change`. `SO_ERROR` has the reason.
    public static let failed = FileEvents(rawValue: 1 << 16)
}

/// An active watch. It lives until `stop()` or until the loop ends, whoever keeps it.
///
/// `@unchecked Sendable`: used on the loop's thread only; every entry checks.
public final class FileWatcher: @unchecked Sendable {
    /// The watched descriptor. The watcher does not own it: call `stop()` first, then close it.
    public let descriptor: Int32

    private let loop: EventLoop
    private var handle: UnsafeMutablePointer<uv_poll_t>?
    private var handler: ((FileEvents) -> Void)?

    init(
        loop: EventLoop, descriptor: Int32, _ events: FileEvents,
        _ handler: @escaping (FileEvents) -> Void
    ) throws(EventLoopError) {
        self.loop = loop
        self.descriptor = descriptor
        self.handler = handler
        let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
        let status = uv_poll_init(loop.uv, handle, descriptor)
        if status < 0 {
            handle.deallocate()
            throw EventLoopError(operation: .watchDescriptor, code: status)
        }
        self.handle = handle
        // The handle owns the watcher until its close callback.
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        loop.remember(self)
        change(events)
    }

    /// Watches for `events` from now on; an empty set pauses. Costs one system call in the next
    /// poll when the set differs.
    public func change(_ events: FileEvents) {
        loop.requireLoopThread()
        guard let handle else { return }
        let mask = events.intersection([.readable, .writable, .disconnected]).rawValue
        let status =
            mask == 0 ? uv_poll_stop(handle) : uv_poll_start(handle, mask, fileWatcherIsReady)
        precondition(status == 0, "uv_poll_start refuses a live handle only")
    }

    /// Ends the watch; the handler is not called again and is released. Idempotent.
    public func stop() {
        guard handle != nil else { return }
        loop.requireLoopThread()
        close()
    }

    /// `stop` without the check, for the loop's own end.
    func close() {
        guard let handle else { return }
        self.handle = nil
        handler = nil
        loop.forget(self)
        uv_poll_stop(handle)
        uv_close(handleBase(handle), fileWatcherDidClose)
    }

    fileprivate func deliver(_ events: FileEvents) {
        handler?(events)
    }
}

private func fileWatcherIsReady(
    _ handle: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32
) {
    guard let data = handle?.pointee.data else { return }
    let watcher = Unmanaged<FileWatcher>.fromOpaque(data).takeUnretainedValue()
    watcher.deliver(status < 0 ? .failed : FileEvents(rawValue: events))
}

private func fileWatcherDidClose(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    guard let handle, let data = handle.pointee.data else { return }
    Unmanaged<FileWatcher>.fromOpaque(data).release()
    UnsafeMutableRawPointer(handle).deallocate()
}
