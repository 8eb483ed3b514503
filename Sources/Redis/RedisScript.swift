// A Lua script and a call of it. RedisStore makes one `RedisScript` per Lua file.

/// A script that `RedisConnection` runs by its hash. One object per script, shared by connections.
///
/// `@unchecked Sendable`: `sha1` is written and read on the loop's thread only (connections check
/// the thread at every entry); the rest never changes.
public final class RedisScript: @unchecked Sendable {
    /// For logs and metrics.
    public let name: String
    /// The Lua text. Never built from input.
    public let source: [UInt8]
    /// 40 hexadecimal digits, as `SCRIPT LOAD` answered; nil before the first load.
    public internal(set) var sha1: [UInt8]? {
        didSet {
            byHash = sha1.map { hash in
                var opening = RedisArguments(reserving: 64)
                opening.append("EVALSHA")
                opening.append(hash)
                return opening
            }
        }
    }
    /// `EVALSHA hash`, made once.
    private(set) var byHash: RedisArguments?

    public init(name: String, source: [UInt8]) {
        self.name = name
        self.source = source
    }
}

/// The keys and arguments of one script call, built in one buffer: keys first, then arguments.
public struct RedisScriptCall: Sendable {
    private(set) var keyCount = 0
    private(set) var values: RedisArguments

    /// `capacity`: bytes to set aside; more is allowed.
    public init(reserving capacity: Int = 256) {
        values = RedisArguments(reserving: capacity)
    }

    /// Adds a key. Precondition: no argument was added yet.
    public mutating func appendKey(_ key: [UInt8]) {
        countKey()
        values.append(key)
    }

    /// Adds a key. Precondition: no argument was added yet.
    public mutating func appendKey(_ key: String) {
        countKey()
        values.append(key)
    }

    /// Adds an argument of any bytes.
    public mutating func append(_ bytes: [UInt8]) { values.append(bytes) }
    /// Adds an argument of any bytes; they are copied.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) { values.append(bytes) }
    /// Adds a text argument.
    public mutating func append(_ text: String) { values.append(text) }
    /// Adds a number, as decimal text.
    public mutating func append(_ integer: Int64) { values.append(integer) }
    /// Adds a number, as decimal text.
    public mutating func append(_ integer: Int) { values.append(Int64(integer)) }

    private mutating func countKey() {
        precondition(keyCount == values.count, "keys come before arguments")
        keyCount += 1
    }
}
