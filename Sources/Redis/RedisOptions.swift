// The limits and times of one connection. Set by HubServer from the node's configuration.

/// Times and bounds of a `RedisConnection` or `RedisSubscriber`.
public struct RedisOptions: Sendable, Equatable {
    /// A call without an answer for so long fails with `.deadline` and the connection is replaced
    /// (its later answers could not be trusted to come at all). 10...; default 5 s.
    public var commandDeadlineMilliseconds: Int64 = 5000
    /// From the beginning of an attempt until AUTH, SELECT and the scripts are answered.
    public var connectDeadlineMilliseconds: Int64 = 3000
    /// The n-th attempt in a row waits a random time up to `first * 2^n`, at most `longest`.
    public var firstBackoffMilliseconds: Int64 = 50
    public var longestBackoffMilliseconds: Int64 = 2000
    /// Calls waiting for answers; more are refused with `.overloaded`.
    public var maximumPendingCalls = 100_000
    /// Bytes waiting to be written; a call that comes when there are more is refused.
    public var maximumOutboxBytes = 64 << 20
    /// An idle connection is asked PING after so long.
    public var probeIntervalMilliseconds: Int64 = 1000
    /// Shown by CLIENT LIST. No spaces; empty: none is set.
    public var clientName = "chathub"

    public init() {}
}
