// Counters of one server or client since its start, and gauges of this moment. Read by metrics.

public struct WebSocketStatistics: Sendable {
    /// Open WebSocket sessions now.
    public internal(set) var connections = 0
    /// Sessions opened since the start.
    public internal(set) var opened = 0
    /// Connections in their handshake now.
    public internal(set) var handshakes = 0
    public internal(set) var accepted = 0
    /// Refused handshakes by reason (`HandshakeRefusal`'s names).
    public internal(set) var refused: [String: Int] = [:]
    /// Whole messages in.
    public internal(set) var messagesIn = 0
    /// Payload bytes in.
    public internal(set) var bytesIn = 0
    public internal(set) var framesOut = 0
    /// Payload bytes handed to the library.
    public internal(set) var bytesOut = 0
    /// Frames written straight from the turn end.
    public internal(set) var directWrites = 0
    /// Frames written when the socket was reported writable.
    public internal(set) var queuedWrites = 0
    /// Bytes waiting in all outboxes now.
    public internal(set) var waitingBytes = 0
    /// Bytes held in unfinished messages now.
    public internal(set) var unfinishedBytes = 0
    /// Volatile lines replaced or dropped.
    public internal(set) var volatileDropped = 0
    public internal(set) var slowReaders = 0
    /// Times accepting paused for want of descriptors or memory.
    public internal(set) var acceptPauses = 0
    public internal(set) var httpRequests = 0

    mutating func refuse(_ reason: String) { refused[reason, default: 0] += 1 }
}
