// Functions in Lua that Redis keeps (FUNCTION, FCALL), and a call of one.
//
// Redis runs the text of a library once, when it takes it in. A script (EVALSHA) runs whole at each
// call: making its own functions anew took a third of a step's time. And one library is better than
// one a function: 62 of them held 4 MB of the same code, whose collection as garbage, cold in the
// processor's cache, was a fifth of a step's time.

/// A library of functions that share what it declares. One object, shared by connections.
public final class RedisLibrary: Sendable {
    /// With a digest of the text: programs of several versions share one Redis.
    public let name: String
    /// What FUNCTION LOAD takes.
    let source: [UInt8]

    /// One function of a library, as text. Never built from input.
    public struct Part: Sendable {
        let label: String
        let own: [UInt8]
        let body: [UInt8]
        let writesNothing: Bool

        /// `own` is run like the library's `shared`, behind it, and seen by this function alone;
        /// `body` is run at each call, with `KEYS` and `ARGV`. `writesNothing`: it is also run by a
        /// Redis that takes no writes, and its writes fail.
        public init(
            _ label: String, own: [UInt8] = [], body: [UInt8], writesNothing: Bool = false
        ) {
            self.label = label
            self.own = own
            self.body = body
            self.writesNothing = writesNothing
        }
    }

    /// `shared` is run when Redis takes the library in, and may use nothing of Redis or Lua then:
    /// what it declares every part sees. Lua allows 200 local names in it with those of one part.
    public init(_ label: String, shared: [UInt8] = [], _ parts: [Part]) {
        let name = label + "_" + Self.digest(shared, parts)
        self.name = name
        var source = Array("#!lua name=\(name)\n".utf8) + shared
        for part in parts {
            let flags = part.writesNothing ? "'no-writes'" : ""
            source += Array("\ndo\n".utf8) + part.own
            source += Array("\nlocal function run(KEYS, ARGV)\n".utf8) + part.body
            source += Array(
                """

                end
                redis.register_function{
                  function_name = '\(name)_\(part.label)', callback = run, flags = { \(flags) }
                }
                end

                """.utf8)
        }
        self.source = source
    }

    /// The function of the part that was given this label.
    public func function(_ label: String) -> RedisFunction {
        RedisFunction(library: self, name: name + "_" + label)
    }

    /// 64 bits of FNV-1a as 16 hexadecimal digits. Tells versions apart, no more.
    private static func digest(_ shared: [UInt8], _ parts: [Part]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ text: [UInt8]) {
            for byte in text + [0] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        add(shared)
        for part in parts {
            add(Array(part.label.utf8))
            add(part.own)
            add(part.body)
            add([part.writesNothing ? 1 : 0])
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// One function of a library.
public struct RedisFunction: Sendable {
    let library: RedisLibrary
    /// What FCALL names.
    public let name: String
    /// `FCALL name`, made once.
    let opening: RedisArguments

    fileprivate init(library: RedisLibrary, name: String) {
        self.library = library
        self.name = name
        var opening = RedisArguments(reserving: 64)
        opening.append("FCALL")
        opening.append(name)
        self.opening = opening
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
