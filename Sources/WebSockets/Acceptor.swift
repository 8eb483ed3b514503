// Takes new connections from one listener at a bounded pace. Owned by `WebSocketServer`.
import CLibwebsockets
import EventLoop
import Glibc

/// Accepts at most a budget per turn, stops when told, and rests for a moment when the process is
/// out of descriptors (the library's own listener would spin on that).
final class Acceptor {
    /// Milliseconds of rest after the system refused a descriptor or memory.
    private static let restMilliseconds: Int64 = 100

    private let loop: EventLoop
    private let listener: ListenerSocket
    private let budget: Int
    /// Takes over the descriptor, whatever comes of it.
    private let take: (Int32) -> Void
    /// Whether there is room for one more handshake.
    private let mayAccept: () -> Bool
    private let systemIsFull: () -> Void
    private var watcher: FileWatcher?
    private var isWatching = false
    private var rest: TimerID?

    init(
        loop: EventLoop, listener: ListenerSocket, budget: Int,
        mayAccept: @escaping () -> Bool, systemIsFull: @escaping () -> Void,
        take: @escaping (Int32) -> Void
    ) {
        self.loop = loop
        self.listener = listener
        self.budget = budget
        self.mayAccept = mayAccept
        self.systemIsFull = systemIsFull
        self.take = take
    }

    /// Begins, or goes on after `pause`. Idempotent.
    func resume() throws(EventLoopError) {
        guard !isWatching, rest == nil else { return }
        isWatching = true
        if let watcher {
            watcher.change(.readable)
        } else {
            watcher = try loop.watch(descriptor: listener.descriptor, .readable) {
                [unowned self] _ in acceptSome()
            }
        }
    }

    /// New connections wait in the kernel's queue. Idempotent.
    func pause() {
        if let rest { loop.cancel(rest) }
        rest = nil
        stopWatching()
    }

    private func stopWatching() {
        guard isWatching else { return }
        isWatching = false
        watcher?.change([])
    }

    /// Ends for good and closes the listener.
    func close() {
        pause()
        watcher?.stop()
        watcher = nil
        listener.close()
    }

    private func acceptSome() {
        for _ in 0..<budget {
            guard isWatching, mayAccept() else { return }
            let descriptor = chat_accept(listener.descriptor)
            if descriptor >= 0 {
                take(descriptor)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED, EPROTO: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return restForAMoment()
            default: return
            }
        }
    }

    private func restForAMoment() {
        systemIsFull()
        stopWatching()
        rest = loop.schedule(afterMilliseconds: Self.restMilliseconds) { [weak self] in
            guard let self else { return }
            rest = nil
            isWatching = true
            watcher?.change(.readable)
        }
    }
}
