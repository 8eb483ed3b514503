// What other threads hand to the loop: closures and Swift jobs. Used by `EventLoop.post` and
// `EventLoop.enqueue`; the loop's wake-up callback empties it.
import CLibuv
import Synchronization

/// One piece of work for the loop's thread.
enum LoopWork: Sendable {
    case closure(@Sendable () -> Void)
    case job(UnownedJob)
}

/// A list guarded by a mutex, with the handle that wakes the loop. The handle is only touched
/// under the mutex and only while open, so that a late `add` cannot meet a closed handle.
///
/// `@unchecked Sendable`: the list is guarded by the mutex, the handle by libuv, whose
/// `uv_async_send` is the one function that may be called from any thread.
final class Inbox: @unchecked Sendable {
    private struct Contents {
        var work: [LoopWork] = []
        var isOpen = true
    }

    private let contents = Mutex(Contents())
    private let wakeUp: UnsafeMutablePointer<uv_async_t>

    init(wakeUp: UnsafeMutablePointer<uv_async_t>) {
        self.wakeUp = wakeUp
    }

    /// Adds work and wakes the loop if nobody did yet. Work that comes after `close` is kept but
    /// never runs (a Swift job may not be thrown away).
    func add(_ item: LoopWork) {
        contents.withLock { contents in
            contents.work.append(item)
            if contents.work.count == 1, contents.isOpen { uv_async_send(wakeUp) }
        }
    }

    /// Takes everything out, leaving `spare`'s storage behind for reuse.
    func takeAll(into spare: inout [LoopWork]) {
        contents.withLock { contents in swap(&contents.work, &spare) }
    }

    /// Makes the coming poll return at once.
    func wake() {
        contents.withLock { contents in
            if contents.isOpen { uv_async_send(wakeUp) }
        }
    }

    /// From now on the handle is not touched any more.
    func close() {
        contents.withLock { contents in contents.isOpen = false }
    }
}
