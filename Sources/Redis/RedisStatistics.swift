// Counters of a connection, for metrics. Made by `RedisConnection.statistics`.

/// Counted since the connection was made; the two `waiting` figures are of this moment.
public struct RedisStatistics: Sendable, Equatable {
    /// Commands handed to the socket, greeting and probes included.
    public let calls: UInt64
    /// Of these, answered.
    public let answers: Int
    /// Calls refused (or failed by `stop`) without a connection or over a bound.
    public let refusals: Int
    /// Calls without an answer now.
    public let waitingCalls: Int
    /// Bytes not taken by the kernel yet.
    public let waitingBytes: Int
    /// Attempts to connect, and how many connections or attempts ended in failure.
    public let attempts: Int
    public let failures: Int
    /// System calls that wrote, and bytes both ways.
    public let writes: Int
    public let bytesWritten: Int
    public let bytesRead: Int

    init(
        calls: UInt64, answers: Int, refusals: Int, waitingCalls: Int, outboxBytes: Int,
        link: RedisLinkStatistics
    ) {
        self.calls = calls
        self.answers = answers
        self.refusals = refusals
        self.waitingCalls = waitingCalls
        waitingBytes = outboxBytes
        attempts = link.attempts
        failures = link.failures
        writes = link.writes
        bytesWritten = link.bytesWritten
        bytesRead = link.bytesRead
    }
}
