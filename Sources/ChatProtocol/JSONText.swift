/// What is inside JSON strings: UTF-8, escapes, control characters. Used by the scanner and by all
/// that turns slots into values.
enum JSONText {
    /// Whether the bytes are well-formed UTF-8 (RFC 3629: shortest forms, no surrogates).
    static func isUTF8(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        var position = range.lowerBound
        while position < range.upperBound {
            let lead = bytes[position]
            if lead < 0x80 {
                position += 1
                continue
            }
            let count: Int
            // The second byte's range depends on the first: no overlong form, no surrogate, none
            // above U+10FFFF.
            var second: ClosedRange<UInt8> = 0x80...0xBF
            switch lead {
            case 0xC2...0xDF: count = 2
            case 0xE0...0xEF:
                count = 3
                if lead == 0xE0 { second = 0xA0...0xBF }
                if lead == 0xED { second = 0x80...0x9F }
            case 0xF0...0xF4:
                count = 4
                if lead == 0xF0 { second = 0x90...0xBF }
                if lead == 0xF4 { second = 0x80...0x8F }
            default: return false
            }
            guard range.upperBound - position >= count, second.contains(bytes[position + 1]) else {
                return false
            }
            for index in 2..<max(count, 2) where bytes[position + index] & 0xC0 != 0x80 {
                return false
            }
            position += count
        }
        return true
    }

    /// Four hexadecimal digits; nil when one is none. The caller has checked that four are there.
    @inline(__always)
    static func hexadecimal(_ bytes: UnsafeRawBufferPointer, at start: Int) -> UInt16? {
        var value: UInt16 = 0
        for index in start..<start + 4 {
            let byte = bytes[index]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: return nil
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// The text of a string slot, exactly: nothing is normalised, stripped or replaced.
    static func string(_ slot: JSONSlot, of bytes: UnsafeRawBufferPointer) -> String {
        guard slot.mark else {
            return String(
                decoding: UnsafeRawBufferPointer(rebasing: bytes[slot.range]), as: UTF8.self)
        }
        return String(decoding: unescaped(slot, of: bytes), as: UTF8.self)
    }

    /// The bytes of a string slot with its escapes resolved. The scanner has checked them.
    static func unescaped(_ slot: JSONSlot, of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Int(slot.length))
        var position = slot.range.lowerBound
        let end = slot.range.upperBound
        while position < end {
            guard bytes[position] == 0x5C else {
                result.append(bytes[position])
                position += 1
                continue
            }
            position += appendEscape(at: position, of: bytes, to: &result)
        }
        return result
    }

    /// Appends what the escape at `position` stands for; returns its length.
    private static func appendEscape(
        at position: Int, of bytes: UnsafeRawBufferPointer, to result: inout [UInt8]
    ) -> Int {
        switch bytes[position + 1] {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            let unit = UInt32(hexadecimal(bytes, at: position + 2) ?? 0)
            guard unit & 0xF800 == 0xD800 else {
                append(unit, to: &result)
                return 6
            }
            let low = UInt32(hexadecimal(bytes, at: position + 8) ?? 0)
            append(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF, to: &result)
            return 12
        case let byte: result.append(byte)
        }
        return 2
    }

    private static func append(_ scalar: UInt32, to result: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(scalar) else {
            preconditionFailure("the scanner lets no lone surrogate through")
        }
        result.append(contentsOf: scalar.utf8)
    }

    /// Whether a text may name something: no control character (C0, DEL, C1), no line or paragraph
    /// separator, no bidirectional override or isolate, which make one name look like another.
    static func isNameable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
    }

    /// Printable ASCII without escapes: the short way to `isNameable`.
    @inline(__always)
    static func isPlain(_ slot: JSONSlot, of bytes: UnsafeRawBufferPointer) -> Bool {
        guard !slot.mark else { return false }
        for position in slot.range where !(0x20..<0x7F).contains(bytes[position]) { return false }
        return true
    }
}

/// The keys of one object, to find doubled ones. Compared as bytes after resolving escapes, each
/// with each: at most `JSONScanner.memberLimit`.
struct JSONKeySet {
    private var plain: [JSONSlot] = []
    private var resolved: [[UInt8]] = []

    mutating func insert(_ key: JSONSlot, of bytes: UnsafeRawBufferPointer) throws(JSONFault) {
        guard plain.count + resolved.count < JSONScanner.memberLimit else {
            throw .tooManyMembers
        }
        if key.mark {
            let name = JSONText.unescaped(key, of: bytes)
            guard !resolved.contains(name),
                !plain.contains(where: { bytes[$0.range].elementsEqual(name) })
            else { throw .duplicateKey }
            resolved.append(name)
        } else {
            let name = bytes[key.range]
            let isKnown =
                plain.contains { $0.length == key.length && bytes[$0.range].elementsEqual(name) }
                || resolved.contains { $0.elementsEqual(name) }
            guard !isKnown else { throw .duplicateKey }
            plain.append(key)
        }
    }
}
