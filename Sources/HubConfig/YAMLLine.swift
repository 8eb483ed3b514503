/// A line of a YAML file as `YAMLComplaint` looks at it: by signs alone, for the parser has given
/// up.

struct YAMLLine {
    /// From 1.
    let number: Int
    /// Spaces at its beginning.
    let indent: Int
    /// Where a tab stands among them, from 1.
    let tabColumn: Int?
    /// Without indentation, dashes, comment and blanks at the end.
    let content: String
    /// Whether it begins with a dash.
    let isItem: Bool
    /// Where the content begins, from 1.
    let column: Int
    /// Whether it begins in quotes, or is text below a `|`: no key stands here then.
    var isText = false
    /// How deep the text below a `|` stands that ends here, and the line of the `|`; where there is
    /// none yet, how deep it would.
    var textAbove: (indent: Int, line: Int)?
    /// Quotes that are closed here.
    var quotes: [YAMLQuote] = []
    /// For each sign whether it is neither in quotes nor in a comment.
    var isPlain: [Bool] = []
    let scalars: [Unicode.Scalar]

    /// Lines as the parser counts them; CRLF, too, is one `Character` and ends one line.
    static func all(in text: String) -> [YAMLLine] {
        var texts = YAMLTexts()
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated().map { index, line in
                var line = YAMLLine(number: index + 1, Array(line.unicodeScalars))
                texts.mark(&line)
                return line
            }
    }

    private init(number: Int, _ scalars: [Unicode.Scalar]) {
        self.number = number
        self.scalars = scalars
        let blanks = scalars.prefix { $0 == " " || $0 == "\t" }
        tabColumn = blanks.firstIndex(of: "\t").map { $0 + 1 }
        indent = blanks.count
        var start = blanks.count
        while start + 1 < scalars.count, scalars[start] == "-", scalars[start + 1] == " " {
            start += 1
            while start < scalars.count, scalars[start] == " " { start += 1 }
        }
        isItem = start > blanks.count || scalars[start...].elementsEqual(["-"])
        column = start + 1
        content = Self.text(scalars[start...])
    }

    /// Without a comment and blanks at the end.
    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var end = scalars.startIndex
        var before: Unicode.Scalar = " "
        for index in scalars.indices {
            if scalars[index] == "#", before == " " { break }
            before = scalars[index]
            if before != " " { end = index + 1 }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[scalars.startIndex..<end])
        return String(text)
    }

    var isBlank: Bool { content.isEmpty && !isItem }

    /// A colon that ends a key.
    var hasColon: Bool { content.hasSuffix(":") || content.contains(": ") }

    /// A key with its value behind it.
    var hasValue: Bool { content.contains(": ") }

    /// Begins like a key, and not like something in quotes or brackets.
    var canBeKey: Bool {
        guard let first = content.unicodeScalars.first else { return false }
        return !"[]{},\"'|>&*!#%@`?".unicodeScalars.contains(first)
    }

    /// What stands before the first blank.
    var word: String { String(content.prefix { $0 != " " }) }

    /// What stands behind it.
    var rest: String? {
        let rest = content.dropFirst(word.count).drop { $0 == " " }
        return rest.isEmpty ? nil : String(rest)
    }

    /// `title:Hello`, which is one word to the parser; an address is none.
    var keyWithoutBlank: (key: String, value: String)? {
        guard let colon = content.firstIndex(of: ":") else { return nil }
        let key = content[..<colon], value = content[content.index(after: colon)...]
        guard !key.isEmpty, !key.contains(" "), !value.hasPrefix("//") else { return nil }
        return (String(key), String(value))
    }

    /// `-name: a`, whose dash is a sign of the key to the parser.
    var itemWithoutBlank: String? {
        let signs = content.unicodeScalars
        guard !isText, signs.first == "-", let second = signs.dropFirst().first,
            second.properties.isAlphabetic || "\"'[{".unicodeScalars.contains(second)
        else { return nil }
        return "- \(content.dropFirst())"
    }

    /// Where lines below may begin that belong beside it: at its dash, and at its key.
    var levels: [Int] { isItem && column > indent + 1 ? [indent, column - 1] : [indent] }

    /// From 1; nil behind the end.
    func sign(at column: Int) -> Unicode.Scalar? {
        scalars.indices.contains(column - 1) ? scalars[column - 1] : nil
    }

    /// As it stands, for a message.
    var shown: String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return Entry.shortened(String(text))
    }
}
