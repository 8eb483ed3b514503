/// A text pattern in which `*` stands for any text, also none; everything else is itself. Matching
/// is linear in pattern and text together, whatever they are: the pieces between stars are looked
/// for one after the other, each with a table that never reads a byte twice.
public struct Glob: Hashable, Sendable, CustomStringConvertible {
    public let pattern: String
    /// At the very beginning of the text, and at its very end.
    private let head: [UInt8]
    private let tail: [UInt8]
    /// In between, in this order, not overlapping.
    private let middle: [BytePattern]
    private let hasStar: Bool

    public init(_ pattern: String) {
        self.pattern = pattern
        let pieces = pattern.utf8.split(separator: 0x2A, omittingEmptySubsequences: false)
            .map(Array.init)
        hasStar = pieces.count > 1
        head = pieces[0]
        tail = hasStar ? pieces[pieces.count - 1] : []
        middle = pieces.dropFirst().dropLast().filter { !$0.isEmpty }.map(BytePattern.init)
    }

    public func matches(_ text: String) -> Bool {
        var steps = 0
        return matches(text, steps: &steps)
    }

    /// `steps` counts the bytes looked at: tests hold it against the length of the text.
    func matches(_ text: String, steps: inout Int) -> Bool {
        var text = text
        return text.withUTF8 { matches($0, steps: &steps) }
    }

    private func matches(_ bytes: UnsafeBufferPointer<UInt8>, steps: inout Int) -> Bool {
        steps += head.count + tail.count
        guard bytes.count >= head.count + tail.count, bytes.starts(with: head) else { return false }
        guard hasStar else { return bytes.count == head.count }
        let end = bytes.count - tail.count
        guard bytes[end...].elementsEqual(tail) else { return false }
        var position = head.count
        for piece in middle {
            guard let found = piece.endOfFirst(in: bytes, from: position, to: end, steps: &steps)
            else { return false }
            position = found
        }
        return true
    }

    public var description: String { pattern }
    public static func == (left: Glob, right: Glob) -> Bool { left.pattern == right.pattern }
    public func hash(into hasher: inout Hasher) { hasher.combine(pattern) }
}

/// A sequence of bytes to find, with its failure table (Knuth, Morris, Pratt 1977).
struct BytePattern: Sendable {
    private let bytes: [UInt8]
    /// For each prefix, the length of its longest proper prefix that is also its suffix.
    private let fallback: [Int]

    init(_ bytes: [UInt8]) {
        precondition(!bytes.isEmpty, "nothing is everywhere")
        self.bytes = bytes
        var fallback = [Int](repeating: 0, count: bytes.count)
        var length = 0
        for index in bytes.indices.dropFirst() {
            while length > 0, bytes[index] != bytes[length] { length = fallback[length - 1] }
            if bytes[index] == bytes[length] { length += 1 }
            fallback[index] = length
        }
        self.fallback = fallback
    }

    /// Where the first occurrence within the range ends; nil without one. O(range).
    func endOfFirst(
        in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, steps: inout Int
    ) -> Int? {
        var length = 0
        var position = start
        while position < end {
            steps += 1
            let byte = text[position]
            while length > 0, byte != bytes[length] {
                steps += 1
                length = fallback[length - 1]
            }
            if byte == bytes[length] { length += 1 }
            position += 1
            if length == bytes.count { return position }
        }
        return nil
    }
}
