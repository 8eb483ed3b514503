// A function in Lua that Redis keeps (FUNCTION, FCALL), and a call of it. RedisStore makes one
// `RedisFunction` per Lua file.
//
// Redis runs the text of a function's library once, when it takes it in. A script (EVALSHA) runs
// whole at each call: making its own functions anew took a third of a step's time.

/// A library of one function, both of one name. One object per function, shared by connections.
public final class RedisFunction: Sendable {
    /// With a digest of the text: programs of several versions share one Redis.
    public let name: String
    /// What FUNCTION LOAD takes.
    let source: [UInt8]
    /// `FCALL name`, made once.
    let opening: RedisArguments

    /// `libraries` is run when Redis takes the function in, and may use nothing of Redis or Lua
    /// then; `body` is run at each call, with `KEYS` and `ARGV`. Never built from input.
    /// `writesNothing`: it is also run by a Redis that takes no writes, and its writes fail.
    public init(
        _ label: String, libraries: [UInt8] = [], body: [UInt8], writesNothing: Bool = false
    ) {
        let name = label + "_" + Self.digest(libraries + body)
        let flags = writesNothing ? "'no-writes'" : ""
        self.name = name
        source =
            Array("#!lua name=\(name)\n".utf8) + libraries
            + Array("\nlocal function run(KEYS, ARGV)\n".utf8) + body
            + Array(
                """

                end
                redis.register_function{
                  function_name = '\(name)', callback = run, flags = { \(flags) }
                }

                """.utf8)
        var opening = RedisArguments(reserving: 64)
        opening.append("FCALL")
        opening.append(name)
        self.opening = opening
    }

    /// 64 bits of FNV-1a as 16 hexadecimal digits. Tells versions apart, no more.
    private static func digest(_ text: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// The keys and arguments of one call, built in one buffer: keys first, then arguments.
public struct RedisFunctionCall: Sendable {
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
    /// Adds an argument of `count` bytes, which `write` appends where they are to lie.
    public mutating func append(count: Int, _ write: (inout [UInt8]) -> Void) {
        values.append(count: count, write)
    }
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
