/// Takes out of a page's script what only its readers need: comments, indentation, spaces, and the
/// length of private and of local names (`ScriptNames`). Called by `Pages` once for each script out
/// of the binary; `--web` serves scripts as they lie in the folder.
///
/// It reads tokens, not grammar, and leaves alone what tokens cannot tell: a newline stays unless a
/// sign beside it says that the statement goes on (ECMA-262 section 12.10), and only names that
/// nothing outside the file can reach become shorter. It leans on the pages' style: a
/// statement ends in a semicolon or a block and is never empty, and none begins with a regular
/// expression, which is told from a division by what stands before it. O(n).
struct ScriptTrim {
    private let source: [UInt8]
    private var at = 0
    private var output: [UInt8] = []
    private var tokens: [ScriptNames.Token] = []
    private var privateNames: [ArraySlice<UInt8>: [UInt8]] = [:]

    static func trimmed(_ source: [UInt8]) -> [UInt8] {
        var trim = ScriptTrim(source: source)
        trim.output.reserveCapacity(source.count)
        trim.code(inHole: false)
        return ScriptNames.shortened(trim.output, trim.tokens)
    }

    private init(source: [UInt8]) { self.source = source }

    private var next: UInt8? { at + 1 < source.count ? source[at + 1] : nil }

    /// Up to the brace that ends a template's hole, or to the end of the source.
    private mutating func code(inHole: Bool) {
        var depth = 0
        while at < source.count {
            switch source[at] {
            case _ where isGap: gap()
            case UInt8(ascii: "'"), UInt8(ascii: "\""): literal(endedBy: source[at])
            case UInt8(ascii: "`"): template()
            case UInt8(ascii: "#"): privateName()
            case UInt8(ascii: "/") where startsExpression: regularExpression()
            case UInt8(ascii: "{"):
                depth += 1
                sign()
            case UInt8(ascii: "}"):
                if inHole && depth == 0 { return }
                depth -= 1
                closeBlock()
                note(.sign, 1)
            case _ where Self.isName(source[at]): word()
            default: sign()
            }
        }
    }

    // What is left out

    /// Whether white space or a comment begins here.
    private var isGap: Bool {
        let byte = source[at]
        return byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
            || byte == UInt8(ascii: "/")
                && (next == UInt8(ascii: "/") || next == UInt8(ascii: "*"))
    }

    /// Passes over white space and comments; answers whether the line ended in between.
    private mutating func skipGap() -> Bool {
        var hasNewline = false
        while at < source.count, isGap {
            if source[at] != UInt8(ascii: "/") {
                if source[at] == 0x0A { hasNewline = true }
                at += 1
            } else if next == UInt8(ascii: "*") {
                hasNewline = skipBlockComment() || hasNewline
            } else {
                while at < source.count, source[at] != 0x0A { at += 1 }
            }
        }
        return hasNewline
    }

    private mutating func skipBlockComment() -> Bool {
        let start = at
        at += 2
        while at < source.count, source[at] != UInt8(ascii: "*") || next != UInt8(ascii: "/") {
            at += 1
        }
        at = min(at + 2, source.count)
        return source[start..<at].contains(0x0A)
    }

    /// After or before these a statement goes on over the end of a line.
    private static let goesOnAfter = Set("{}([,;:=?&|<>*%^!~".utf8)
    private static let goesOnBefore = Set(")]},;:.?=&|<>*%^".utf8)

    private mutating func gap() {
        let hasNewline = skipGap()
        guard let before = output.last, at < source.count else { return }
        let after = source[at]
        if hasNewline {
            if Self.goesOnAfter.contains(before) || Self.goesOnBefore.contains(after) { return }
            output.append(0x0A)
        } else if Self.isName(before) && Self.isName(after) || Self.wouldJoin(before, after) {
            output.append(0x20)
        }
    }

    /// `a + +b`, `a / /b/`: without the space another token would come out.
    private static func wouldJoin(_ before: UInt8, _ after: UInt8) -> Bool {
        let slash = UInt8(ascii: "/")
        return before == slash || after == slash
            || before == after && (before == UInt8(ascii: "+") || before == UInt8(ascii: "-"))
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"),
            UInt8(ascii: "#"), 0x80...:
            return true
        default: return false
        }
    }

    // What stays

    /// The newest bytes of the output are a token.
    private mutating func note(_ kind: ScriptNames.Token.Kind, _ count: Int) {
        tokens.append(.init(kind: kind, range: output.count - count..<output.count))
    }

    private mutating func sign() {
        copy()
        note(.sign, 1)
    }

    private mutating func word() {
        let start = output.count
        let isNumber = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(source[at])
        while at < source.count, Self.isName(source[at]) {
            if isNumber && source[at] == UInt8(ascii: "_") { at += 1 } else { copy() }
        }
        note(.word, output.count - start)
    }

    private mutating func copy() {
        output.append(source[at])
        at += 1
    }

    /// The last semicolon of a block ends nothing that its brace does not end.
    private mutating func closeBlock() {
        if output.last == UInt8(ascii: ";") {
            output.removeLast()
            if tokens.last?.range.upperBound == output.count + 1 { tokens.removeLast() }
        }
        copy()
    }

    /// A string, with its escapes.
    private mutating func literal(endedBy end: UInt8) {
        let start = output.count
        defer { note(.opaque, output.count - start) }
        copy()
        while at < source.count, source[at] != end {
            if source[at] == UInt8(ascii: "\\") { copy() }
            if at < source.count { copy() }
        }
        if at < source.count { copy() }
    }

    private static let opensSheet = Array("sheet(".utf8)

    /// A template is kept to the letter, but for a style sheet's spaces.
    private mutating func template() {
        let isSheet = output.suffix(6).elementsEqual(Self.opensSheet)
        copy()
        note(.opaque, 1)
        while at < source.count {
            switch source[at] {
            case UInt8(ascii: "`"):
                copy()
                note(.opaque, 1)
                return
            case UInt8(ascii: "\\"):
                copy()
                if at < source.count { copy() }
            case UInt8(ascii: "$") where next == UInt8(ascii: "{"):
                sign()
                sign()
                code(inHole: true)
                if at < source.count { sign() }
            case UInt8(ascii: "\"") where isSheet: literal(endedBy: UInt8(ascii: "\""))
            case _ where isSheet && isGap: styleGap()
            case UInt8(ascii: "}") where isSheet: closeBlock()
            default: copy()
            }
        }
    }

    private static let styleNeedsNoneAfter = Set("{};,:`".utf8)
    private static let styleNeedsNoneBefore = Set("{};,`".utf8)

    private mutating func styleGap() {
        _ = skipGap()
        guard let before = output.last, at < source.count else { return }
        if Self.styleNeedsNoneAfter.contains(before)
            || Self.styleNeedsNoneBefore.contains(source[at])
        {
            return
        }
        output.append(0x20)
    }

    /// The same short name for the same name all through the file.
    private mutating func privateName() {
        let start = at
        at += 1
        while at < source.count, Self.isName(source[at]) { at += 1 }
        let name = source[start..<at]
        let short = privateNames[name] ?? [UInt8(ascii: "#")] + Self.name(privateNames.count)
        privateNames[name] = short
        output.append(contentsOf: short)
        note(.opaque, short.count)
    }

    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    /// `a`, `b`... `Z`, `aa`...
    static func name(_ number: Int) -> [UInt8] {
        var name = [letters[number % letters.count]]
        var rest = number / letters.count
        while rest > 0 {
            rest -= 1
            name.append(letters[rest % letters.count])
            rest /= letters.count
        }
        return name
    }

    // Regular expressions

    private static let wordsBeforeExpressions: Set<String> = [
        "return", "typeof", "case", "in", "of", "void", "throw", "else", "await", "yield",
    ]

    /// Whether a value may begin here, so that a slash is no division.
    private var startsExpression: Bool {
        guard let last = output.lastIndex(where: { $0 != 0x20 && $0 != 0x0A }) else { return true }
        let before = output[last]
        if Self.isName(before) {
            let start = output[...last].lastIndex { !Self.isName($0) }.map { $0 + 1 } ?? 0
            let word = String(decoding: output[start...last], as: UTF8.self)
            return Self.wordsBeforeExpressions.contains(word)
        }
        return !")]}'\"`".utf8.contains(before)
    }

    private mutating func regularExpression() {
        let start = output.count
        defer { note(.opaque, output.count - start) }
        var isInClass = false
        copy()
        while at < source.count, source[at] != UInt8(ascii: "/") || isInClass {
            switch source[at] {
            case UInt8(ascii: "\\"): copy()
            case UInt8(ascii: "["): isInClass = true
            case UInt8(ascii: "]"): isInClass = false
            default: break
            }
            if at < source.count { copy() }
        }
        if at < source.count { copy() }
    }
}
