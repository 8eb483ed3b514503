// Work that is done once at the end of each loop turn, such as writing what was collected during
// the turn. Made by `EventLoop.atTurnEnd`.

/// A registered end-of-turn action.
///
/// `@unchecked Sendable`: used on the loop's thread only; every entry checks.
public final class TurnHook: @unchecked Sendable {
    private let loop: EventLoop
    private(set) var flush: (() -> Void)?

    init(loop: EventLoop, flush: @escaping () -> Void) {
        self.loop = loop
        self.flush = flush
    }

    /// Call it when there is something to flush. All hooks run at every turn's end anyway; this
    /// covers work that comes up while they are running (one hook's flush gives work to an earlier
    /// one): they then run once more before the loop blocks. Costs one store.
    public func request() {
        loop.requestTurnEnd()
    }

    /// The hook never runs again; the loop drops it at the next turn end. Idempotent.
    public func cancel() {
        loop.requireLoopThread()
        drop()
    }

    /// Releases the closure: also at the loop's end, so that a hook that holds itself goes too.
    func drop() {
        flush = nil
    }
}
