// Work that would block the loop (files and their fsync) runs on libuv's helper threads, of which
// there are four in a process; its result comes back to the loop. Used by HubServer's files.
import CLibuv

extension EventLoop {
    /// Runs `work` on a helper thread and then `then` on the loop with its value. Pieces of work
    /// may overtake each other: begin the next in `then` where their order matters. When the loop
    /// ends, what is under way is waited for, and its `then` is not called.
    public func offload<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value, then: @escaping (Value) -> Void
    ) {
        requireLoopThread()
        let outcome = Outcome<Value>()
        let piece = BackgroundWork(
            loop: self, work: { outcome.value = work() },
            then: {
                guard let value = outcome.value else { preconditionFailure("it has not run") }
                then(value)
            })
        backgroundWork += 1
        piece.request.pointee.data = Unmanaged.passRetained(piece).toOpaque()
        let status = uv_queue_work(uv, piece.request, workOnHelperThread, workDidEnd)
        precondition(status == 0, "libuv refuses only work without a function")
    }
}

/// `@unchecked Sendable`: the helper thread writes before `uv_queue_work` hands it back to the
/// loop's thread, which reads afterwards.
private final class Outcome<Value>: @unchecked Sendable {
    var value: Value?
}

/// One piece on its way; libuv holds the one reference until its end.
final class BackgroundWork {
    let request = UnsafeMutablePointer<uv_work_t>.allocate(capacity: 1)
    fileprivate let work: () -> Void
    private let loop: EventLoop
    private let then: () -> Void

    fileprivate init(loop: EventLoop, work: @escaping () -> Void, then: @escaping () -> Void) {
        self.loop = loop
        self.work = work
        self.then = then
    }

    fileprivate func end() {
        loop.backgroundWork -= 1
        request.deallocate()
        if !loop.isClosed { then() }
    }
}

private func workOnHelperThread(_ request: UnsafeMutablePointer<uv_work_t>?) {
    guard let data = request?.pointee.data else { return }
    Unmanaged<BackgroundWork>.fromOpaque(data).takeUnretainedValue().work()
}

private func workDidEnd(_ request: UnsafeMutablePointer<uv_work_t>?, _ status: Int32) {
    guard let data = request?.pointee.data else { return }
    Unmanaged<BackgroundWork>.fromOpaque(data).takeRetainedValue().end()
}
