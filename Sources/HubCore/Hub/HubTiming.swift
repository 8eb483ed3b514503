/// The times a hub goes by, in milliseconds; decided by the node's settings.
public struct HubTiming: Hashable, Sendable {
    /// From one ping to the next.
    public var heartbeat: Int64
    /// From the handshake to a good `hello`.
    public var greeting: Int64
    /// A node that does not renew for so long is dead; it renews three times as often.
    public var lease: Int64
    /// How often queues are told to those who wait and watch.
    public var queueTick: Int64
    /// How long people have to leave by themselves when the node stops.
    public var farewell: Int64
    /// How often a waiting customer is shown his number again though it did not change: the range
    /// beside it may have.
    public var positionTick: Int64

    public init(
        heartbeat: Int64 = 25_000, greeting: Int64 = 10_000, lease: Int64 = 5_000,
        queueTick: Int64 = 1_000, farewell: Int64 = 3_000, positionTick: Int64 = 30_000
    ) {
        self.heartbeat = heartbeat
        self.greeting = greeting
        self.lease = lease
        self.queueTick = queueTick
        self.farewell = farewell
        self.positionTick = positionTick
    }
}
