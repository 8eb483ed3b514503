/// One conversation. 128 random bits, so that it cannot be guessed; sixteen bytes by value, so that
/// the message path neither allocates nor compares strings for it.
///
/// Text: `s_` and 26 letters of Crockford's base 32 in lower case (`0-9 a-z` without `i l o u`),
/// most significant first, the first letter 0...7.
public struct SessionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The session's text is always this long.
    public static let textByteCount = 28

    /// Nil when the bytes are not the text of a session identifier; O(28), no allocation.
    public init?(utf8 bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.textByteCount, bytes[0] == 0x73, bytes[1] == 0x5F else {
            return nil
        }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 2..<Self.textByteCount {
            let digit = Self.digitValue(bytes[index])
            guard digit < 32 else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
        }
        guard Self.digitValue(bytes[2]) <= 7 else { return nil }
        self.init(high: high, low: low)
    }

    /// The same for bytes in any collection; slower, because it may have to copy them.
    public init?(utf8 bytes: some Collection<UInt8>) {
        guard bytes.count == Self.textByteCount else { return nil }
        let id = Array(bytes).withUnsafeBytes { Self(utf8: $0) }
        guard let id else { return nil }
        self = id
    }

    /// Nil when the text is not that of a session identifier.
    public init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    /// Appends the 28 bytes of the text form, at once.
    public func appendText(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.textByteCount) { text in
            var high = high
            var low = low
            // 26 digits of 5 bits are 130 bits: the first one holds only the top three.
            for index in stride(from: Self.textByteCount - 1, through: 2, by: -1) {
                // A static string's bytes live as long as the process; the index is below 32.
                text[index] = Self.digits.utf8Start[Int(low & 31)]
                low = low >> 5 | high << 59
                high >>= 5
            }
            text[0] = 0x73
            text[1] = 0x5F
            bytes.append(contentsOf: UnsafeBufferPointer(text))
        }
    }

    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.textByteCount)
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    public static func < (left: SessionID, right: SessionID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static var digits: StaticString { "0123456789abcdefghjkmnpqrstvwxyz" }

    /// 0...31, or 255 for a letter that is no digit. Without a table, because reading a static one
    /// costs more than it saves.
    @inline(__always)
    private static func digitValue(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x61...0x68: byte &- 0x57  // a-h
        case 0x6A, 0x6B: byte &- 0x58  // j k
        case 0x6D, 0x6E: byte &- 0x59  // m n
        case 0x70...0x74: byte &- 0x5A  // p-t
        case 0x76...0x7A: byte &- 0x5B  // v-z
        default: 255
        }
    }
}
