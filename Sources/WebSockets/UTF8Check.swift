// Well-formed UTF-8, checked in pieces as they arrive (RFC 3629, Unicode table 3-7). Pure.
// Used by `MessageAssembly`: libwebsockets passes invalid text through.

/// State between two pieces of one message; begins at a character's boundary.
struct UTF8Check {
    /// Continuation bytes still missing of the character in hand; 0 at a boundary.
    private var missing: UInt8 = 0
    /// Allowed range of the next continuation byte. It is narrower than 80...BF only for the
    /// second byte after E0, ED, F0 and F4 (no overlong forms, surrogates, or beyond 10FFFF).
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF

    /// True at a character's boundary: a message may end here.
    var isComplete: Bool { missing == 0 }

    /// Takes the next piece. False at the first byte that can not belong to valid text; the check
    /// is of no use afterwards.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        let count = bytes.count
        while index < count {
            if missing == 0 {
                index = Self.skipASCII(bytes, from: index)
                if index == count { return true }
            }
            guard take(bytes[index]) else { return false }
            index += 1
        }
        return true
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard byte >= low, byte <= high else { return false }
            missing -= 1
            low = 0x80
            high = 0xBF
            return true
        }
        switch byte {
        case 0...0x7F: return true
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, low) = (2, 0xA0)
        case 0xED: (missing, high) = (2, 0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, low) = (3, 0x90)
        case 0xF1...0xF3: missing = 3
        case 0xF4: (missing, high) = (3, 0x8F)
        default: return false
        }
        return true
    }

    /// The first byte at or after `start` that is not ASCII; eight at a time.
    private static func skipASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        let count = bytes.count
        while index + 8 <= count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if word & 0x8080_8080_8080_8080 != 0 { break }
            index += 8
        }
        while index < count, bytes[index] < 0x80 { index += 1 }
        return index
    }
}
