// The loop as an executor: actors and tasks whose jobs run on the loop's thread. It is both kinds
// of executor, because a serial executor alone lets a resumed continuation pass over the global
// pool first.

extension EventLoop {
    /// Takes a Swift job from any thread. One made on the loop's thread runs in the same turn.
    public func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    /// The loop as the executor of an actor (`unownedExecutor`).
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Traps unless the caller is on the loop's thread. `assumeIsolated` of actors on this loop
    /// relies on it when entered from a C callback.
    public func checkIsolated() {
        precondition(isOnLoopThread, "not on the event loop's thread")
    }

    /// What `checkIsolated` would find, without the trap.
    public func isIsolatingCurrentContext() -> Bool? {
        isOnLoopThread
    }

    func add(_ item: LoopWork) {
        if isInsideRun { localWork.append(item) } else { inbox.add(item) }
    }

    func perform(_ item: LoopWork) {
        switch item {
        case .closure(let work): work()
        case .job(let job):
            job.runSynchronously(
                isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        }
    }
}
