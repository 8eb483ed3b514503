/// Follows a YAML file line by line and knows what in it is text: in quotes, or indented below a
/// `|` or `>`. What stands there is nobody's key. Used by `YAMLLine`.

/// A text in quotes, by where it opens and closes; all from 1.
struct YAMLQuote {
    var sign: Unicode.Scalar
    var line: Int
    var column: Int
    /// The column of the closing quote.
    var end: Int
}

struct YAMLTexts {
    /// What is indented deeper than `parent` belongs to it; the first line of it says how deep.
    private struct Block {
        var line: Int
        var parent: Int
        var indent: Int?
    }

    private var open: YAMLQuote?
    private var block: Block?
    /// Brackets and braces.
    private var depth = 0

    mutating func mark(_ line: inout YAMLLine) {
        line.isPlain = Array(repeating: false, count: line.scalars.count)
        if open == nil, belongsToBlock(line) {
            line.isText = true
            return
        }
        line.textAbove = block.map { ($0.indent ?? $0.parent + 2, $0.line) }
        block = nil
        line.isText = open != nil
        follow(&line)
        if open == nil, depth == 0, let parent = Self.parentOfBlock(line) {
            block = Block(line: line.number, parent: parent)
        }
    }

    private mutating func belongsToBlock(_ line: YAMLLine) -> Bool {
        guard let block else { return false }
        if line.indent == line.scalars.count { return true }
        guard line.indent > block.parent, line.indent >= block.indent ?? 0 else { return false }
        self.block?.indent = block.indent ?? line.indent
        return true
    }

    /// Where the key of `key: |` or the dash of `- |` stands.
    private static func parentOfBlock(_ line: YAMLLine) -> Int? {
        let words = line.content.split(separator: " ")
        guard let sign = words.last, let first = sign.first, "|>".contains(first),
            sign.dropFirst().allSatisfy({ "+-0123456789".contains($0) }),
            words.count == 1 || words[words.count - 2].hasSuffix(":")
        else { return nil }
        return words.count == 1 ? line.indent : line.column - 1
    }

    private mutating func follow(_ line: inout YAMLLine) {
        /// Whether a value may begin here: only then a quote or a bracket is one.
        var mayBegin = true
        var index = open == nil ? line.column - 1 : 0
        while index < line.scalars.count {
            let sign = line.scalars[index]
            let next = index + 1 < line.scalars.count ? line.scalars[index + 1] : " "
            if let quote = open {
                if sign == quote.sign, sign == "\"" || next != sign {
                    open = nil
                    line.quotes.append(
                        YAMLQuote(
                            sign: sign, line: quote.line, column: quote.column, end: index + 1))
                    mayBegin = false
                } else if sign == quote.sign || (sign == "\\" && quote.sign == "\"") {
                    index += 1
                }
            } else if mayBegin, sign == "\"" || sign == "'" {
                open = YAMLQuote(sign: sign, line: line.number, column: index + 1, end: 0)
            } else if sign == "#", index == 0 || line.scalars[index - 1] == " " {
                return
            } else {
                line.isPlain[index] = true
                mayBegin = begins(behind: sign, next, mayBegin)
            }
            index += 1
        }
    }

    private mutating func begins(
        behind sign: Unicode.Scalar, _ next: Unicode.Scalar, _ mayBegin: Bool
    ) -> Bool {
        switch sign {
        case " ": return mayBegin
        case ":", "-": return next == " " || (depth > 0 && sign == ":")
        case ",": return depth > 0
        case "[", "{":
            if mayBegin || depth > 0 { depth += 1 }
            return mayBegin || depth > 0
        case "]", "}":
            depth = max(0, depth - 1)
            return false
        default: return false
        }
    }
}
