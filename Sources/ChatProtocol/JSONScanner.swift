/// Walks one JSON text byte by byte and says where each value lies, without making any value.
/// `FrameFields` and `JSONValue` are built on it.
///
/// It takes RFC 8259 and nothing else, and refuses what other readers disagree about: bytes that
/// are not UTF-8, lone surrogates, the same key twice in an object, deep nesting. Every read is
/// behind a test against `end`; nothing is read outside `bytes`. Linear in the length.

/// Why a text is not taken.
enum JSONFault: Error, Hashable {
    /// Not JSON at this byte.
    case malformed(at: Int)
    case tooDeep
    case duplicateKey
    case tooManyMembers
}

/// Where a value lies in the text, and what it is; eight bytes, because frames hold many.
struct JSONSlot: Hashable {
    enum Kind: UInt8 {
        case absent, null, boolean, number, string, array, object
    }

    /// First byte; of a string, the one after its quote.
    let start: UInt32
    /// From the highest bit: the mark, three bits of kind, 28 of length.
    private let rest: UInt32

    /// Offsets and lengths stay below; a longer text is malformed.
    static let byteLimit = 1 << 28

    @inline(__always)
    init(start: Int, length: Int, kind: Kind, mark: Bool) {
        self.start = UInt32(truncatingIfNeeded: start)
        rest =
            UInt32(truncatingIfNeeded: length) | UInt32(kind.rawValue) << 28 | (mark ? 1 << 31 : 0)
    }

    static var absent: JSONSlot { JSONSlot(start: 0, length: 0, kind: .absent, mark: false) }

    /// Bytes; of a string, without its quotes.
    @inline(__always)
    var length: UInt32 { rest & 0xFFF_FFFF }

    @inline(__always)
    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: rest >> 28) & 7) ?? .absent }

    /// A string holds escapes; a boolean is true; a number is written as an integer.
    @inline(__always)
    var mark: Bool { rest >> 31 == 1 }

    @inline(__always)
    var range: Range<Int> { Int(start)..<Int(start) + Int(length) }
}

struct JSONScanner {
    /// Containers inside each other, the outermost counted.
    static let depthLimit = 8
    /// Members of one object. Bounds the search for doubled keys, which compares each with each.
    static let memberLimit = 128

    let bytes: UnsafeRawBufferPointer
    private let end: Int
    var position: Int

    /// The caller keeps `bytes` alive while it uses the scanner or its slots.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        // What slots cannot tell is cut off, which makes the text malformed.
        end = min(bytes.count, JSONSlot.byteLimit - 1)
        position = 0
    }

    var malformed: JSONFault { .malformed(at: position) }

    /// The next byte that is not white space; nil at the end.
    @inline(__always)
    mutating func peek() -> UInt8? {
        while position < end {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    @inline(__always)
    mutating func expect(_ byte: UInt8) throws(JSONFault) {
        guard peek() == byte else { throw malformed }
        position += 1
    }

    /// Nothing but white space may follow.
    mutating func expectEnd() throws(JSONFault) {
        guard peek() == nil, end == bytes.count else { throw malformed }
    }

    /// Passes one value; `depth` counts the containers around it.
    mutating func value(depth: Int) throws(JSONFault) -> JSONSlot {
        guard let first = peek() else { throw malformed }
        switch first {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "t"): return try literal("true", .boolean, mark: true)
        case UInt8(ascii: "f"): return try literal("false", .boolean, mark: false)
        case UInt8(ascii: "n"): return try literal("null", .null, mark: false)
        default: return try number()
        }
    }

    private mutating func literal(_ word: StaticString, _ kind: JSONSlot.Kind, mark: Bool)
        throws(JSONFault) -> JSONSlot
    {
        let count = word.utf8CodeUnitCount
        guard end - position >= count else { throw malformed }
        // A static string's bytes live as long as the process.
        let matches = (0..<count).allSatisfy { bytes[position + $0] == word.utf8Start[$0] }
        guard matches else { throw malformed }
        defer { position += count }
        return slot(from: position, to: position + count, kind, mark: mark)
    }

    @inline(__always)
    func slot(from start: Int, to stop: Int, _ kind: JSONSlot.Kind, mark: Bool) -> JSONSlot {
        JSONSlot(start: start, length: stop - start, kind: kind, mark: mark)
    }
}

// MARK: - Numbers

extension JSONScanner {
    private mutating func number() throws(JSONFault) -> JSONSlot {
        let start = position
        if position < end, bytes[position] == UInt8(ascii: "-") { position += 1 }
        guard position < end else { throw malformed }
        if bytes[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        var isInteger = true
        if position < end, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < end,
                bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
            {
                position += 1
            }
            try digits()
        }
        return slot(from: start, to: position, .number, mark: isInteger)
    }

    /// One digit or more.
    private mutating func digits() throws(JSONFault) {
        let start = position
        while position < end, bytes[position] &- 0x30 < 10 { position += 1 }
        guard position > start else { throw malformed }
    }
}

// MARK: - Containers

extension JSONScanner {
    private mutating func array(depth: Int) throws(JSONFault) -> JSONSlot {
        guard depth <= Self.depthLimit else { throw .tooDeep }
        let start = position
        position += 1
        if peek() == UInt8(ascii: "]") {
            position += 1
        } else {
            while true {
                _ = try value(depth: depth)
                if try separator(closing: UInt8(ascii: "]")) { break }
            }
        }
        return slot(from: start, to: position, .array, mark: false)
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONSlot {
        guard depth <= Self.depthLimit else { throw .tooDeep }
        let start = position
        var keys = JSONKeySet()
        position += 1
        if peek() == UInt8(ascii: "}") {
            position += 1
        } else {
            while true {
                try keys.insert(try key(), of: bytes)
                _ = try value(depth: depth)
                if try separator(closing: UInt8(ascii: "}")) { break }
            }
        }
        return slot(from: start, to: position, .object, mark: false)
    }

    /// A member's name and the colon after it.
    @inline(__always)
    mutating func key() throws(JSONFault) -> JSONSlot {
        guard peek() == UInt8(ascii: "\"") else { throw malformed }
        let key = try string()
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// Passes a comma, or the closing byte; says whether it was the latter.
    @inline(__always)
    mutating func separator(closing: UInt8) throws(JSONFault) -> Bool {
        guard let byte = peek(), byte == closing || byte == UInt8(ascii: ",") else {
            throw malformed
        }
        position += 1
        return byte == closing
    }
}

// MARK: - Strings

extension JSONScanner {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Passes a string, the position being at its opening quote. Eight bytes a step: the lowest
    /// marked byte of `stop` is exact, the ones above it need not be.
    mutating func string() throws(JSONFault) -> JSONSlot {
        position += 1
        let start = position
        var hasEscape = false
        var high: UInt64 = 0
        while true {
            while end - position >= 8 {
                let word = UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                let quote = word ^ (Self.ones &* 0x22)
                let slash = word ^ (Self.ones &* 0x5C)
                let stop =
                    ((quote &- Self.ones) & ~quote | (slash &- Self.ones) & ~slash
                        | (word &- Self.ones &* 0x20) & ~word) & Self.highs
                guard stop == 0 else {
                    let passed = stop.trailingZeroBitCount & ~7
                    high |= word & ((1 << UInt64(passed)) &- 1)
                    position += passed / 8
                    break
                }
                high |= word
                position += 8
            }
            guard position < end else { throw malformed }
            let byte = bytes[position]
            if byte == 0x22 { break }
            if byte == 0x5C {
                try escape()
                hasEscape = true
            } else {
                guard byte >= 0x20 else { throw malformed }
                high |= UInt64(byte)
                position += 1
            }
        }
        if high & Self.highs != 0 {
            guard JSONText.isUTF8(bytes, start..<position) else { throw .malformed(at: start) }
        }
        position += 1
        return slot(from: start, to: position - 1, .string, mark: hasEscape)
    }

    /// Passes a backslash and what it escapes; a high surrogate takes its low one along.
    private mutating func escape() throws(JSONFault) {
        guard end - position >= 2 else { throw malformed }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            guard unit & 0xF800 == 0xD800 else { return }
            guard unit < 0xDC00, end - position >= 2, bytes[position] == 0x5C,
                bytes[position + 1] == UInt8(ascii: "u"),
                try codeUnit() & 0xFC00 == 0xDC00
            else { throw malformed }
        default: throw malformed
        }
    }

    /// The value of `\uXXXX` at the position, which moves behind it.
    private mutating func codeUnit() throws(JSONFault) -> UInt16 {
        guard end - position >= 6, let unit = JSONText.hexadecimal(bytes, at: position + 2) else {
            throw malformed
        }
        position += 6
        return unit
    }
}
