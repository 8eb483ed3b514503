/// Why a text is no YAML, told by what people do: a colon, a quote or a bracket forgotten, a line
/// that stands too deep. The parser says where it could not go on, often a line later, in words
/// about its own workings; here the lines around that place are looked at. Made by `Document`.

struct YAMLComplaint: Hashable {
    var message: String
    var allowed: String?
    /// From 1.
    var line: Int
    var column: Int

    /// What the parser found: where it stopped, and where the thing began that it was in.
    struct Finding {
        var problem: String
        var line: Int
        var column: Int
        var context: String?
        var began: (line: Int, column: Int)?
    }

    static func about(_ finding: Finding, in text: String) -> YAMLComplaint {
        let lines = YAMLLine.all(in: text)
        return wideSign(lines, finding) ?? tab(lines, finding) ?? quoteInQuotes(lines, finding)
            ?? opened(finding, lines) ?? sign(finding, lines) ?? dash(lines, finding)
            ?? colon(lines, finding) ?? indentation(lines, finding) ?? twoColons(lines, finding)
            ?? YAMLComplaint(
                message: "not YAML: \(finding.problem)", line: finding.line,
                column: finding.column)
    }

    private static let quotes = "a value that begins with > < = * & ! | % @ or ` stands in quotes"

    /// The parser says "cannot start any token" of a tab, which nobody sees on a screen.
    private static func tab(_ lines: [YAMLLine], _ finding: Finding) -> YAMLComplaint? {
        guard let line = lines.last(where: { $0.number <= finding.line && $0.tabColumn != nil })
        else { return nil }
        return YAMLComplaint(
            message: "a tab at the beginning of a line: YAML is indented by spaces alone",
            allowed: "spaces", line: line.number, column: line.tabColumn ?? 1)
    }

    /// A quote or bracket that is never closed: the parser knows where it opened.
    private static func opened(_ finding: Finding, _ lines: [YAMLLine]) -> YAMLComplaint? {
        guard let began = finding.began, let context = finding.context else { return nil }
        if context.contains("quoted scalar") {
            return YAMLComplaint(
                message: "the quote that opens here is never closed",
                allowed: "the same quote at the end of the text", line: began.line,
                column: began.column)
        }
        guard finding.problem.contains("expected ',' or") else { return nil }
        let sign = lines.first { $0.number == began.line }?.sign(at: began.column) ?? "["
        return YAMLComplaint(
            message:
                "the `\(sign)` that opens here is not closed before line \(finding.line), column "
                + "\(finding.column), or a comma is missing there",
            allowed: sign == "{" ? "such as `{ to: group, group: care }`" : "such as `[anna, bo]`",
            line: began.line, column: began.column)
    }

    /// `'it's'` ends behind `it`: what follows is then no YAML.
    private static func quoteInQuotes(
        _ lines: [YAMLLine], _ finding: Finding
    ) -> YAMLComplaint? {
        guard finding.problem.contains("did not find expected"),
            let line = lines.first(where: { $0.number == finding.line }),
            let quote = line.quotes.last(where: { $0.end < finding.column }),
            line.scalars[quote.end..<(finding.column - 1)].allSatisfy({ $0 == " " }),
            // In brackets a comma may be what is missing.
            quote.end + 1 == finding.column || !finding.problem.contains("','")
        else { return nil }
        guard quote.line == line.number else {
            return YAMLComplaint(
                message: "the quote that opens here is not closed before line \(line.number)",
                allowed: "the same quote at the end of the text", line: quote.line,
                column: quote.column)
        }
        return YAMLComplaint(
            message: "text behind the `\(quote.sign)` that closes the quotes",
            allowed: quote.sign == "'"
                ? "`''` for a `'` within `'...'`, or `\"...\"` around it"
                : "`\\\"` for a `\"` within `\"...\"`, or `'...'` around it",
            line: line.number, column: finding.column)
    }

    /// A value without quotes that begins with a sign of YAML's own.
    private static func sign(_ finding: Finding, _ lines: [YAMLLine]) -> YAMLComplaint? {
        guard
            ["cannot start any token", "undefined alias"].contains(where: finding.problem.contains),
            let sign = lines.first(where: { $0.number == finding.line })?.sign(at: finding.column)
        else { return nil }
        return YAMLComplaint(
            message: "a value that begins with `\(sign)` and stands without quotes",
            allowed: quotes,
            line: finding.line, column: finding.column)
    }

    private static func dash(_ lines: [YAMLLine], _ finding: Finding) -> YAMLComplaint? {
        let upTo = lines.filter { $0.number <= finding.line && !$0.isBlank }
        guard let line = upTo.suffix(2).last(where: { $0.itemWithoutBlank != nil }),
            let item = line.itemWithoutBlank
        else { return nil }
        return YAMLComplaint(
            message: "a blank is missing behind the dash of `\(line.word)`",
            allowed: "`\(Entry.shortened(item))`", line: line.number, column: line.column)
    }

    /// A key without its colon, or without the blank behind it.
    private static func colon(_ lines: [YAMLLine], _ finding: Finding) -> YAMLComplaint? {
        let upTo = lines.filter { $0.number <= finding.line && !$0.isBlank }
        for (line, below) in zip(upTo.suffix(2), upTo.suffix(2).dropFirst().map { $0 } + [nil]) {
            guard !line.hasColon, line.canBeKey, !line.isText else { continue }
            if let text = line.textAbove {
                return YAMLComplaint(
                    message:
                        "this line stands left of the text below line \(text.line), and is no key",
                    allowed: "\(spaces([text.indent])) if it belongs to the text; else a colon",
                    line: line.number, column: line.column)
            }
            if let (key, value) = line.keyWithoutBlank {
                return YAMLComplaint(
                    message: "a blank is missing behind the colon of `\(key)`",
                    allowed: "`\(key): \(value)`", line: line.number, column: line.column)
            }
            let isDeeperBelow = below.map { $0.indent > line.indent } ?? false
            guard line.rest != nil || isDeeperBelow || below == nil else { continue }
            let value = line.rest.map { " \($0)" } ?? ""
            return YAMLComplaint(
                message: "a colon is missing behind `\(line.word)`",
                allowed: "`\(line.word):\(value)`", line: line.number, column: line.column)
        }
        return nil
    }

    /// A line that stands between the levels, or deeper than one that has its value already.
    private static func indentation(_ lines: [YAMLLine], _ finding: Finding) -> YAMLComplaint? {
        let upTo = lines.filter { $0.number <= finding.line && !$0.isBlank }
        guard let line = upTo.last, line.number == finding.line, line.hasColon || line.isItem else {
            return nil
        }
        func complaint(_ message: String, _ allowed: String) -> YAMLComplaint {
            YAMLComplaint(
                message: message, allowed: allowed, line: line.number, column: line.indent + 1)
        }
        var levels: [Int] = []
        for above in upTo.dropLast() {
            levels.removeAll { $0 > above.indent }
            levels += above.levels.filter { !levels.contains($0) }
        }
        guard let above = upTo.dropLast().last, let deepest = levels.last else { return nil }
        if line.indent > deepest, above.hasValue {
            return complaint(
                "this line is indented deeper than line \(above.number), which has its value "
                    + "already",
                "\(Self.spaces([deepest])), as line \(above.number)")
        }
        guard line.indent <= deepest, !levels.contains(line.indent) else { return nil }
        return complaint(
            "this line is indented by \(Self.spaces([line.indent])), between two levels",
            "\(Self.spaces(levels)), as the lines above")
    }

    private static func twoColons(_ lines: [YAMLLine], _ finding: Finding) -> YAMLComplaint? {
        guard let line = lines.first(where: { $0.number == finding.line }), line.hasValue,
            finding.problem.contains("mapping values")
        else { return nil }
        return YAMLComplaint(
            message: "a second colon in one line: a text that holds `: ` stands in quotes",
            allowed: "`\(line.word) \"...: ...\"`", line: finding.line, column: finding.column)
    }

    private static func spaces(_ levels: [Int]) -> String {
        let last = levels.last ?? 0
        let first = levels.dropLast().map(String.init).joined(separator: ", ")
        let numbers = first.isEmpty ? "\(last)" : "\(first) or \(last)"
        return levels == [0] ? "no space" : levels == [1] ? "1 space" : "\(numbers) spaces"
    }
}
