/// Reads what scripts answer and publish: MessagePack as Redis's `cmsgpack` writes it. Used by the
/// decoders of this room.

/// What a script sent is not what it should have sent: our own mistake, or another version's.
struct MalformedAnswer: Error, Equatable {
    let what: String
}

/// A position in packed bytes. Valid only as long as the buffer it was made of.
struct PackedReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The number of elements that follow. An empty Lua table may come as an empty map.
    mutating func readArrayCount() throws(MalformedAnswer) -> Int {
        let kind = try next()
        switch kind {
        case 0x90...0x9F: return Int(kind & 0x0F)
        case 0x80: return 0
        case 0xDC: return Int(try readBigEndian(2))
        case 0xDD: return Int(try readBigEndian(4))
        default: throw MalformedAnswer(what: "array expected, found \(kind)")
        }
    }

    /// An integer, also one that Redis gave as decimal text.
    mutating func readInteger() throws(MalformedAnswer) -> Int64 {
        let kind = try next()
        switch kind {
        case 0x00...0x7F: return Int64(kind)
        case 0xE0...0xFF: return Int64(Int8(bitPattern: kind))
        case 0xCC: return Int64(try readBigEndian(1))
        case 0xCD: return Int64(try readBigEndian(2))
        case 0xCE: return Int64(try readBigEndian(4))
        case 0xCF, 0xD3: return Int64(bitPattern: try readBigEndian(8))
        case 0xD0: return Int64(Int8(truncatingIfNeeded: try readBigEndian(1)))
        case 0xD1: return Int64(Int16(truncatingIfNeeded: try readBigEndian(2)))
        case 0xD2: return Int64(Int32(truncatingIfNeeded: try readBigEndian(4)))
        default:
            position -= 1
            let text = try readText()
            guard let value = Int64(text) else {
                throw MalformedAnswer(what: "integer expected, found text")
            }
            return value
        }
    }

    mutating func readInt() throws(MalformedAnswer) -> Int { Int(try readInteger()) }

    mutating func readBool() throws(MalformedAnswer) -> Bool {
        switch try next() {
        case 0xC2: return false
        case 0xC3: return true
        case let kind: throw MalformedAnswer(what: "truth expected, found \(kind)")
        }
    }

    /// True when `false` or nil stands here, which then has been read: absent.
    mutating func skipAbsent() -> Bool {
        guard position < bytes.count, bytes[position] == 0xC2 || bytes[position] == 0xC0 else {
            return false
        }
        position += 1
        return true
    }

    /// A string's bytes, in place.
    mutating func readBytes() throws(MalformedAnswer) -> UnsafeRawBufferPointer {
        let kind = try next()
        let count: Int
        switch kind {
        case 0xA0...0xBF: count = Int(kind & 0x1F)
        case 0xD9: count = Int(try readBigEndian(1))
        case 0xDA: count = Int(try readBigEndian(2))
        case 0xDB: count = Int(try readBigEndian(4))
        default: throw MalformedAnswer(what: "string expected, found \(kind)")
        }
        guard count <= bytes.count - position else {
            throw MalformedAnswer(what: "string is cut off")
        }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func readText() throws(MalformedAnswer) -> String {
        String(decoding: try readBytes(), as: UTF8.self)
    }

    private mutating func next() throws(MalformedAnswer) -> UInt8 {
        guard position < bytes.count else { throw MalformedAnswer(what: "answer is cut off") }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func readBigEndian(_ count: Int) throws(MalformedAnswer) -> UInt64 {
        var value: UInt64 = 0
        for _ in 0..<count { value = value << 8 | UInt64(try next()) }
        return value
    }
}
