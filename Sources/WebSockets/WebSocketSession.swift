// One WebSocket connection, as its owner sees it. Made when the handshake is done (server) or
// begun (client); safe to keep after the end, when everything it is asked does nothing.
import CLibwebsockets
import EventLoop
import Synchronization

private let lastSessionID = Atomic<UInt64>(0)

/// A connection of a `WebSocketServer` or `WebSocketClient`.
///
/// `@unchecked Sendable`: used on the loop's thread only; every public entry checks.
public final class WebSocketSession: Identifiable, @unchecked Sendable {
    enum Phase: UInt8 {
        /// A client's handshake.
        case connecting
        case open
        /// We want to close: what was sent before goes first.
        case closing
        /// The peer or the library is closing: nothing may be written any more.
        case leaving
        case ended
    }

    /// Unique in the process, never used twice.
    public let id: UInt64
    /// The owner's own index; this room does not look at it.
    public var userTag = 0
    /// Numeric, without port. Empty for a client.
    public let remoteAddress: String
    /// The Origin header as sent; nil when there was none.
    public let origin: String?
    /// The Host header as sent, with its port; nil for a client.
    public let host: String?
    /// How it ended: our code, the peer's, 1005 for a close without code, 1006 for none.
    public internal(set) var closeCode: UInt16 = 0

    let engine: SessionEngine
    var wsi: OpaquePointer?
    var phase: Phase
    private var isDirty = false
    private var awaitsWritable = false
    private var isPaused = false
    private var outbox = Outbox()
    /// Bytes of a frame the socket did not take whole; the library holds the rest.
    private var heldByLibrary = 0
    private var assembly = MessageAssembly()
    private var closeReason = ""
    private var deadline: TimerID?
    /// Names the unfinished message in hand; 0 without one.
    private(set) var unfinishedSerial: UInt64 = 0

    /// Whether the message now being delivered is binary (`acceptsBinary` only).
    package private(set) var messageIsBinary = false

    init(
        engine: SessionEngine, wsi: OpaquePointer?, phase: Phase, remoteAddress: String,
        origin: String?, host: String? = nil
    ) {
        id = lastSessionID.add(1, ordering: .relaxed).newValue
        self.engine = engine
        self.wsi = wsi
        self.phase = phase
        self.remoteAddress = remoteAddress
        self.origin = origin
        self.host = host
    }

    /// True until `close`, `abort` or the end.
    public var isOpen: Bool { phase == .open }

    /// Payload bytes that were sent and have not reached the kernel.
    public var waitingBytes: Int { outbox.waitingBytes + heldByLibrary }

    // MARK: Sending

    /// Appends one JSON object (without line end). All lines of one loop turn leave in one text
    /// frame, joined by line ends, cut at `maxFrameOutBytes`. Beyond `outboxLimitBytes` the
    /// session is closed as a slow reader. The array is kept, not copied: give the same one to
    /// every receiver of a broadcast.
    public func send(_ line: [UInt8]) {
        engine.requireLoopThread()
        guard phase == .open else { return }
        outbox.append(line: line)
        noteWaiting(line.count)
    }

    /// Like `send`, for what is worth nothing once it is old (typing, presence): replaces the
    /// waiting line with the same key, and is dropped first when the outbox is over half full.
    public func sendVolatile(_ line: [UInt8], key: UInt64) {
        engine.requireLoopThread()
        guard phase == .open else { return }
        if waitingBytes + line.count > engine.limits.outboxLimitBytes / 2 {
            engine.statistics.volatileDropped += 1
            return
        }
        let before = outbox.waitingBytes
        if outbox.appendVolatile(line: line, key: key) { engine.statistics.volatileDropped += 1 }
        noteWaiting(outbox.waitingBytes - before)
    }

    /// A message in a frame of its own, never joined with others (conformance tests).
    package func sendMessage(_ message: [UInt8], isBinary: Bool) {
        engine.requireLoopThread()
        guard phase == .open else { return }
        outbox.append(message: message, isBinary: isBinary)
        noteWaiting(message.count)
    }

    private func noteWaiting(_ bytes: Int) {
        engine.statistics.waitingBytes += bytes
        let limit = engine.limits.outboxLimitBytes
        if waitingBytes > limit / 2 { dropVolatile() }
        if waitingBytes > limit { return closeSlowReader() }
        noteDirty()
    }

    private func dropVolatile() {
        let before = outbox.waitingBytes
        engine.statistics.volatileDropped += outbox.dropVolatile()
        engine.statistics.waitingBytes += outbox.waitingBytes - before
    }

    private func closeSlowReader() {
        engine.statistics.slowReaders += 1
        clearOutbox()
        close(code: engine.closeCodes.slowReader, reason: "slow reader")
    }

    private func clearOutbox() {
        engine.statistics.waitingBytes -= outbox.waitingBytes
        outbox.clear()
    }

    private func noteDirty() {
        guard !isDirty else { return }
        isDirty = true
        engine.noteDirty(self)
    }

    // MARK: Writing

    /// From the turn's end. An empty outbox with nothing of an older frame left is written at
    /// once; TRAPS 10: half the cost of waiting for the socket to be reported writable.
    func flushAtTurnEnd() {
        isDirty = false
        guard let wsi, phase == .open || phase == .closing, !awaitsWritable else { return }
        if phase == .closing, outbox.isEmpty, lws_partial_buffered(wsi) == 0 {
            return sayGoodbye(wsi)
        }
        if phase == .open, engine.writesDirectly, lws_partial_buffered(wsi) == 0 {
            engine.statistics.directWrites += 1
            guard writeFrame(wsi) else { return fail() }
            if outbox.isEmpty { return }
        }
        awaitWritable(wsi)
    }

    private func awaitWritable(_ wsi: OpaquePointer) {
        awaitsWritable = true
        lws_callback_on_writable(wsi)
    }

    /// The library's WRITEABLE callback; may come without being asked for. Returns what the
    /// callback returns: -1 ends the connection.
    func writable() -> Int32 {
        awaitsWritable = false
        noteHeld(0)
        guard let wsi else { return -1 }
        switch phase {
        case .open, .closing:
            if outbox.isEmpty {
                if phase == .closing { noteDirty() }
                return 0
            }
            engine.statistics.queuedWrites += 1
            guard writeFrame(wsi) else {
                phase = .leaving
                return -1
            }
            if !outbox.isEmpty || phase == .closing { awaitWritable(wsi) }
            return 0
        case .connecting, .leaving, .ended:
            return 0
        }
    }

    /// One frame. False when the connection is broken.
    private func writeFrame(_ wsi: OpaquePointer) -> Bool {
        let before = outbox.waitingBytes
        guard
            let frame = outbox.nextFrame(
                into: engine.frame, maxBytes: engine.limits.maxFrameOutBytes,
                maxLines: engine.limits.maxFrameOutLines)
        else { return true }
        engine.statistics.waitingBytes += outbox.waitingBytes - before
        engine.statistics.framesOut += 1
        engine.statistics.bytesOut += frame.byteCount
        let payload = engine.frame.payload
        let written =
            frame.isBinary
            ? chat_lws_write_binary(wsi, payload, frame.byteCount)
            : chat_lws_write_text(wsi, payload, frame.byteCount)
        if written < frame.byteCount { return false }
        if lws_partial_buffered(wsi) != 0 {
            // The library asks for WRITEABLE by itself until the rest is out.
            awaitsWritable = true
            noteHeld(frame.byteCount)
        }
        return true
    }

    private func noteHeld(_ bytes: Int) {
        guard heldByLibrary != bytes else { return }
        engine.statistics.waitingBytes += bytes - heldByLibrary
        heldByLibrary = bytes
    }

    /// A write outside the connection's own callback failed: the library must end it later.
    private func fail() {
        phase = .leaving
        if let wsi { chat_lws_kill_soon(wsi) }
        engine.wakeLibrary()
    }

    // MARK: Closing

    /// Sends what was sent before, then a close frame. `code` 1000...4999, `reason` at most 123
    /// bytes (longer is cut). Idempotent: the first code stays. Over after `closeSeconds` at most.
    public func close(code: UInt16, reason: String) {
        engine.requireLoopThread()
        if phase == .connecting { return abort() }
        guard phase == .open else { return }
        phase = .closing
        closeCode = code
        closeReason = reason
        setDeadline(seconds: engine.limits.closeSeconds) { $0.abort() }
        noteDirty()
    }

    /// The close frame goes out and the library waits for the peer's. From the turn's end, outside
    /// every callback: Debian's library is a debug build that closes twice when WRITEABLE returns
    /// -1, and the second time it hangs up before the close frame was written.
    private func sayGoodbye(_ wsi: OpaquePointer) {
        phase = .leaving
        var reason = Array(closeReason.utf8.prefix(123))
        while !reason.isEmpty, String(validating: reason, as: UTF8.self) == nil {
            reason.removeLast()
        }
        chat_lws_close_reason(wsi, Int32(closeCode), &reason, reason.count)
        chat_lws_begin_close(wsi)
        engine.wakeLibrary()
    }

    /// Ends it without a close frame, soon. For peers that are gone or worse. Idempotent.
    public func abort() {
        engine.requireLoopThread()
        guard phase != .ended, let wsi else { return }
        phase = .leaving
        if closeCode == 0 { closeCode = 1006 }
        chat_lws_kill_soon(wsi)
        engine.wakeLibrary()
    }

    /// The peer's close frame. 0 lets the library answer it with the same code, -1 with ours: a
    /// reason that is not UTF-8 is a bad frame too.
    func peerCloses(_ payload: UnsafeRawBufferPointer) -> Int32 {
        phase = .leaving
        guard payload.count >= 2 else {
            if closeCode == 0 { closeCode = 1005 }
            return 0
        }
        if closeCode == 0 { closeCode = UInt16(payload[0]) << 8 | UInt16(payload[1]) }
        var check = UTF8Check()
        let reason = UnsafeRawBufferPointer(rebasing: payload.dropFirst(2))
        if check.take(reason), check.isComplete { return 0 }
        if let wsi { chat_lws_close_reason(wsi, Int32(engine.closeCodes.badFrame), nil, 0) }
        return -1
    }

    /// The library begins to close, for whatever reason: no more writes.
    func libraryCloses() {
        if phase == .open || phase == .closing { phase = .leaving }
    }

    /// The connection is gone. Returns whether it was ever open.
    func end() -> Bool {
        guard phase != .ended else { return false }
        let wasOpen = phase != .connecting
        phase = .ended
        wsi = nil
        if closeCode == 0 { closeCode = 1006 }
        clearDeadline()
        noteHeld(0)
        clearOutbox()
        dropUnfinished()
        return wasOpen
    }

    private func setDeadline(seconds: Int, _ action: @escaping (WebSocketSession) -> Void) {
        clearDeadline()
        deadline = engine.loop.schedule(afterMilliseconds: Int64(seconds) * 1_000) {
            [unowned self] in
            deadline = nil
            action(self)
        }
    }

    private func clearDeadline() {
        if let deadline { engine.loop.cancel(deadline) }
        deadline = nil
    }

    // MARK: Receiving

    /// Stops reading from the peer; the kernel's buffers fill and hold it back.
    public func pauseReading() {
        engine.requireLoopThread()
        guard let wsi, phase == .open, !isPaused else { return }
        isPaused = true
        lws_rx_flow_control(wsi, 0)
    }

    public func resumeReading() {
        engine.requireLoopThread()
        guard let wsi, isPaused else { return }
        isPaused = false
        lws_rx_flow_control(wsi, 1)
        engine.wakeLibrary()
    }

    /// A piece of payload. What follows a refusal or `close` is thrown away.
    func receive(_ payload: UnsafeRawBufferPointer, _ piece: Piece) {
        guard phase == .open else { return }
        engine.statistics.bytesIn += payload.count
        let held = assembly.bytes.count
        let step = assembly.take(
            payload, piece, limits: engine.limits, acceptsBinary: engine.acceptsBinary)
        switch step {
        case .wholePiece:
            deliver(payload)
        case .wholeCollected:
            let message = assembly.claim()
            finishUnfinished(held)
            message.withUnsafeBytes { deliver($0) }
        case .more:
            if unfinishedSerial == 0 { beginUnfinished() }
            engine.unfinishedChanged(by: assembly.bytes.count - held)
        case .refused(let refusal):
            finishUnfinished(held)
            refuse(refusal)
        }
    }

    private func deliver(_ message: UnsafeRawBufferPointer) {
        engine.statistics.messagesIn += 1
        messageIsBinary = assembly.isBinary
        if unfinishedSerial != 0 { finishUnfinished(0) }
        engine.handler?.received(self, message)
    }

    private func beginUnfinished() {
        unfinishedSerial = engine.unfinishedBegan(self)
        setDeadline(seconds: engine.limits.unfinishedMessageSeconds) {
            $0.giveUpUnfinished("message not finished in time")
        }
    }

    private func finishUnfinished(_ held: Int) {
        unfinishedSerial = 0
        if phase == .open { clearDeadline() }
        engine.unfinishedChanged(by: -held)
    }

    func giveUpUnfinished(_ reason: String) {
        guard phase == .open else { return }
        dropUnfinished()
        close(code: engine.closeCodes.unfinished, reason: reason)
    }

    private func dropUnfinished() {
        let held = assembly.bytes.count
        assembly.clear()
        finishUnfinished(held)
    }

    private func refuse(_ refusal: MessageAssembly.Refusal) {
        assembly.clear()
        let codes = engine.closeCodes
        switch refusal {
        case .binary: close(code: codes.badFrame, reason: "text only")
        case .notUTF8: close(code: codes.badFrame, reason: "not UTF-8")
        case .tooBig: close(code: codes.tooBig, reason: "message too big")
        case .tooManyFragments: close(code: codes.unfinished, reason: "too many fragments")
        }
    }
}
