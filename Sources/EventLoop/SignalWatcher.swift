// One watched signal number. Made by `EventLoop.onSignal`, which keeps it until the loop ends.
import CLibuv

/// Delivers a signal on the loop's thread. Owned by the loop; not public.
final class SignalWatcher {
    var handler: () -> Void
    private let handle: UnsafeMutablePointer<uv_signal_t>

    init(
        uv: UnsafeMutablePointer<uv_loop_t>, number: Int32, _ handler: @escaping () -> Void
    ) throws(EventLoopError) {
        self.handler = handler
        handle = .allocate(capacity: 1)
        let made = uv_signal_init(uv, handle)
        if made < 0 {
            handle.deallocate()
            throw EventLoopError(operation: .watchSignal, code: made)
        }
        // The handle owns the watcher until its close callback.
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let started = uv_signal_start(handle, signalDidArrive, number)
        if started < 0 {
            close()
            throw EventLoopError(operation: .watchSignal, code: started)
        }
    }

    /// Called once, when the loop ends (or the number was refused).
    func close() {
        uv_close(handleBase(handle), signalWatcherDidClose)
    }
}

private func signalDidArrive(_ handle: UnsafeMutablePointer<uv_signal_t>?, _ number: Int32) {
    guard let data = handle?.pointee.data else { return }
    Unmanaged<SignalWatcher>.fromOpaque(data).takeUnretainedValue().handler()
}

private func signalWatcherDidClose(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    guard let handle, let data = handle.pointee.data else { return }
    Unmanaged<SignalWatcher>.fromOpaque(data).release()
    UnsafeMutableRawPointer(handle).deallocate()
}
