/// A file somebody sent in a session: 128 random bits, so that it cannot be guessed.
///
/// Text: `f_` and the 26 letters a session's would have. Safe as a file's name on disk.
public struct FileID: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let bits: SessionID

    public init(high: UInt64, low: UInt64) { bits = SessionID(high: high, low: low) }

    /// Nil when the text is not that of a file.
    public init?(_ text: String) {
        guard text.hasPrefix("f_"), let bits = SessionID("s_" + text.dropFirst(2)) else {
            return nil
        }
        self.bits = bits
    }

    public var description: String { "f_" + bits.description.dropFirst(2) }

    public static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
}
