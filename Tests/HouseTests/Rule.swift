/// A house rule: reads one file and says what is wrong in it. The rules themselves are in
/// `ImportRule`, `PureRoomRule`, `BanRules` and `SizeRules`; `HouseTests` runs them all.

struct Finding: CustomStringConvertible {
    let path: String
    /// From 1.
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

struct Rule: Sendable, CustomStringConvertible {
    let name: String
    /// Line numbers count from 0 here.
    let check: @Sendable (SourceText) -> [(line: Int, message: String)]

    var description: String { name }

    func findings(in text: SourceText) -> [Finding] {
        check(text).map { Finding(path: text.path, line: $0.line + 1, message: $0.message) }
    }

    static let all: [Rule] =
        [.imports, .pureRooms, .guardedUnsafety, .firstComment, .sizes] + bans
}

/// Looks for words in code, with borders: `Task` is not found in `TaskExecutor`.
enum Words {
    static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || byte == 0x5F
            || (0x61...0x7A).contains(byte) || byte >= 0x80
    }

    /// Where `text` stands in `line` as a word of its own, by byte offset. A border counts only on
    /// the sides where `text` itself begins or ends with a letter.
    static func places(of text: String, in line: String) -> [Int] {
        let wanted = Array(text.utf8), bytes = Array(line.utf8)
        guard !wanted.isEmpty, bytes.count >= wanted.count else { return [] }
        return (0...(bytes.count - wanted.count)).filter { start in
            let end = start + wanted.count
            guard bytes[start..<end].elementsEqual(wanted) else { return false }
            let opens = !isWordByte(wanted[0]) || start == 0 || !isWordByte(bytes[start - 1])
            let last = wanted[wanted.count - 1]
            let closes = !isWordByte(last) || end == bytes.count || !isWordByte(bytes[end])
            return opens && closes
        }
    }

    static func contains(_ text: String, in line: String) -> Bool {
        !places(of: text, in: line).isEmpty
    }
}
