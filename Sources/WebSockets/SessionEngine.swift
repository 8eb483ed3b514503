// What all sessions of one server or client share: limits, counters, the frame buffer, the list of
// sessions that have something to write this turn. Owned by `WebSocketServer`/`WebSocketClient`.
import CLibwebsockets
import EventLoop

/// Loop thread only; sessions check on every public entry.
final class SessionEngine {
    let loop: EventLoop
    let limits: WebSocketLimits
    let closeCodes: WebSocketCloseCodes
    let acceptsBinary: Bool
    /// Never over TLS: a write there may need a read first.
    let writesDirectly: Bool
    let isClient: Bool
    /// Let go at shut-down, after the last `closed`.
    var handler: (any WebSocketHandler)?
    var library: LibraryContext?
    var statistics = WebSocketStatistics()
    let frame: FrameBuffer

    private var dirty: [WebSocketSession] = []
    private var spare: [WebSocketSession] = []
    private var hook: TurnHook?
    private var needsWake = false

    /// Unfinished messages in the order they began; entries of finished ones are stale.
    private var unfinished: [UnfinishedMark] = []
    private var unfinishedSerial: UInt64 = 0

    private struct UnfinishedMark {
        let session: WebSocketSession
        let serial: UInt64
    }

    init(
        loop: EventLoop, limits: WebSocketLimits, closeCodes: WebSocketCloseCodes,
        acceptsBinary: Bool, writesDirectly: Bool, isClient: Bool, handler: any WebSocketHandler
    ) {
        self.loop = loop
        self.limits = limits
        self.closeCodes = closeCodes
        self.acceptsBinary = acceptsBinary
        self.writesDirectly = writesDirectly
        self.isClient = isClient
        self.handler = handler
        frame = FrameBuffer(
            headRoom: Int(chat_lws_head_room()), capacity: limits.maxFrameOutBytes)
        hook = loop.atTurnEnd { [unowned self] in flush() }
    }

    func requireLoopThread() {
        precondition(loop.isOnLoopThread, "sessions belong to the loop's thread")
    }

    /// The session is looked at once at the end of this turn.
    func noteDirty(_ session: WebSocketSession) {
        dirty.append(session)
        hook?.request()
    }

    /// See `LibraryContext.wake`; once a turn however often it is asked for.
    func wakeLibrary() {
        needsWake = true
        hook?.request()
    }

    private func flush() {
        if !dirty.isEmpty {
            swap(&dirty, &spare)
            for session in spare { session.flushAtTurnEnd() }
            spare.removeAll(keepingCapacity: spare.count < 4_096)
        }
        if needsWake {
            needsWake = false
            library?.wake()
        }
    }

    // MARK: Unfinished messages

    /// A message began that did not come in one piece; the number names it.
    func unfinishedBegan(_ session: WebSocketSession) -> UInt64 {
        unfinishedSerial += 1
        if unfinished.count >= 64, unfinished.count > statistics.connections * 2 {
            unfinished.removeAll { $0.session.unfinishedSerial != $0.serial }
        }
        unfinished.append(UnfinishedMark(session: session, serial: unfinishedSerial))
        return unfinishedSerial
    }

    /// Bytes held by unfinished messages changed. Over the limit the oldest message goes.
    func unfinishedChanged(by bytes: Int) {
        statistics.unfinishedBytes += bytes
        while statistics.unfinishedBytes > limits.maxUnfinishedBytesTotal,
            let mark = unfinished.first
        {
            unfinished.removeFirst()
            if mark.session.unfinishedSerial == mark.serial {
                mark.session.giveUpUnfinished("too much unfinished input")
            }
        }
    }

    /// After the context is gone.
    func end() {
        hook?.cancel()
        hook = nil
        dirty = []
        unfinished = []
        handler = nil
        library = nil
    }
}
