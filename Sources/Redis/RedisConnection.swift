// Commands and functions to one Redis, pipelined: what a loop turn sends leaves in one write, and
// answers are matched to calls by their order. Used by RedisStore and HubServer.
import DequeModule
public import EventLoop

/// A connection for commands that mends itself. Its owner keeps it, and stops it before dropping
/// it. `send` never blocks and every call gets exactly
/// one reply or failure, never inside `send`.
///
/// `@unchecked Sendable`: used on the loop's thread only; every public entry checks.
public final class RedisConnection: @unchecked Sendable {
    public typealias Reply = (Result<RedisReply, RedisFailure>) -> Void

    /// Told each change of state, before the calls that it fails.
    public var onStateChange: ((RedisState) -> Void)?
    /// Microseconds from the turn in which a call was sent to the read that brought its answer,
    /// for each call; feeds a histogram.
    public var onRoundTrip: ((_ microseconds: Int64) -> Void)?

    /// Where the connection stands.
    public private(set) var state = RedisState.stopped {
        didSet { if state != oldValue { onStateChange?(state) } }
    }
    /// Grows by one each time the connection becomes ready; 0 before the first time.
    public private(set) var generation = 0
    /// Whether `send` reaches Redis now.
    public private(set) var isReady = false

    let loop: EventLoop
    let link: RedisLink
    var libraries: [RedisLibrary] = []
    /// Number of the last FUNCTION LOAD of each library: calls sent before it may still not find
    /// it and need no other.
    var lastLoad: [ObjectIdentifier: UInt64] = [:]

    private let options: RedisOptions
    private var reader = ReplyReader()
    private var pending: Deque<PendingCall> = []
    private var nextNumber: UInt64 = 1
    private var refused: [(Reply, RedisFailure)] = []
    private var sendMicroseconds: Int64 = 0
    private var deadlineTimer: TimerID?
    private var probeTimer: TimerID?
    private var answered = 0
    private var refusals = 0

    /// Makes a connection; nothing happens before `start`.
    public init(loop: EventLoop, endpoint: RedisEndpoint, options: RedisOptions = RedisOptions()) {
        self.loop = loop
        self.options = options
        link = RedisLink(loop: loop, endpoint: endpoint, options: options)
        link.owner = self
    }

    /// Connects, and again after each loss, until `stop`. Idempotent.
    public func start() {
        precondition(loop.isOnLoopThread)
        guard link.isStopped else { return }
        link.start()
    }

    /// Closes. Calls that wait fail with `.connectionLost` at the end of this turn. Idempotent;
    /// `start` may follow.
    public func stop() {
        precondition(loop.isOnLoopThread)
        link.stop()
        isReady = false
        cancelTimers()
        for call in takePending() { refuse(call.reply, .connectionLost) }
        state = .stopped
    }

    /// Sends a command. `reply` is called later on the loop, exactly once; an error that Redis
    /// answers is `.failure(.server)`. Calls of one connection reach Redis in the order of
    /// sending. About 100 ns plus the answer's values.
    public func send(_ command: RedisCommand, _ reply: @escaping Reply) {
        precondition(loop.isOnLoopThread)
        if let failure = obstacle { return refuse(reply, failure) }
        enqueue(command, PendingCall(reply: reply))
    }

    // MARK: Sending

    /// Why a call cannot be taken now.
    var obstacle: RedisFailure? {
        if !isReady { return .notConnected }
        if pending.count >= options.maximumPendingCalls { return .overloaded }
        if link.outbox.count > options.maximumOutboxBytes { return .overloaded }
        return nil
    }

    func refuse(_ reply: @escaping Reply, _ failure: RedisFailure) {
        refusals += 1
        refused.append((reply, failure))
        link.requestFlush()
    }

    @discardableResult
    func enqueue(_ command: RedisCommand, _ call: PendingCall) -> UInt64 {
        link.outbox.append(command.arguments)
        return wait(call)
    }

    /// Puts a call whose bytes are in the outbox at the end of those that wait for an answer.
    /// Returns its number.
    @discardableResult
    func wait(_ call: PendingCall) -> UInt64 {
        // One clock reading a turn: the first call of a turn takes it, `linkWillFlush` forgets it.
        if sendMicroseconds == 0 {
            sendMicroseconds = loop.nowMicroseconds()
            link.requestFlush()
        }
        var call = call
        call.number = nextNumber
        call.sentMicroseconds = sendMicroseconds
        nextNumber += 1
        pending.append(call)
        if deadlineTimer == nil {
            armDeadline(afterMilliseconds: options.commandDeadlineMilliseconds)
        }
        return call.number
    }

    // MARK: Answers

    private func didReceive(_ reply: RedisReply) {
        guard let call = pending.popFirst() else {
            return link.fail(.protocolViolation, detail: "an answer that nobody waits for")
        }
        answered += 1
        onRoundTrip?(link.readMicroseconds - call.sentMicroseconds)
        if case .error(let error) = reply {
            if isUnknown(error), retry(call) { return }
            call.reply(.failure(.server(error)))
        } else {
            call.reply(.success(reply))
        }
    }

    private func takePending() -> Deque<PendingCall> {
        let calls = pending
        pending = []
        return calls
    }

    // MARK: Deadline and probe

    private func armDeadline(afterMilliseconds delay: Int64) {
        deadlineTimer = loop.schedule(afterMilliseconds: delay) { [weak self] in
            self?.deadlineTimer = nil
            self?.checkDeadline()
        }
    }

    /// The oldest call decides. Before it is given up the socket is read once more: if this
    /// process itself was stopped, the answer has been lying there.
    private func checkDeadline() {
        link.readAvailable()
        guard deadlineTimer == nil, let oldest = pending.first else { return }
        let age = (loop.nowMicroseconds() - oldest.sentMicroseconds) / 1000
        let left = options.commandDeadlineMilliseconds - age
        if left > 0 { return armDeadline(afterMilliseconds: left) }
        link.fail(.deadline, detail: "no answer for \(age) ms")
    }

    private func armProbe() {
        probeTimer = loop.schedule(afterMilliseconds: options.probeIntervalMilliseconds) {
            [weak self] in self?.probe()
        }
    }

    private func probe() {
        armProbe()
        let silence = loop.nowMilliseconds() - link.lastHeardMilliseconds
        if pending.isEmpty, silence >= options.probeIntervalMilliseconds / 2 {
            enqueue(RedisCommand("PING"), PendingCall { _ in })
        }
    }

    private func cancelTimers() {
        if let deadlineTimer { loop.cancel(deadlineTimer) }
        if let probeTimer { loop.cancel(probeTimer) }
        deadlineTimer = nil
        probeTimer = nil
    }

    /// What happened so far.
    public var statistics: RedisStatistics {
        RedisStatistics(
            calls: nextNumber - 1, answers: answered, refusals: refusals,
            waitingCalls: pending.count, outboxBytes: link.outbox.count, link: link.statistics)
    }
}

/// A call whose answer has not come.
struct PendingCall {
    var number: UInt64 = 0
    var sentMicroseconds: Int64 = 0
    let reply: RedisConnection.Reply
    /// For calls of functions: what to send again when Redis has not got it; nil the second time.
    let function: (RedisFunction, RedisFunctionCall)?

    init(
        _ function: (RedisFunction, RedisFunctionCall)? = nil,
        reply: @escaping RedisConnection.Reply
    ) {
        self.reply = reply
        self.function = function
    }
}

extension RedisConnection: RedisLinkOwner {
    func linkWillConnect() {
        state = .connecting
    }

    func linkDidOpen() {
        reader = ReplyReader()
        var greeting = Greeting.commands(link.endpoint, link.options)
        greeting += libraries.map { Greeting.load($0) }
        var missing = greeting.count
        for (index, command) in greeting.enumerated() {
            let library = index - (greeting.count - libraries.count)
            let loaded = library >= 0 ? libraries[library] : nil
            enqueue(command, PendingCall { [weak self] result in
                guard let self else { return }
                missing -= 1
                self.didGreet(result, loaded, isLast: missing == 0)
            })
        }
    }

    private func didGreet(
        _ result: Result<RedisReply, RedisFailure>, _ library: RedisLibrary?, isLast: Bool
    ) {
        switch result {
        case .failure(.server(let error)) where library == nil || !passes(error):
            let what = library.map { "library \($0.name): " } ?? ""
            link.fail(.server(error), detail: what + error.text)
        case .failure(.server), .success:
            guard isLast else { return }
            link.greeted()
            generation += 1
            isReady = true
            armProbe()
            state = .ready(generation: generation)
        case .failure: break  // The link has failed already and says so.
        }
    }

    func linkDidRead(_ bytes: UnsafeRawBufferPointer) {
        let reader = self.reader
        reader.feed(bytes)
        // A reply may stop or lose the connection: then the rest of the bytes is void.
        while link.isOpen, reader === self.reader {
            switch reader.next() {
            case .item(let reply): didReceive(reply)
            case .needsMore: return
            case .violation(let text): return link.fail(.protocolViolation, detail: text)
            }
        }
    }

    func linkDidFail(_ failure: RedisFailure, detail: String) {
        isReady = false
        cancelTimers()
        sendMicroseconds = 0
        let lost = takePending()
        state = .lost(failure, detail: detail)
        for (index, call) in lost.enumerated() {
            // Only the oldest call is known to have run out of time.
            switch failure {
            case .deadline where index == 0: call.reply(.failure(.deadline))
            case .protocolViolation: call.reply(.failure(.protocolViolation))
            default: call.reply(.failure(.connectionLost))
            }
        }
    }

    func linkWillFlush() {
        sendMicroseconds = 0
        if refused.isEmpty { return }
        let calls = refused
        refused = []
        for (reply, failure) in calls { reply(.failure(failure)) }
    }
}
