// The one loop of a process: sockets, timers, signals, children and Swift jobs all run on its
// thread. Every room above is driven by it; only this room sees libuv.
//
// A turn: due timers fire -> *turn end* -> the loop blocks in poll until something is ready ->
// I/O callbacks -> Swift jobs they made -> next turn. The turn end runs the Swift jobs and posted
// closures that are left and then the hooks (`atTurnEnd`), which write what the turn collected.
import CLibuv
import Glibc
import Synchronization

/// The event loop, and the executor of actors and tasks that live on it.
///
/// `@unchecked Sendable`: everything but `post`, `enqueue` and `isOnLoopThread` is used on the
/// loop's thread only, and every entry checks that.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    let uv: UnsafeMutablePointer<uv_loop_t>
    private let core: CoreHandles
    let inbox: Inbox
    /// The thread inside `run()`; 0 before.
    private let loopThread = Atomic<UInt>(0)
    /// The thread that made the loop: may set things up until `run()` is called.
    private let setUpThread: UInt

    private var wheel: TimerWheel
    private var wheelChanged = false
    private var armedLook: Int64?

    private var hooks: [TurnHook] = []
    private var turnEndRequested = false
    var localWork: [LoopWork] = []
    private var spareWork: [LoopWork] = []

    private var signals: [Int32: SignalWatcher] = [:]
    private var watchers: [ObjectIdentifier: FileWatcher] = [:]
    private var children: [ObjectIdentifier: ChildProcess] = [:]
    private(set) var isClosed = false
    /// Pieces of work on helper threads (`offload`).
    var backgroundWork = 0

    /// Turns so far; grows by one each time the loop is about to block.
    public private(set) var turns: UInt64 = 0
    /// After `run()`: handles that others (WebSockets) left open. 0 when everything ended well.
    public private(set) var handlesLeftOpen = 0

    /// Makes a loop. The calling thread may set it up (watch, schedule...) until `run()`.
    public init() throws(EventLoopError) {
        uv = .allocate(capacity: 1)
        let status = uv_loop_init(uv)
        if status < 0 {
            uv.deallocate()
            throw EventLoopError(operation: .createLoop, code: status)
        }
        core = CoreHandles(uv)
        inbox = Inbox(wakeUp: core.wakeUp)
        setUpThread = UInt(pthread_self())
        wheel = TimerWheel(now: Int64(uv_now(uv)))
        core.start(owner: self)
    }

    deinit {
        if !isClosed { closeEverything() }
    }

    /// Runs on the calling thread until `stop()`, then closes all handles. Once only. Work that is
    /// posted later never runs.
    public func run() {
        let (isFirst, _) = loopThread.compareExchange(
            expected: 0, desired: UInt(pthread_self()), ordering: .sequentiallyConsistent)
        precondition(isFirst, "an event loop runs once")
        uv_run(uv, UV_RUN_DEFAULT)
        takeInbox()
        endTurn()
        closeEverything()
    }

    /// Lets `run()` return after this turn (its hooks still run). Idempotent.
    public func stop() {
        requireLoopThread()
        uv_stop(uv)
    }

    /// `uv_loop_t *`, for WebSockets only.
    public var rawLoop: UnsafeMutableRawPointer { UnsafeMutableRawPointer(uv) }

    // MARK: Threads

    /// Whether the caller is on the loop's thread: the one inside `run()`, before that the one
    /// that made the loop. Any thread may ask. A few nanoseconds.
    public var isOnLoopThread: Bool {
        let owner = loopThread.load(ordering: .relaxed)
        return UInt(pthread_self()) == (owner == 0 ? setUpThread : owner)
    }

    /// Whether the caller is inside `run()`. `localWork` may be touched only then.
    var isInsideRun: Bool { loopThread.load(ordering: .relaxed) == UInt(pthread_self()) }

    func requireLoopThread() {
        precondition(isOnLoopThread, "only the loop's thread may do this")
    }

    /// Runs `work` on the loop's thread, in order of posting, never inside this call. Any thread.
    public nonisolated func post(_ work: @escaping @Sendable () -> Void) {
        add(.closure(work))
    }

    // MARK: Time

    /// Monotonic milliseconds of an unknown origin, read once a turn: two calls in one callback
    /// give the same value. Costs nothing.
    public func nowMilliseconds() -> Int64 {
        Int64(uv_now(uv))
    }

    /// Monotonic microseconds, read now (about 25 ns). Same origin as `nowMilliseconds`.
    public func nowMicroseconds() -> Int64 {
        Int64(uv_hrtime() / 1000)
    }

    /// Calls `body` once, `afterMilliseconds` (1...2^41; less counts as 1) after the beginning of
    /// this turn. Delays of half a second and more are rounded up to the next 10 ms, those of ten
    /// seconds and more to the next quarter of a second, so that many timers share a wake-up, and
    /// the answers to the heartbeats of thousands come together. Timers of the same millisecond
    /// fire in the order of arming. O(1).
    @discardableResult
    public func schedule(afterMilliseconds: Int64, _ body: @escaping () -> Void) -> TimerID {
        requireLoopThread()
        if !isInsideRun { uv_update_time(uv) }
        let now = nowMilliseconds()
        var deadline = now + min(max(afterMilliseconds, 1), TimerWheel.maximumDelay)
        if afterMilliseconds >= 10_000 {
            deadline = (deadline + 249) / 250 * 250
        } else if afterMilliseconds >= 500 {
            deadline = (deadline + 9) / 10 * 10
        }
        wheelChanged = true
        return wheel.insert(deadline: deadline, now: now, body)
    }

    /// Disarms a timer and releases its body. Harmless after it fired. O(1).
    public func cancel(_ id: TimerID) {
        requireLoopThread()
        wheel.cancel(id)
        // An early wake-up for a cancelled timer is harmless; only an empty wheel must not tick.
        if wheel.count == 0 { wheelChanged = true }
    }

    func fireTimers() {
        armedLook = nil
        wheelChanged = true
        let now = nowMilliseconds()
        while let body = wheel.popDue(now: now) { body() }
    }

    private func armTimer() {
        wheelChanged = false
        let look = wheel.nextLook
        if look == armedLook { return }
        armedLook = look
        if let look {
            let delay = UInt64(max(0, look - nowMilliseconds()))
            uv_timer_start(core.timer, timerDidFire, delay, 0)
        } else {
            uv_timer_stop(core.timer)
        }
    }

    // MARK: Turn end

    /// Runs `flush` at the end of each turn, after I/O and Swift jobs and before the loop blocks,
    /// in the order of registration. See `TurnHook.request` for work that comes up meanwhile.
    public func atTurnEnd(_ flush: @escaping () -> Void) -> TurnHook {
        requireLoopThread()
        let hook = TurnHook(loop: self, flush: flush)
        hooks.append(hook)
        return hook
    }

    func requestTurnEnd() {
        turnEndRequested = true
    }

    /// Jobs, then hooks, again while they make each other work (at most eight times, so that I/O
    /// is not starved: then the poll does not block).
    func endTurn() {
        turns &+= 1
        var passes = 0
        repeat {
            turnEndRequested = false
            passes += 1
            runLocalWork()
            // By index: a hook may register or cancel hooks.
            var index = 0
            while index < hooks.count {
                hooks[index].flush?()
                index += 1
            }
        } while (turnEndRequested || !localWork.isEmpty) && passes < 8
        if turnEndRequested || !localWork.isEmpty { inbox.wake() }
        hooks.removeAll { $0.flush == nil }
        if wheelChanged { armTimer() }
    }

    /// Runs Swift jobs and posted closures, with those that they make, up to eight rounds.
    func runLocalWork() {
        var rounds = 0
        while !localWork.isEmpty, rounds < 8 {
            rounds += 1
            swap(&localWork, &spareWork)
            for item in spareWork { perform(item) }
            spareWork.removeAll(keepingCapacity: spareWork.count < 4096)
        }
    }

    /// Moves what other threads sent to the loop's own list.
    func takeInbox() {
        if localWork.isEmpty {
            inbox.takeAll(into: &localWork)
        } else {
            var others: [LoopWork] = []
            inbox.takeAll(into: &others)
            localWork.append(contentsOf: others)
        }
    }

    // MARK: Signals, descriptors, children

    /// Calls `handler` on the loop whenever signal `number` arrives; a second call for the same
    /// number replaces the handler. Precondition: a number that can be caught.
    public func onSignal(_ number: Int32, _ handler: @escaping () -> Void) {
        requireLoopThread()
        if let known = signals[number] {
            known.handler = handler
            return
        }
        do throws(EventLoopError) {
            signals[number] = try SignalWatcher(uv: uv, number: number, handler)
        } catch {
            preconditionFailure("signal \(number): \(error)")
        }
    }

    /// Watches a descriptor, which becomes non-blocking. Throws for descriptors that cannot be
    /// polled (regular files, closed numbers) or are being watched already.
    public func watch(
        descriptor: Int32, _ events: FileEvents, _ handler: @escaping (FileEvents) -> Void
    ) throws(EventLoopError) -> FileWatcher {
        requireLoopThread()
        return try FileWatcher(loop: self, descriptor: descriptor, events, handler)
    }

    /// Starts a program; `onExit` gets its exit status, or the signal that ended it (else 0),
    /// exactly once unless the loop ends first.
    public func spawn(
        _ child: ChildSpecification, onExit: @escaping (_ status: Int64, _ signal: Int32) -> Void
    ) throws(EventLoopError) -> ChildProcess {
        requireLoopThread()
        return try ChildProcess(loop: self, child, onExit: onExit)
    }

    func remember(_ watcher: FileWatcher) { watchers[ObjectIdentifier(watcher)] = watcher }
    func forget(_ watcher: FileWatcher) { watchers[ObjectIdentifier(watcher)] = nil }
    func remember(_ child: ChildProcess) { children[ObjectIdentifier(child)] = child }
    func forget(_ child: ChildProcess) { children[ObjectIdentifier(child)] = nil }

    // MARK: The end

    /// Descriptors, children and signals first, then our own handles; then the loop turns until
    /// their close callbacks ran. What others left open is counted, and its loop leaked.
    private func closeEverything() {
        isClosed = true
        for watcher in Array(watchers.values) { watcher.close() }
        for child in Array(children.values) { child.release() }
        for signal in signals.values { signal.close() }
        signals = [:]
        while backgroundWork > 0 { uv_run(uv, UV_RUN_ONCE) }
        inbox.close()
        core.close()
        for _ in 0..<16 where uv_run(uv, UV_RUN_NOWAIT) != 0 {}
        if uv_loop_close(uv) == 0 {
            core.deallocate()
            uv.deallocate()
        } else {
            uv_walk(uv, countHandle, &handlesLeftOpen)
        }
        for hook in hooks { hook.drop() }
        hooks = []
        wheel = TimerWheel(now: 0)
    }
}
