// Proves that a subscriber still hears: the owner's command connection publishes on a channel
// that the subscriber listens to. After a Sentinel fail-over subscribers of the old primary stay
// connected and hear nothing; only this notices. Used by `RedisSubscriber`.
import EventLoop

extension RedisSubscriber {
    /// Publishes on `channel` (this subscriber's own; no other process may use it)
    /// `everyMilliseconds` through `connection`, and reconnects when nothing was heard for
    /// `silenceMilliseconds` although Redis took the probes. Call once, before `start`.
    public func probe(
        channel: [UInt8], everyMilliseconds: Int64 = 1000, silenceMilliseconds: Int64 = 3000,
        publishThrough connection: RedisConnection
    ) {
        precondition(loop.isOnLoopThread)
        precondition(probe == nil && link.isStopped, "a probe is set once, before start")
        probe = SubscriptionProbe(
            channel: channel, everyMilliseconds: everyMilliseconds,
            silenceMilliseconds: silenceMilliseconds, connection: connection)
    }
}

/// The probe of one subscriber. Used on the loop's thread.
final class SubscriptionProbe {
    private let channel: [UInt8]
    private let everyMilliseconds: Int64
    private let silenceMilliseconds: Int64
    private let connection: RedisConnection
    private var timer: TimerID?
    /// When the subscriber became ready or the probe was heard last.
    private var heardMilliseconds: Int64 = 0
    /// When Redis took the first probe after that; nil when none.
    private var unheardSinceMilliseconds: Int64?

    init(
        channel: [UInt8], everyMilliseconds: Int64, silenceMilliseconds: Int64,
        connection: RedisConnection
    ) {
        self.channel = channel
        self.everyMilliseconds = everyMilliseconds
        self.silenceMilliseconds = silenceMilliseconds
        self.connection = connection
    }

    func start(_ subscriber: RedisSubscriber) {
        arm(subscriber)
    }

    func stop() {
        if let timer { connection.loop.cancel(timer) }
        timer = nil
    }

    func isHearing(_ subscriber: RedisSubscriber) -> Bool {
        subscriber.loop.nowMilliseconds() - heardMilliseconds <= silenceMilliseconds
    }

    /// Ready (again): silence begins to count now. The channel is one like all others.
    func didBecomeReady(_ subscriber: RedisSubscriber) {
        heardMilliseconds = subscriber.loop.nowMilliseconds()
        unheardSinceMilliseconds = nil
        subscriber.subscribe(channel) { _ in
            // When it fails the connection is lost, and ready comes again.
        }
    }

    /// True when the message was a probe.
    func didHear(_ name: UnsafeRawBufferPointer, _ subscriber: RedisSubscriber) -> Bool {
        guard name.count == channel.count, name.elementsEqual(channel) else { return false }
        heardMilliseconds = subscriber.loop.nowMilliseconds()
        unheardSinceMilliseconds = nil
        return true
    }

    private func arm(_ subscriber: RedisSubscriber) {
        timer = subscriber.loop.schedule(afterMilliseconds: everyMilliseconds) {
            [weak self, weak subscriber] in
            guard let self, let subscriber else { return }
            self.arm(subscriber)
            self.tick(subscriber)
        }
    }

    private func tick(_ subscriber: RedisSubscriber) {
        guard case .ready = subscriber.state else { return }
        // What lies in the socket was heard, even if this process was stopped meanwhile.
        if let since = unheardSinceMilliseconds {
            subscriber.link.readAvailable()
            let silence = subscriber.loop.nowMilliseconds() - since
            if unheardSinceMilliseconds != nil, silence > silenceMilliseconds {
                return subscriber.reconnect(detail: "heard no probe for \(silence) ms")
            }
        }
        guard connection.isReady else { return }
        var command = RedisCommand("PUBLISH")
        command.append(channel)
        command.append("probe")
        let sent = subscriber.loop.nowMilliseconds()
        connection.send(command) { [weak self] result in
            guard let self, case .success = result, self.heardMilliseconds < sent else { return }
            if self.unheardSinceMilliseconds == nil { self.unheardSinceMilliseconds = sent }
        }
    }
}
