// Pub/sub on a connection of its own: keeps channels subscribed over reconnects and proves with a
// probe that it still hears. Used by RedisStore.
//
// Redis answers each channel of each SUBSCRIBE and UNSUBSCRIBE in order; `expected` holds what is
// still to come. Messages may come between.
import DequeModule
public import EventLoop

/// A connection for messages that mends itself. Its owner keeps it, and stops it before dropping
/// it.
///
/// `@unchecked Sendable`: used on the loop's thread only; every public entry checks.
public final class RedisSubscriber: @unchecked Sendable {
    public typealias Confirmation = (Result<Void, RedisFailure>) -> Void

    /// Channels in one SUBSCRIBE when subscribing again after a reconnect.
    static let batchSize = 512

    /// A message came. Both buffers are valid during the call only. Nothing is allocated for it.
    public var onMessage:
        ((_ channel: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer) -> Void)?
    /// All channels are subscribed again after a loss: messages were missed, so everything that
    /// they announce must be read again. Not called for the first connect.
    public var onReset: (() -> Void)?
    /// Told each change of state. `.ready` comes when all channels are subscribed (again).
    public var onStateChange: ((RedisState) -> Void)?

    /// Where the connection stands.
    public private(set) var state = RedisState.stopped {
        didSet { if state != oldValue { onStateChange?(state) } }
    }
    /// Grows by one each time the connection becomes ready.
    public private(set) var generation = 0
    /// Messages delivered to `onMessage` so far.
    public private(set) var messages: UInt64 = 0

    let loop: EventLoop
    let link: RedisLink
    private let options: RedisOptions
    private var reader = PushReader()
    private var greetingMissing = 0
    private var channels: [[UInt8]: Channel] = [:]
    private var expected: Deque<Expected> = []
    private var restoring: ArraySlice<[UInt8]> = []
    private var isRestoring = false
    private var answers: [(Confirmation, Result<Void, RedisFailure>)] = []
    private var deadlineTimer: TimerID?
    var probe: SubscriptionProbe?

    private struct Channel {
        var isConfirmed: Bool
        var waiting: [Confirmation]
    }

    private struct Expected {
        let channel: [UInt8]
        let isSubscribe: Bool
        let sinceMilliseconds: Int64
    }

    /// Makes a subscriber; nothing happens before `start`.
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
        probe?.start(self)
    }

    /// Closes and forgets all channels; unconfirmed subscriptions fail at the end of this turn.
    /// Idempotent; `start` may follow.
    public func stop() {
        precondition(loop.isOnLoopThread)
        link.stop()
        probe?.stop()
        forgetConnection()
        for channel in channels.values {
            for confirmed in channel.waiting { answer(confirmed, .failure(.connectionLost)) }
        }
        channels = [:]
        state = .stopped
    }

    /// Whether messages arrive now: subscribed, and the probe (if any) was heard of late.
    public var isHealthy: Bool {
        guard case .ready = state else { return false }
        return probe?.isHearing(self) ?? true
    }

    /// Subscribes. Success: from now on, over all reconnects, until `unsubscribe`. Failure: it is
    /// not subscribed; ask again. `confirmed` is called later on the loop, exactly once. A channel
    /// that is subscribed already is confirmed without asking Redis.
    public func subscribe(_ channel: [UInt8], confirmed: @escaping Confirmation) {
        precondition(loop.isOnLoopThread)
        if let known = channels[channel] {
            if known.isConfirmed { return answer(confirmed, .success(())) }
            channels[channel]?.waiting.append(confirmed)
            return
        }
        guard isGreeted else { return answer(confirmed, .failure(.notConnected)) }
        if link.outbox.count > options.maximumOutboxBytes {
            return answer(confirmed, .failure(.overloaded))
        }
        channels[channel] = Channel(isConfirmed: false, waiting: [confirmed])
        request("SUBSCRIBE", [channel])
    }

    /// Ends a subscription, however often it was asked for; messages under way may still come.
    public func unsubscribe(_ channel: [UInt8]) {
        precondition(loop.isOnLoopThread)
        guard let known = channels.removeValue(forKey: channel) else { return }
        for confirmed in known.waiting { answer(confirmed, .failure(.notConnected)) }
        if isGreeted { request("UNSUBSCRIBE", [channel]) }
    }

    /// The channels asked for now.
    public var channelCount: Int { channels.count }

    /// Drops the socket and starts over; for a connection that is deaf.
    func reconnect(detail: String) {
        link.fail(.deadline, detail: detail)
    }

    private var isGreeted: Bool { link.isOpen && greetingMissing == 0 }

    private func answer(_ confirmed: @escaping Confirmation, _ result: Result<Void, RedisFailure>) {
        answers.append((confirmed, result))
        link.requestFlush()
    }

    private func request(_ name: String, _ names: some Collection<[UInt8]>) {
        var command = RedisArguments(reserving: 64 * (names.count + 1))
        command.append(name)
        let now = loop.nowMilliseconds()
        for channel in names {
            command.append(channel)
            expected.append(
                Expected(
                    channel: channel, isSubscribe: name == "SUBSCRIBE", sinceMilliseconds: now))
        }
        link.outbox.append(command)
        link.requestFlush()
        if deadlineTimer == nil { armDeadline() }
    }

    // MARK: Deadline

    private func armDeadline() {
        deadlineTimer = loop.schedule(afterMilliseconds: options.commandDeadlineMilliseconds) {
            [weak self] in
            self?.deadlineTimer = nil
            self?.checkDeadline()
        }
    }

    private func checkDeadline() {
        link.readAvailable()
        guard deadlineTimer == nil, let oldest = expected.first else { return }
        let age = loop.nowMilliseconds() - oldest.sinceMilliseconds
        if age < options.commandDeadlineMilliseconds { return armDeadline() }
        link.fail(.deadline, detail: "no confirmation for \(age) ms")
    }

    // MARK: What comes

    private func didReceive(_ push: Push) {
        switch push {
        case .message:
            if probe?.didHear(reader.channel, self) == true { return }
            messages &+= 1
            onMessage?(reader.channel, reader.payload)
        case .subscribed: didConfirm(isSubscribe: true)
        case .unsubscribed: didConfirm(isSubscribe: false)
        case .answer(let error): didAnswer(error)
        case .other: break
        }
    }

    private func didAnswer(_ error: RedisServerError?) {
        if let error { return link.fail(.server(error), detail: error.text) }
        guard greetingMissing > 0 else { return }
        greetingMissing -= 1
        if greetingMissing == 0 {
            link.greeted()
            isRestoring = true
            restoring = Array(channels.keys)[...]
            restoreNext()
        }
    }

    private func didConfirm(isSubscribe: Bool) {
        guard let next = expected.popFirst(), next.isSubscribe == isSubscribe,
            next.channel.elementsEqual(reader.channel)
        else { return link.fail(.protocolViolation, detail: "a confirmation out of order") }
        if isSubscribe, let index = channels.index(forKey: next.channel) {
            channels.values[index].isConfirmed = true
            let waiting = channels.values[index].waiting
            channels.values[index].waiting = []
            for confirmed in waiting { answer(confirmed, .success(())) }
        }
        if isRestoring, expected.isEmpty { restoreNext() }
    }

    /// After a connect: subscribes the next batch, or announces that all is subscribed.
    private func restoreNext() {
        let batch = restoring.prefix(Self.batchSize).filter { channels[$0] != nil }
        restoring = restoring.dropFirst(Self.batchSize)
        if !batch.isEmpty { return request("SUBSCRIBE", batch) }
        if !restoring.isEmpty { return restoreNext() }
        isRestoring = false
        generation += 1
        probe?.didBecomeReady(self)
        state = .ready(generation: generation)
        if generation > 1 { onReset?() }
    }

    private func forgetConnection() {
        expected = []
        restoring = []
        isRestoring = false
        greetingMissing = 0
        if let deadlineTimer { loop.cancel(deadlineTimer) }
        deadlineTimer = nil
    }
}

extension RedisSubscriber: RedisLinkOwner {
    func linkWillConnect() {
        state = .connecting
    }

    func linkDidOpen() {
        reader = PushReader()
        let greeting = Greeting.commands(link.endpoint, link.options)
        greetingMissing = greeting.count
        for command in greeting { link.outbox.append(command.arguments) }
        link.requestFlush()
    }

    func linkDidRead(_ bytes: UnsafeRawBufferPointer) {
        let reader = self.reader
        reader.feed(bytes)
        // A handler may stop or lose the connection: then the rest of the bytes is void.
        while link.isOpen, reader === self.reader {
            switch reader.next() {
            case .item(let push): didReceive(push)
            case .needsMore: return
            case .violation(let text): return link.fail(.protocolViolation, detail: text)
            }
        }
    }

    /// Confirmed channels stay wanted; those that were never confirmed fail and are forgotten.
    func linkDidFail(_ failure: RedisFailure, detail: String) {
        forgetConnection()
        for (name, channel) in channels {
            for confirmed in channel.waiting { answer(confirmed, .failure(.connectionLost)) }
            channels[name]?.waiting = []
            if !channel.isConfirmed { channels[name] = nil }
        }
        state = .lost(failure, detail: detail)
    }

    func linkWillFlush() {
        if answers.isEmpty { return }
        let now = answers
        answers = []
        for (confirmed, result) in now { confirmed(result) }
    }
}
