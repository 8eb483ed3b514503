/// A Swift file as the rules see it: code with comments and strings blanked out, and comments by
/// line. Lines and columns stay where they were, so a finding can name its place.
import Glibc

struct SourceText {
    /// Path inside the checkout: `Sources/HubCore/Hub.swift`.
    let path: String
    let lines: [String]
    /// The same lines without comments and without what stands inside string literals.
    let code: [String]
    /// Comment text by line number, from 0; several on a line are joined.
    let comments: [Int: String]
    /// `code` in one piece and a zero behind it, for quick looks.
    private let codeBytes: [UInt8]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var lexer = Lexer(text)
        lexer.run()
        codeBytes = lexer.code + [0]
        code = String(decoding: lexer.code, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        comments = lexer.comments.mapValues { String(decoding: $0, as: UTF8.self) }
    }

    /// The room whose file this is; nil outside `Sources/`.
    var room: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    /// Lines of code in which a word stands by itself. strstr(3) is done with most files at once:
    /// hundreds of files times dozens of words take seconds in a debug build otherwise.
    func linesHolding(_ word: String) -> [Int] {
        let isThere = codeBytes.withUnsafeBytes { bytes in
            strstr(bytes.baseAddress!.assumingMemoryBound(to: CChar.self), word) != nil
        }
        guard isThere else { return [] }
        return code.indices.filter { Words.contains(word, in: code[$0]) }
    }

    /// Any comment from four lines above to four below: where a reason for a line may stand.
    func hasComment(near line: Int) -> Bool {
        (max(0, line - 4)...(line + 4)).contains { comments[$0] != nil }
    }

    /// The comment on a line and the one that ends directly above it; attributes may stand between.
    func comment(at line: Int) -> String {
        var found = comments[line] ?? ""
        var above = line - 1
        while above >= 0, lines[above].trimmed.hasPrefix("@") { above -= 1 }
        while above >= 0, code[above].trimmed.isEmpty, let comment = comments[above] {
            found += " " + comment
            above -= 1
        }
        return found
    }
}

/// Splits Swift into code, comments and strings, byte by byte. Knows nested comments, escapes,
/// multi-line and raw strings; what is interpolated counts as string.
private struct Lexer {
    let bytes: [UInt8]
    var code: [UInt8] = []
    var comments: [Int: [UInt8]] = [:]
    var index = 0
    var line = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func run() {
        while index < bytes.count {
            if starts(with: "//") {
                while index < bytes.count, bytes[index] != 0x0A { skip(asComment: true) }
            } else if starts(with: "/*") {
                blockComment()
            } else if bytes[index] == 0x22 || rawStringHashes() > 0 {
                string()
            } else {
                if bytes[index] == 0x0A { line += 1 }
                code.append(bytes[index])
                index += 1
            }
        }
    }

    private func starts(with text: String, at offset: Int = 0) -> Bool {
        bytes[min(index + offset, bytes.count)...].starts(with: text.utf8)
    }

    /// The `#` signs of `#"..."#` that begin here; 0 when none does.
    private func rawStringHashes() -> Int {
        var hashes = 0
        while index + hashes < bytes.count, bytes[index + hashes] == 0x23 { hashes += 1 }
        return hashes > 0 && starts(with: "\"", at: hashes) ? hashes : 0
    }

    /// Takes one byte out of the code, leaving a blank, so that columns stay.
    private mutating func skip(asComment: Bool) {
        let byte = bytes[index]
        if asComment { comments[line, default: []].append(byte) }
        if byte == 0x0A {
            line += 1
            code.append(byte)
        } else if byte & 0xC0 != 0x80 {
            code.append(0x20)
        }
        index += 1
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") { depth += 1 }
            if starts(with: "*/") { depth -= 1 }
            skip(asComment: true)
            if index < bytes.count { skip(asComment: true) }
            while depth > 0, index < bytes.count, !starts(with: "/*"), !starts(with: "*/") {
                skip(asComment: true)
            }
        } while depth > 0 && index < bytes.count
    }

    private mutating func string() {
        let hashes = rawStringHashes()
        let fence = String(repeating: "#", count: hashes)
        let quote = starts(with: "\"\"\"", at: hashes) ? "\"\"\"" : "\""
        let escape = "\\" + fence
        take(hashes + quote.utf8.count)
        while index < bytes.count, !starts(with: quote + fence) {
            if starts(with: escape) {
                take(escape.utf8.count)
                if starts(with: "(") { interpolation() } else { take(1) }
            } else {
                take(1)
            }
        }
        take(quote.utf8.count + hashes)
    }

    private mutating func take(_ count: Int) {
        for _ in 0..<count where index < bytes.count { skip(asComment: false) }
    }

    private mutating func interpolation() {
        var depth = 0
        repeat {
            if bytes[index] == 0x22 || rawStringHashes() > 0 {
                string()
            } else {
                if bytes[index] == 0x28 { depth += 1 }
                if bytes[index] == 0x29 { depth -= 1 }
                take(1)
            }
        } while depth > 0 && index < bytes.count
    }
}

extension String {
    var trimmed: String {
        var rest = Substring(self)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
