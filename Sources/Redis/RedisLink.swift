// One socket to Redis and its life: find the address, connect, carry bytes both ways, notice the
// end, try again with back-off. Used by `RedisConnection` and `RedisSubscriber`, which give the
// bytes a meaning.
import EventLoop
import Glibc

/// Who owns a link; called on the loop's thread.
protocol RedisLinkOwner: AnyObject {
    /// An attempt to connect begins.
    func linkWillConnect()
    /// The socket is connected: write the greeting, and call `greeted` when it is answered.
    func linkDidOpen()
    /// Bytes have come; valid during the call.
    func linkDidRead(_ bytes: UnsafeRawBufferPointer)
    /// The socket is gone (or never came); the next attempt is already planned.
    func linkDidFail(_ failure: RedisFailure, detail: String)
    /// The turn ends: add what should leave now.
    func linkWillFlush()
}

/// Used on the loop's thread only (its owners check).
final class RedisLink {
    private enum Phase { case stopped, waiting, resolving, connecting, open }

    /// Bytes to take from the kernel at a time; the reader gets them in smaller feeds.
    private static let readBytes = 64 << 10

    weak var owner: (any RedisLinkOwner)?
    let loop: EventLoop
    let endpoint: RedisEndpoint
    let options: RedisOptions
    var outbox = Outbox()
    private(set) var statistics = RedisLinkStatistics()
    /// When bytes came last; `nowMilliseconds` of the loop.
    private(set) var lastHeardMilliseconds: Int64 = 0
    /// When the bytes being handled came; `nowMicroseconds` of the loop.
    private(set) var readMicroseconds: Int64 = 0

    private var phase = Phase.stopped
    /// Names the present attempt: late events of an earlier one are ignored.
    private var attempt: UInt64 = 0
    private var failuresInARow = 0
    private var addresses: ArraySlice<SocketAddress> = []
    private var descriptor: Int32 = -1
    private var watcher: FileWatcher?
    private var waitsForWritable = false
    private var timer: TimerID?
    private var hook: TurnHook?
    private let scratch: UnsafeMutableRawBufferPointer

    init(loop: EventLoop, endpoint: RedisEndpoint, options: RedisOptions) {
        self.loop = loop
        self.endpoint = endpoint
        self.options = options
        scratch = .allocate(byteCount: Self.readBytes, alignment: 16)
    }

    deinit {
        closeDescriptor()
        scratch.deallocate()
    }

    var isOpen: Bool { phase == .open }
    var isStopped: Bool { phase == .stopped }

    func start() {
        guard phase == .stopped else { return }
        failuresInARow = 0
        begin()
    }

    /// Closes the socket; the owner is not told. Idempotent.
    func stop() {
        phase = .stopped
        close()
    }

    /// Asks for the turn end to come (again) before the loop blocks.
    func requestFlush() {
        if hook == nil { hook = makeHook() }
        hook?.request()
    }

    /// The hook ends itself when the link is gone.
    private func makeHook() -> TurnHook {
        var made: TurnHook?
        let hook = loop.atTurnEnd { [weak self] in
            if let self { self.endTurn() } else { made?.cancel() }
        }
        made = hook
        return hook
    }

    /// The greeting was answered: the attempt has succeeded.
    func greeted() {
        failuresInARow = 0
        cancelTimer()
    }

    /// Gives the socket up and plans the next attempt.
    func fail(_ failure: RedisFailure, detail: String) {
        guard phase != .stopped, phase != .waiting else { return }
        close()
        phase = .waiting
        statistics.failures += 1
        let longest = min(
            options.longestBackoffMilliseconds,
            options.firstBackoffMilliseconds << Int64(min(failuresInARow, 20)))
        failuresInARow += 1
        // Full jitter: nodes that lost the same Redis do not come back in step.
        let delay = Int64.random(in: 1...max(1, longest))
        timer = loop.schedule(afterMilliseconds: delay) { [weak self] in self?.begin() }
        owner?.linkDidFail(failure, detail: detail)
    }

    // MARK: Connecting

    private func begin() {
        attempt &+= 1
        phase = .resolving
        statistics.attempts += 1
        owner?.linkWillConnect()
        guard phase == .resolving else { return }
        let current = attempt
        timer = loop.schedule(afterMilliseconds: options.connectDeadlineMilliseconds) {
            [weak self] in
            self?.timer = nil
            self?.fail(.deadline, detail: "no answer while connecting")
        }
        switch endpoint.address {
        case .unix(let path):
            addresses = SocketAddress(unixPath: path).map { [$0] } ?? []
            connectToNext(lastErrno: ENAMETOOLONG)
        case .tcp(let host, let port):
            if let address = SocketAddress(numericHost: host, port: port) {
                addresses = [address]
                return connectToNext(lastErrno: 0)
            }
            loop.resolve(host: host, port: port) { [weak self] found in
                guard let self, self.attempt == current, self.phase == .resolving else { return }
                self.addresses = found[...]
                self.connectToNext(lastErrno: EHOSTUNREACH)
            }
        }
    }

    /// Tries the next address of the name; when none is left, the attempt has failed.
    private func connectToNext(lastErrno: Int32) {
        guard let address = addresses.popFirst() else {
            return fail(.notConnected, detail: "cannot connect: \(errorText(lastErrno))")
        }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { return connectToNext(lastErrno: errno) }
        if address.family != AF_UNIX {
            var on: Int32 = 1
            let size = socklen_t(MemoryLayout.size(ofValue: on))
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
        }
        let status = address.withRawAddress { raw in
            connect(
                descriptor, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(raw.count))
        }
        if status != 0, errno != EINPROGRESS {
            let reason = errno
            closeDescriptor()
            return connectToNext(lastErrno: reason)
        }
        phase = .connecting
        let current = attempt
        do throws(EventLoopError) {
            watcher = try loop.watch(descriptor: descriptor, .writable) { [weak self] events in
                guard let self, self.attempt == current else { return }
                self.didBecomeReady(events)
            }
        } catch {
            fail(.notConnected, detail: "cannot watch the socket: \(error)")
        }
    }

    private func finishConnecting() {
        let reason = socketError()
        if reason != 0 {
            closeDescriptor()
            phase = .resolving
            return connectToNext(lastErrno: reason)
        }
        phase = .open
        watcher?.change(.readable)
        lastHeardMilliseconds = loop.nowMilliseconds()
        owner?.linkDidOpen()
    }

    private func socketError() -> Int32 {
        var reason: Int32 = 0
        var size = socklen_t(MemoryLayout.size(ofValue: reason))
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &reason, &size)
        return reason
    }

    // MARK: Carrying bytes

    private func didBecomeReady(_ events: FileEvents) {
        if phase == .connecting { return finishConnecting() }
        if events.contains(.failed) {
            // What came before the error still counts: read it; then the socket tells its end.
            let current = attempt
            let reason = errorText(socketError())
            readAvailable()
            if attempt == current { fail(.connectionLost, detail: "socket error: \(reason)") }
            return
        }
        if events.contains(.writable) {
            waitsForWritable = false
            watcher?.change(.readable)
            flush()
        }
        if events.contains(.readable) { readAvailable() }
    }

    /// Reads until the socket is empty, at most 256 KB, so that one busy Redis does not starve
    /// the other descriptors of the turn.
    func readAvailable() {
        let current = attempt
        for _ in 0..<4 where phase == .open && attempt == current {
            let count = recv(descriptor, scratch.baseAddress, scratch.count, 0)
            if count > 0 {
                statistics.bytesRead += count
                lastHeardMilliseconds = loop.nowMilliseconds()
                readMicroseconds = loop.nowMicroseconds()
                deliver(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
                if count < scratch.count { return }
            } else if count == 0 {
                return fail(.connectionLost, detail: "closed by Redis")
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                return fail(.connectionLost, detail: "read: \(errorText(errno))")
            }
        }
    }

    private func deliver(_ bytes: UnsafeRawBufferPointer) {
        let current = attempt
        var rest = bytes[...]
        while !rest.isEmpty, phase == .open, attempt == current {
            let feed = rest.prefix(RawReader.feedBytes)
            owner?.linkDidRead(UnsafeRawBufferPointer(rebasing: feed))
            rest = rest[feed.endIndex...]
        }
    }

    private func endTurn() {
        owner?.linkWillFlush()
        if outbox.count > 0, phase == .open, !waitsForWritable { flush() }
    }

    private func flush() {
        guard outbox.count > 0, phase == .open else { return }
        let taken = outbox.write(to: descriptor)
        statistics.writes += 1
        if taken >= 0 {
            statistics.bytesWritten += taken
        } else if taken != -Int(EAGAIN), taken != -Int(EINTR) {
            let current = attempt
            readAvailable()
            if attempt == current {
                fail(.connectionLost, detail: "write: \(errorText(Int32(-taken)))")
            }
            return
        }
        if outbox.count > 0 {
            waitsForWritable = true
            watcher?.change([.readable, .writable])
        }
    }

    // MARK: Closing

    private func close() {
        attempt &+= 1
        cancelTimer()
        closeDescriptor()
        addresses = []
        outbox.removeAll()
    }

    private func closeDescriptor() {
        watcher?.stop()
        watcher = nil
        waitsForWritable = false
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private func cancelTimer() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }
}

/// Counted by a link since it was made.
struct RedisLinkStatistics {
    var attempts = 0
    var failures = 0
    var writes = 0
    var bytesWritten = 0
    var bytesRead = 0
}

private func errorText(_ number: Int32) -> String {
    String(cString: strerror(number))
}
