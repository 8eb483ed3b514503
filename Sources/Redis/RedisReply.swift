// What Redis answers, as values. Made by `ReplyReader`.

/// One RESP2 reply. Owns its bytes.
public enum RedisReply: Equatable, Sendable {
    /// The null bulk string or null array.
    case null
    case integer(Int64)
    /// A bulk string: any bytes.
    case bytes([UInt8])
    /// `OK`, `PONG`, `QUEUED`...
    case status(String)
    /// Only inside arrays; an error as the whole answer is a `RedisFailure.server`.
    case error(RedisServerError)
    case array([RedisReply])

    public var isNull: Bool { self == .null }

    /// An integer, also one that came as decimal text (as hash fields and stream fields do).
    public var integer: Int64? {
        switch self {
        case .integer(let value): return value
        case .bytes(let bytes): return Int64(String(decoding: bytes, as: UTF8.self))
        default: return nil
        }
    }

    /// The bytes of a bulk string or status.
    public var bytes: [UInt8]? {
        switch self {
        case .bytes(let bytes): return bytes
        case .status(let text): return Array(text.utf8)
        default: return nil
        }
    }

    /// The text of a bulk string or status; nil when it is not UTF-8.
    public var string: String? {
        switch self {
        case .bytes(let bytes): return String(validating: bytes, as: UTF8.self)
        case .status(let text): return text
        default: return nil
        }
    }

    /// The elements of an array.
    public var array: [RedisReply]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    /// Element `index` of an array; nil when this is no array or it is shorter.
    public subscript(index: Int) -> RedisReply? {
        guard case .array(let elements) = self, elements.indices.contains(index) else {
            return nil
        }
        return elements[index]
    }
}
