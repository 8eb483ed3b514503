/// Turns YAML text into nodes that know their place. Only here and in `Entry` and `Section` the
/// rest of the room meets Yams.
import ChatModel
import Yams

struct Document {
    /// Larger files are refused unread. 10,000 rules are about 4 MiB.
    static let byteLimit = 16 * 1_048_576
    /// Repeated keys that are told apart in one file.
    private static let duplicateLimit = 50
    /// Stands at the beginning of a key that was repeated, and is reported already.
    static let repeatedKeyMark: ClosedRange<UInt32> = 0xE000...0xE0FF

    /// Nil when the text is no YAML mapping; the log then says why, unless it may be empty and is.
    static func read(_ text: String, _ log: ProblemLog, mayBeEmpty: Bool = false) -> Section? {
        guard text.utf8.count <= byteLimit else {
            log.error("the file is larger than 16 MiB", at: Place(line: 1, column: 1))
            return nil
        }
        var text = text.composed
        for repetition in 0..<duplicateLimit {
            do {
                guard let root = try Yams.compose(yaml: text) else {
                    if !mayBeEmpty {
                        log.error("the file is empty", at: Place(line: 1, column: 1))
                    }
                    return nil
                }
                return Entry(node: root, path: "", log: log, budget: NodeBudget(log)).section()
            } catch let error as YamlError {
                guard case .duplicatedKeysInMapping(let keys, let context) = error else {
                    report(error, text, log)
                    return nil
                }
                guard let mended = rename(keys, after: context.mark, in: text, repetition, log)
                else { return nil }
                text = mended
            } catch {
                log.error("not YAML: \(error)", at: Place(line: 1, column: 1))
                return nil
            }
        }
        log.error("too many keys are given twice to read on", at: Place(line: 1, column: 1))
        return nil
    }

    /// Yams stops at the first mapping with a repeated key. To tell of everything else as well, the
    /// repetition is reported and renamed to something no file uses, and the text is read again.
    private static func rename(
        _ keys: [String], after first: Mark, in text: String, _ repetition: Int, _ log: ProblemLog
    ) -> String? {
        guard let key = keys.sorted().first else { return nil }
        let search = RepeatedKeySearch(text)
        guard let repeated = search.place(of: key, after: first.line, first.column),
            let mark = Unicode.Scalar(repeatedKeyMark.lowerBound + UInt32(repetition))
        else {
            log.error(
                "key `\(key)` is given twice",
                at: Place(line: first.line, column: first.column, path: key))
            return nil
        }
        log.error(
            "key `\(key)` is given twice, first in line \(first.line)",
            at: Place(line: repeated.line, column: repeated.column, path: key))
        return search.text(replacingScalarAt: repeated.offset, by: mark)
    }

    private static func report(_ error: YamlError, _ text: String, _ log: ProblemLog) {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let complaint = YAMLComplaint.about(
                .init(
                    problem: problem, line: mark.line, column: mark.column, context: context?.text,
                    began: context.map { ($0.mark.line, $0.mark.column) }), in: text)
            let line = YAMLLine.all(in: text).first { $0.number == complaint.line }
            log.error(
                complaint.message, at: Place(line: complaint.line, column: complaint.column),
                allowed: complaint.allowed, source: line?.shown)
        case .reader(let problem, _, _, _):
            log.error("not YAML: \(problem)", at: Place(line: 1, column: 1))
        default:
            log.error("not YAML", at: Place(line: 1, column: 1))
        }
    }
}

/// Looks for the second appearance of a key, by text: the parser names only the first.
private struct RepeatedKeySearch {
    private let scalars: [Unicode.Scalar]

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// Lines and columns from 1. In block style the same column decides, else (in braces) any place
    /// behind the first where the word stands before a colon.
    func place(of key: String, after line: Int, _ column: Int) -> (
        line: Int, column: Int, offset: Int
    )? {
        let word = Array(key.unicodeScalars)
        guard !word.isEmpty else { return nil }
        var current = (line: 1, column: 1)
        var inBraces: (line: Int, column: Int, offset: Int)?
        for offset in scalars.indices {
            if current.line > line || (current.line == line && current.column > column),
                isKey(word, at: offset)
            {
                if current.column == column { return (current.line, current.column, offset) }
                if current.line == line, inBraces == nil {
                    inBraces = (current.line, current.column, offset)
                }
            }
            current =
                scalars[offset] == "\n"
                ? (current.line + 1, 1) : (current.line, current.column + 1)
            // In braces the repetition is on the same line, mostly; prefer it to a later column.
            if current.line > line, let inBraces { return inBraces }
        }
        return inBraces
    }

    func text(replacingScalarAt offset: Int, by scalar: Unicode.Scalar) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[..<offset])
        view.append(scalar)
        view.append(contentsOf: scalars[(offset + 1)...])
        return String(view)
    }

    private func isKey(_ word: [Unicode.Scalar], at offset: Int) -> Bool {
        var place = offset
        if place > 0, !" \t\n,{\"'".unicodeScalars.contains(scalars[place - 1]) { return false }
        guard scalars[place...].starts(with: word) else { return false }
        place += word.count
        if place < scalars.count, scalars[place] == "\"" || scalars[place] == "'" { place += 1 }
        while place < scalars.count, scalars[place] == " " { place += 1 }
        return place < scalars.count && scalars[place] == ":"
    }
}

/// Bounds the nodes one file may be read as: aliases let a small file describe a huge tree.
final class NodeBudget {
    private static let limit = 1_000_000
    private let log: ProblemLog
    private var left = NodeBudget.limit

    init(_ log: ProblemLog) { self.log = log }

    /// False, after one report, when the file is too large to go on.
    func take() -> Bool {
        left -= 1
        if left == -1 {
            log.error(
                "the file describes more than \(Self.limit) values, perhaps through its aliases",
                at: Place(line: 1, column: 1))
        }
        return left >= 0
    }
}
