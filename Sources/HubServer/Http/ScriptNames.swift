/// Gives a script's local names short ones: variables, parameters, functions and classes that the
/// file declares and does not export. And says what may be said with fewer signs: declarations in a
/// row as one, `true`, parentheses around a lone parameter, a list's last comma. Used by
/// `ScriptTrim`, on its tokens.
///
/// It knows no scopes and needs none: a name gets the same short one wherever the file means it as
/// a name, and short ones that the file uses otherwise are not given. Left alone is whatever may
/// mean something outside the file: properties and keys, exports and imports, and every name the
/// file declares nowhere. It leans on the pages' style: globals that a local may be named like
/// (`name`, `status`, `event`) are reached through `globalThis`, and nothing leans on a constant's
/// refusal to be assigned. O(n).
struct ScriptNames {
    /// A token of the trimmed script: its place there, and what it is.
    struct Token {
        enum Kind { case word, sign, opaque }
        let kind: Kind
        let range: Range<Int>
    }

    private enum Frame { case block, object, classBody, clause, parenthesis, bracket, hole }
    private enum Meaning { case name, shorthand, key, word }

    /// An opened bracket that is not closed yet.
    private struct Opened {
        let frame: Frame
        let at: Int
        /// What is taken apart here is bound if the brackets around it are a declaration.
        let isPattern: Bool
        /// It is a declaration itself: `const { ... } =`.
        let isDeclared: Bool
        /// Of a block: the statement that goes on is a declaration, and not exported.
        var isDeclaring = false
        /// Words that are declared if this turns out to be a list of parameters.
        var bound: [Int] = []
    }

    private let script: [UInt8]
    private let tokens: [Token]
    private var meanings: [Meaning]
    private var declared: Set<ArraySlice<UInt8>> = []
    /// Not to be touched, and not to be given.
    private var taken: Set<ArraySlice<UInt8>> = []
    private var opened = [Opened(frame: .block, at: -1, isPattern: false, isDeclared: false)]
    private var isClassAhead = false
    /// What is written instead of a range of the script; in order, none over another.
    private var edits: [(Range<Int>, [UInt8])] = []
    private var isPassed: Int?

    static func shortened(_ script: [UInt8], _ tokens: [Token]) -> [UInt8] {
        var names = ScriptNames(script: script, tokens: tokens)
        for index in tokens.indices { names.read(index) }
        return names.rewritten()
    }

    private init(script: [UInt8], tokens: [Token]) {
        self.script = script
        self.tokens = tokens
        meanings = Array(repeating: .word, count: tokens.count)
    }

    // MARK: Reading

    private func text(_ index: Int) -> ArraySlice<UInt8> {
        tokens.indices.contains(index) ? script[tokens[index].range] : []
    }

    private func isSign(_ index: Int, _ sign: Character) -> Bool {
        tokens.indices.contains(index) && tokens[index].kind == .sign
            && script[tokens[index].range.lowerBound] == sign.asciiValue
    }

    private func isWord(_ index: Int, in words: Set<String>) -> Bool {
        tokens.indices.contains(index) && tokens[index].kind == .word
            && words.contains(String(decoding: text(index), as: UTF8.self))
    }

    private mutating func read(_ index: Int) {
        switch tokens[index].kind {
        case .opaque: break
        case .word: readWord(index)
        case .sign:
            switch script[tokens[index].range.lowerBound] {
            case UInt8(ascii: "{"): openBrace(index)
            case UInt8(ascii: "("):
                open(.parenthesis, index)
                if isLone(index) { dropParentheses(index) }
            case UInt8(ascii: "["): open(.bracket, index)
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): close(index)
            case UInt8(ascii: ";"): endStatement(index)
            case UInt8(ascii: ","):
                if [")", "]", "}"].contains(where: { isSign(index + 1, $0) }) { replace(index, "") }
            default: break
            }
        }
    }

    private static let declaring: Set<String> = ["const", "let", "var"]
    private static let blockWords: Set<String> = ["else", "try", "finally", "do", "catch", "static"]

    /// `=>`
    private func isArrow(endingAt index: Int) -> Bool {
        isSign(index, ">") && isSign(index - 1, "=")
    }

    private mutating func openBrace(_ index: Int) {
        let before = index - 1
        if isClassAhead {
            isClassAhead = false
            open(.classBody, index)
        } else if isWord(before, in: ["import", "export"]) {
            open(.clause, index)
        } else if isSign(before, "$") {
            open(.hole, index)
        } else if before < 0 || isSign(before, ")") || isSign(before, ";") || isSign(before, "}")
            || isSign(before, "{") || isArrow(endingAt: before)
            || isWord(before, in: Self.blockWords)
        {
            open(.block, index)
        } else {
            open(.object, index)
        }
    }

    private mutating func open(_ frame: Frame, _ index: Int) {
        let isDeclared = isWord(index - 1, in: Self.declaring) || goesOnDeclaring(index)
        let isInside = ["(", ",", "[", "{", ":", "."].contains { isSign(index - 1, $0) }
        opened.append(
            Opened(frame: frame, at: index, isPattern: isInside, isDeclared: isDeclared))
    }

    private mutating func close(_ index: Int) {
        guard opened.count > 1 else { return }
        let closed = opened.removeLast()
        switch closed.frame {
        case .parenthesis:
            if isParameters(from: closed.at, to: index) { declare(closed.bound) }
        case .object, .bracket:
            if closed.isDeclared {
                declare(closed.bound)
            } else if closed.isPattern {
                opened[opened.count - 1].bound += closed.bound
            }
        default: break
        }
    }

    /// `let a = 1, b`, at `b`.
    private func goesOnDeclaring(_ index: Int) -> Bool {
        guard let frame = opened.last else { return false }
        return frame.frame == .block && frame.isDeclaring && isSign(index - 1, ",")
    }

    private static let conditions: Set<String> = ["if", "for", "while", "switch", "with"]

    /// `(...) =>`, `name(...) {`, `catch (...) {`
    private func isParameters(from start: Int, to end: Int) -> Bool {
        if isSign(end + 1, "="), isSign(end + 2, ">") { return true }
        return isSign(end + 1, "{") && !isWord(start - 1, in: Self.conditions)
    }

    private mutating func declare(_ words: [Int]) {
        for word in words { declared.insert(text(word)) }
    }

    // MARK: Words

    private mutating func readWord(_ index: Int) {
        let word = text(index)
        let meaning = meaning(of: index)
        meanings[index] = meaning
        guard meaning == .name || meaning == .shorthand else { return }
        if String(decoding: word, as: UTF8.self) == "class" { isClassAhead = true }
        if opened.last?.frame == .clause || isOutward(index) { taken.insert(word) }
        sayShorter(index)
        if isWord(index - 1, in: Self.declaring.union(["function", "class"]))
            || goesOnDeclaring(index) || isSign(index + 1, "=") && isSign(index + 2, ">")
        {
            declared.insert(word)
        } else if isBound(index) {
            opened[opened.count - 1].bound.append(index)
        }
    }

    /// Of an import or export: `import * as a from`, `export const a`, `export async function a`.
    private func isOutward(_ index: Int) -> Bool {
        var first = index - 1
        while isWord(first, in: ["const", "let", "function", "class", "async", "as"])
            || isSign(first, "*")
        {
            first -= 1
        }
        return isWord(first, in: ["import", "export"])
    }

    private func isBound(_ index: Int) -> Bool {
        guard [.parenthesis, .bracket, .object].contains(opened.last?.frame) else { return false }
        return ["(", ",", "[", "{", ":", "."].contains { isSign(index - 1, $0) }
    }

    private static let modifiers: Set<String> = ["get", "set", "async", "static"]

    private func meaning(of index: Int) -> Meaning {
        let first = text(index).first ?? 0
        if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) { return .word }
        let isSpread = isSign(index - 1, ".") && isSign(index - 2, ".") && isSign(index - 3, ".")
        if isSign(index - 1, "."), !isSpread { return .key }
        // `from 'x'` ends an import.
        if isWord(index, in: ["from"]), tokens.indices.contains(index + 1),
            tokens[index + 1].kind == .opaque
        {
            return .word
        }
        switch opened.last?.frame {
        case .object: return inObject(index)
        case .classBody: return begins(index, after: ["{", ";", "}"]) ? .key : .name
        default: return .name
        }
    }

    private func inObject(_ index: Int) -> Meaning {
        guard begins(index, after: ["{", ","]) else { return .name }
        let isShorthand = [",", "}", "="].contains { isSign(index + 1, $0) }
        return isShorthand ? .shorthand : .key
    }

    /// Whether a member begins here, `static`, `async`, `get` or `set` aside.
    private func begins(_ index: Int, after signs: [Character]) -> Bool {
        var first = index - 1
        while isWord(first, in: Self.modifiers) { first -= 1 }
        return signs.contains { isSign(first, $0) }
    }

    // MARK: Fewer signs

    private mutating func replace(_ index: Int, _ text: String) {
        edits.append((tokens[index].range, Array(text.utf8)))
    }

    /// A sign needs no space before it.
    private mutating func replaceWithSign(_ index: Int, _ text: String) {
        let range = tokens[index].range
        let hasSpace = range.lowerBound > 0 && script[range.lowerBound - 1] == 0x20
        edits.append((range.lowerBound - (hasSpace ? 1 : 0)..<range.upperBound, Array(text.utf8)))
    }

    private mutating func sayShorter(_ index: Int) {
        switch String(decoding: text(index), as: UTF8.self) {
        case "true": replaceWithSign(index, "!0")
        case "false": replaceWithSign(index, "!1")
        case "undefined": replace(index, "void 0")
        case "const", "let":
            opened[opened.count - 1].isDeclaring = !isWord(index - 1, in: ["export"])
            if index != isPassed { replace(index, "let") }
        default: break
        }
    }

    /// `const a = 1; let b;` becomes `let a = 1, b;`.
    private mutating func endStatement(_ index: Int) {
        guard opened.last?.frame == .block, opened.last?.isDeclaring == true,
            isWord(index + 1, in: ["const", "let"]), index + 2 < tokens.count
        else { return opened[opened.count - 1].isDeclaring = false }
        isPassed = index + 1
        let range = tokens[index].range.lowerBound..<tokens[index + 2].range.lowerBound
        edits.append((range, [UInt8(ascii: ",")]))
    }

    /// `(a) =>`
    private func isLone(_ index: Int) -> Bool {
        index + 2 < tokens.count && tokens[index + 1].kind == .word && isSign(index + 2, ")")
            && isSign(index + 3, "=") && isSign(index + 4, ">")
    }

    private mutating func dropParentheses(_ index: Int) {
        let isAfterWord = index > 0 && tokens[index - 1].kind == .word
        replace(index, isAfterWord ? " " : "")
        replace(index + 2, "")
    }

    // MARK: Writing

    private mutating func rewritten() -> [UInt8] {
        let short = shortNames()
        for (index, token) in tokens.enumerated() {
            guard meanings[index] == .name || meanings[index] == .shorthand,
                let name = short[text(index)]
            else { continue }
            let key = meanings[index] == .shorthand ? text(index) + [UInt8(ascii: ":")] : []
            edits.append((token.range, key + name))
        }
        var output: [UInt8] = []
        output.reserveCapacity(script.count)
        var at = 0
        for (range, text) in edits.sorted(by: { $0.0.lowerBound < $1.0.lowerBound }) {
            output += script[at..<range.lowerBound] + text
            at = range.upperBound
        }
        return output + script[at...]
    }

    /// The most frequent names get the shortest ones.
    private mutating func shortNames() -> [ArraySlice<UInt8>: [UInt8]] {
        var counts: [ArraySlice<UInt8>: Int] = [:]
        var order: [ArraySlice<UInt8>] = []
        /// Bytes, with a name of one letter: a shorthand has to say its key, too.
        var gains: [ArraySlice<UInt8>: Int] = [:]
        for index in tokens.indices where meanings[index] == .name || meanings[index] == .shorthand
        {
            let word = text(index)
            if counts[word] == nil { order.append(word) }
            counts[word, default: 0] += 1
            gains[word, default: 0] += meanings[index] == .shorthand ? -2 : word.count - 1
        }
        let locals = order.filter {
            declared.contains($0) && !taken.contains($0) && gains[$0, default: 0] > 0
        }
        let others = Set(order).subtracting(locals)
        let sorted = locals.enumerated().sorted {
            let (left, right) = (counts[$0.element] ?? 0, counts[$1.element] ?? 0)
            return left == right ? $0.offset < $1.offset : left > right
        }
        var number = 0
        var short: [ArraySlice<UInt8>: [UInt8]] = [:]
        for (_, word) in sorted {
            var name = ScriptTrim.name(number)
            while others.contains(name[...]) || Self.reserved.contains(name) {
                number += 1
                name = ScriptTrim.name(number)
            }
            number += 1
            short[word] = name
        }
        return short
    }

    private static let reserved = Set(["as", "do", "if", "in", "is", "of"].map { Array($0.utf8) })
}
