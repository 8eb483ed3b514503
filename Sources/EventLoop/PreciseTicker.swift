// A tick every so many microseconds, where the loop's milliseconds are too coarse: the load client
// sends at planned times with it. The hub itself needs none.
import CLibuv
import Glibc

/// Ticks until `stop()` or until the loop ends. Ticks that come late are told as one.
///
/// `@unchecked Sendable`: used on the loop's thread only; the watcher it stands on checks.
public final class PreciseTicker: @unchecked Sendable {
    private let descriptor: Int32
    private var watcher: FileWatcher?

    /// `body` is called on the loop, for the first time one interval from now. Each tick costs one
    /// wake-up and one system call. `everyMicroseconds`: 50 or more.
    public init(
        _ loop: EventLoop, everyMicroseconds: Int64, _ body: @escaping () -> Void
    ) throws(EventLoopError) {
        precondition(everyMicroseconds >= 50, "a tick that would leave no time for work")
        // TFD_NONBLOCK and TFD_CLOEXEC are O_NONBLOCK and O_CLOEXEC (timerfd_create(2)).
        let descriptor = timerfd_create(CLOCK_MONOTONIC, O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw EventLoopError(operation: .createTimer, code: -errno)
        }
        self.descriptor = descriptor
        let interval = timespec(
            tv_sec: Int(everyMicroseconds / 1_000_000),
            tv_nsec: Int(everyMicroseconds % 1_000_000) * 1000)
        var setting = itimerspec(it_interval: interval, it_value: interval)
        timerfd_settime(descriptor, 0, &setting, nil)
        do {
            watcher = try loop.watch(descriptor: descriptor, .readable) { _ in
                // How many ticks were due is no news to anybody; reading makes it quiet again.
                var expirations: UInt64 = 0
                if read(descriptor, &expirations, 8) == 8 { body() }
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// `body` is not called again and is released. Idempotent.
    public func stop() {
        guard let watcher else { return }
        self.watcher = nil
        watcher.stop()
        close(descriptor)
    }

    deinit { stop() }
}
