// How a call to Redis can fail. `RedisConnection` and `RedisSubscriber` report it; RedisStore
// translates it for the hub.

/// An error that Redis answered: its first word and the whole text.
public struct RedisServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The first word: `ERR`, `NOSCRIPT`, `WRONGTYPE`, `LOADING`, `MOVED`...
    public let code: String
    /// The whole line, code included. May echo arguments: not for customers.
    public let text: String

    public init(line: String) {
        text = line
        code = String(line.prefix { $0 != " " })
    }

    public var description: String { text }

    /// The server could not do it now but may a little later, unchanged: it is loading, blocked by
    /// a script, out of memory or disk, a replica, or moving slots.
    public var isTransient: Bool {
        switch code {
        case "LOADING", "BUSY", "MISCONF", "OOM", "READONLY", "MASTERDOWN", "NOREPLICAS",
            "TRYAGAIN", "CLUSTERDOWN", "NOGOODSLAVE":
            return true
        default: return false
        }
    }
}

/// Why a call has no reply.
public enum RedisFailure: Error, Equatable, Sendable {
    /// Nothing was sent: there is no connection now.
    case notConnected
    /// The connection went before the answer came. It may have been carried out.
    case connectionLost
    /// No answer in time. It may have been, or may still be, carried out.
    case deadline
    /// Nothing was sent: too many calls or bytes are waiting.
    case overloaded
    /// Redis refused.
    case server(RedisServerError)
    /// The other side does not speak RESP2. It may have been carried out.
    case protocolViolation

    /// Whether the same call may succeed later.
    public var isRetryable: Bool {
        if case .server(let error) = self { return error.isTransient }
        return true
    }

    /// Whether Redis may have carried the call out although it failed. A retry then needs a key
    /// that makes it harmless.
    public var outcomeIsUnknown: Bool {
        switch self {
        case .connectionLost, .deadline, .protocolViolation: return true
        case .notConnected, .overloaded, .server: return false
        }
    }
}

/// Where a connection stands.
public enum RedisState: Equatable, Sendable {
    /// `start` was not called, or `stop` was.
    case stopped
    case connecting
    /// Usable. The generation grows by one each time, beginning with 1.
    case ready(generation: Int)
    /// Not usable; the next attempt follows by itself. `detail` is for logs and names no secret.
    case lost(RedisFailure, detail: String)
}
