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
            let digit = Self.digitValues[Int(bytes[index])]
            guard digit < 32 else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
        }
        guard Self.digitValues[Int(bytes[2])] <= 7 else { return nil }
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

    /// Appends the 28 bytes of the text form.
    public func appendText(to bytes: inout [UInt8]) {
        bytes.append(0x73)
        bytes.append(0x5F)
        var high = high
        var low = low
        // 26 digits of 5 bits are 130 bits: the first one holds only the top three.
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0x30, count: 26))
        for index in stride(from: 25, through: 0, by: -1) {
            bytes[start + index] = Self.digits[Int(low & 31)]
            low = low >> 5 | high << 59
            high >>= 5
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

    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let digitValues: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, byte) in digits.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()
}
