/// Why a line is refused, as it is told to whoever sent it.
public struct FrameError: Error, Hashable, Sendable {
    /// The request's number, when the line could be read so far.
    public var id: Int64?
    public var code: ErrorCode
    /// The member that is wrong or missing, when it is one.
    public var field: String?
    /// English; says what is allowed. Holds at most 40 bytes of the input, and only printable
    /// ASCII.
    public var message: String

    public init(id: Int64?, code: ErrorCode, field: String? = nil, message: String) {
        self.id = id
        self.code = code
        self.field = field
        self.message = message
    }

    init(_ fault: JSONFault) {
        id = nil
        field = nil
        switch fault {
        case .malformed(let position):
            code = .badJSON
            message = "not JSON in UTF-8 at byte \(position)"
        case .tooDeep:
            code = .badFrame
            message = "at most \(JSONScanner.depthLimit) containers inside each other"
        case .duplicateKey:
            code = .badFrame
            message = "a member is there twice"
        case .tooManyMembers:
            code = .badFrame
            message = "at most \(JSONScanner.memberLimit) members in an object"
        }
    }
}

/// What a decoder lets through; the other limits are part of the protocol and fixed.
public struct DecoderLimits: Hashable, Sendable {
    /// Bytes of UTF-8 a message's text may have, escapes resolved. The site's `message_bytes`.
    public var messageBytes: Int

    public init(messageBytes: Int = 8192) {
        self.messageBytes = messageBytes
    }
}
