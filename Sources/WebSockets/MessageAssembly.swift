// Pieces of frames become whole messages, within limits. Pure; one in every session.
// libwebsockets hands over payload in pieces of at most its receive buffer and checks neither
// length, fragment count nor text.

/// What the library says about a piece of payload.
struct Piece {
    /// First piece of a message.
    var isFirst: Bool
    /// Last piece of a message: final frame, nothing of it remaining.
    var isLast: Bool
    /// Bytes of the present frame that are still to come after this piece.
    var remaining: Int
    var isBinary: Bool
}

/// Collects one message at a time. Empty it owns no memory; a message that fits in one piece is
/// never copied.
struct MessageAssembly {
    enum Step: Equatable {
        /// Go on.
        case more
        /// The piece just given is the whole message.
        case wholePiece
        /// `claim` gives the whole message.
        case wholeCollected
        case refused(Refusal)
    }

    enum Refusal: Equatable {
        case binary, notUTF8, tooBig, tooManyFragments
    }

    private(set) var bytes: [UInt8] = []
    private var fragments: Int32 = 0
    private var utf8 = UTF8Check()
    /// Whether the present frame still owed bytes after the last piece.
    private var frameGoesOn = false
    private(set) var isBinary = false
    /// True between the first and the last piece of a message.
    private(set) var isUnfinished = false

    mutating func take(
        _ payload: UnsafeRawBufferPointer, _ piece: Piece, limits: borrowing WebSocketLimits,
        acceptsBinary: Bool
    ) -> Step {
        if piece.isFirst {
            clear()
            isBinary = piece.isBinary
        }
        if isBinary && !acceptsBinary { return .refused(.binary) }
        if !frameGoesOn {
            fragments += 1
            if Int(fragments) > limits.maxFragments { return .refused(.tooManyFragments) }
        }
        frameGoesOn = piece.remaining > 0
        // `remaining` may be 2^63 - 1, so it is compared, never added.
        let room = limits.maxMessageBytes - bytes.count - payload.count
        if room < 0 || piece.remaining > room { return .refused(.tooBig) }
        if !isBinary && !utf8.take(payload) { return .refused(.notUTF8) }
        return piece.isLast ? finish(payload) : keep(payload)
    }

    private mutating func finish(_ payload: UnsafeRawBufferPointer) -> Step {
        if !isBinary && !utf8.isComplete { return .refused(.notUTF8) }
        isUnfinished = false
        if bytes.isEmpty { return .wholePiece }
        bytes.append(contentsOf: payload)
        return .wholeCollected
    }

    private mutating func keep(_ payload: UnsafeRawBufferPointer) -> Step {
        isUnfinished = true
        bytes.append(contentsOf: payload)
        return .more
    }

    /// The collected message; the assembly is empty afterwards.
    mutating func claim() -> [UInt8] {
        let whole = bytes
        clear()
        return whole
    }

    /// Forgets the message in hand and gives its memory back.
    mutating func clear() {
        if !bytes.isEmpty { bytes = [] }
        fragments = 0
        utf8 = UTF8Check()
        frameGoesOn = false
        isUnfinished = false
    }
}
