// The four libuv handles every loop has, and the C callbacks that lead from them into `EventLoop`.
// libuv runs the most recently started of two prepare handles first, so there is exactly one of
// each kind and the order of work is fixed in Swift (`EventLoop.endTurn`).
import CLibuv

/// wake-up, timer, prepare (turn end) and check (after I/O). Owned by the loop.
struct CoreHandles {
    let wakeUp = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    let timer = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
    let prepare = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
    let check = UnsafeMutablePointer<uv_check_t>.allocate(capacity: 1)

    /// Of these only the wake-up makes system calls at its creation (an eventfd).
    init(_ uv: UnsafeMutablePointer<uv_loop_t>) {
        let status = uv_async_init(uv, wakeUp, loopWasWoken)
        precondition(status == 0, "no descriptor left for the loop's wake-up")
        uv_timer_init(uv, timer)
        uv_prepare_init(uv, prepare)
        uv_check_init(uv, check)
    }

    /// The handles do not own the loop: it closes them before it goes.
    func start(owner: EventLoop) {
        let data = Unmanaged.passUnretained(owner).toOpaque()
        wakeUp.pointee.data = data
        timer.pointee.data = data
        prepare.pointee.data = data
        check.pointee.data = data
        uv_prepare_start(prepare, loopIsAboutToBlock)
        uv_check_start(check, loopDidPoll)
    }

    func close() {
        uv_close(handleBase(prepare), nil)
        uv_close(handleBase(check), nil)
        uv_close(handleBase(timer), nil)
        uv_close(handleBase(wakeUp), nil)
    }

    /// After the loop was closed.
    func deallocate() {
        wakeUp.deallocate()
        timer.deallocate()
        prepare.deallocate()
        check.deallocate()
    }
}

/// Every libuv handle begins with `uv_handle_t` (libuv's documented layout).
func handleBase<Handle>(_ handle: UnsafeMutablePointer<Handle>) -> UnsafeMutablePointer<uv_handle_t>
{
    UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
}

private func owner(_ data: UnsafeMutableRawPointer?) -> EventLoop? {
    data.map { Unmanaged<EventLoop>.fromOpaque($0).takeUnretainedValue() }
}

private func loopWasWoken(_ handle: UnsafeMutablePointer<uv_async_t>?) {
    owner(handle?.pointee.data)?.takeInbox()
}

private func loopIsAboutToBlock(_ handle: UnsafeMutablePointer<uv_prepare_t>?) {
    owner(handle?.pointee.data)?.endTurn()
}

private func loopDidPoll(_ handle: UnsafeMutablePointer<uv_check_t>?) {
    owner(handle?.pointee.data)?.runLocalWork()
}

func timerDidFire(_ handle: UnsafeMutablePointer<uv_timer_t>?) {
    owner(handle?.pointee.data)?.fireTimers()
}

func countHandle(
    _ handle: UnsafeMutablePointer<uv_handle_t>?, _ count: UnsafeMutableRawPointer?
) {
    count?.assumingMemoryBound(to: Int.self).pointee += 1
}
