/// How big things may be, and how a file begins (STYLE).

extension Rule {
    static let maximumFileLines = 400
    static let maximumFunctionLines = 70
    static let maximumColumns = 100

    static let sizes = Rule(name: "sizes") { text in
        var found: [(line: Int, message: String)] = []
        let count = text.lines.last == "" ? text.lines.count - 1 : text.lines.count
        if count > maximumFileLines {
            found.append((maximumFileLines, "\(count) lines; \(maximumFileLines) at most"))
        }
        for function in FunctionSpan.all(in: text) where function.lines > maximumFunctionLines {
            let size = "\(function.lines) lines; \(maximumFunctionLines) at most"
            found.append((function.start, "\(function.name) has \(size)"))
        }
        for (line, code) in text.lines.enumerated() where code.count > maximumColumns {
            found.append((line, "\(code.count) columns; \(maximumColumns) at most"))
        }
        return found
    }

    static let firstComment = Rule(name: "first comment") { text in
        guard text.room != nil else { return [] }
        return text.lines.first.map { $0.hasPrefix("//") } == true
            ? [] : [(0, "the first comment says what the file is and who calls it")]
    }
}

/// A function's body in a file.
struct FunctionSpan {
    let name: String
    /// From 0.
    let start: Int
    let lines: Int

    static func all(in text: SourceText) -> [FunctionSpan] {
        text.code.enumerated().flatMap { line, code -> [FunctionSpan] in
            ["func", "init", "deinit", "subscript"].compactMap { word -> FunctionSpan? in
                guard let at = Words.places(of: word, in: code).first,
                    !code.utf8.prefix(at).contains(UInt8(ascii: ".")),
                    let end = bodyEnd(in: text, line: line, after: at)
                else { return nil }
                return FunctionSpan(name: code.trimmed, start: line, lines: end - line + 1)
            }
        }
    }

    /// The line of the closing brace; nil for a declaration without a body.
    private static func bodyEnd(in text: SourceText, line: Int, after column: Int) -> Int? {
        var parentheses = 0
        var braces = 0
        for (number, code) in text.code.enumerated().dropFirst(line) {
            let bytes = Array(code.utf8).dropFirst(number == line ? column : 0)
            if braces == 0, parentheses == 0, number > line, startsSomethingElse(code) {
                return nil
            }
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0 || braces > 0: braces += 1
                case UInt8(ascii: "}") where braces > 0:
                    braces -= 1
                    if braces == 0 { return number }
                case UInt8(ascii: "}") where parentheses == 0: return nil
                default: break
                }
            }
        }
        return nil
    }

    private static func startsSomethingElse(_ code: String) -> Bool {
        let words = code.split(whereSeparator: \.isWhitespace)
        return words.contains { declarations.contains(String($0)) }
    }

    private static let declarations: Set<String> = [
        "func", "var", "let", "case", "struct", "class", "enum", "protocol", "extension",
        "associatedtype", "typealias", "deinit",
    ]
}
