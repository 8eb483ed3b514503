// What one connection may cost, and with which code it is told so. Part of `ServerOptions` and
// `ClientOptions`.

/// Bounds on what a peer may make us hold. Every field is enforced in this room.
public struct WebSocketLimits: Sendable {
    /// Bytes of one message, all fragments together. 1...2^31; checked against the announced
    /// length when a frame's first bytes arrive, before the rest is taken.
    public var maxMessageBytes = 65_536
    /// Frames of one message. At least 1.
    public var maxFragments = 64
    /// Bytes all connections together may hold in unfinished messages. When they would hold more,
    /// the one whose message began first is closed.
    public var maxUnfinishedBytesTotal = 64 << 20
    /// A message must be whole this many seconds after its first piece.
    public var unfinishedMessageSeconds = 20
    /// Bytes that may wait to be written to one connection; beyond it the reader is too slow.
    public var outboxLimitBytes = 1 << 20
    /// A frame out carries whole lines up to this many bytes. A single longer line goes alone.
    public var maxFrameOutBytes = 65_536
    /// And so many lines at most: what the other side takes in one frame.
    public var maxFrameOutLines = Int.max
    /// Connections that may be in their handshake at once; more wait in the kernel's queue.
    public var maxHandshakes = 2_000
    /// Connections taken from one listener in one loop turn.
    public var acceptsPerTurn = 64
    /// Seconds for a handshake, for the body of a request, and between two pieces of a response.
    public var handshakeSeconds = 8
    /// Bytes of all request headers together, at most 65,535.
    public var maxHeaderBytes = 8_192
    /// Bytes of a POST body; more is answered 413.
    public var maxBodyBytes = 1 << 20
    /// Bytes of a body that is read while it comes; more is answered 413.
    public var maxStreamedBytes = 1 << 31
    /// A close we began is over after this many seconds, whatever the peer does.
    public var closeSeconds = 5

    public init() {}
}

/// Close codes this room sends by itself; `Protocol/codes.json` owns the numbers.
public struct WebSocketCloseCodes: Sendable {
    /// The peer does not read fast enough; it may reconnect and resume.
    public var slowReader: UInt16 = 4008
    /// Not text, or not valid UTF-8.
    public var badFrame: UInt16 = 4500
    /// Longer than `maxMessageBytes`, announced or in total.
    public var tooBig: UInt16 = 4501
    /// Too many fragments, or a message that was not finished in time.
    public var unfinished: UInt16 = 4502

    public init() {}
}
