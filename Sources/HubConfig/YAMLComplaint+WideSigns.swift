/// Full-width signs, as a Chinese keyboard types them: they look like YAML's and are text to the
/// parser, which then stumbles a line or more later.
extension YAMLComplaint {
    private static let signs: [Unicode.Scalar: String] = [
        "：": ":", "，": ",", "［": "[", "］": "]", "｛": "{", "｝": "}", "“": "\"", "”": "\"",
        "\u{3000}": " ",
    ]

    static func wideSign(_ lines: [YAMLLine], _ finding: Finding) -> YAMLComplaint? {
        let upTo = lines.filter { $0.number <= finding.line && !$0.isBlank }
        return key(upTo, finding) ?? value(upTo, finding) ?? inBrackets(upTo, finding)
    }

    /// Lines that lack a real colon are one text up to the line where the parser gives up; the
    /// first of them is told.
    private static func key(_ upTo: [YAMLLine], _ finding: Finding) -> YAMLComplaint? {
        let isInLast = upTo.last.map { wideKey($0) != nil } ?? false
        let run = upTo.dropLast(isInLast ? 0 : 1).reversed().prefix { wideKey($0) != nil }
        guard let line = run.last, let (offset, mended) = wideKey(line) else { return nil }
        return complaint(line, at: offset, allowed: "`\(Entry.shortened(mended))`")
    }

    /// Where the sign stands, and what was probably meant.
    private static func wideKey(_ line: YAMLLine) -> (offset: Int, mended: String)? {
        guard !line.isText else { return nil }
        let content = line.scalars[(line.column - 1)...]
        let blanks = content.prefix { $0 == "\u{3000}" || $0 == "-" }
        if let blank = blanks.firstIndex(of: "\u{3000}") {
            return (blank, text(blanks, isMended: true) + text(content[blanks.endIndex...]))
        }
        guard line.canBeKey,
            let colon = content.indices.first(where: {
                line.isPlain[$0] && (content[$0] == "：" || content[$0] == ":")
            }), colon > content.startIndex, !content[..<colon].contains(" ")
        else { return nil }
        let behind = content[(colon + 1)...]
        guard content[colon] == "：" || behind.first == "\u{3000}" else { return nil }
        let value = behind.drop { $0 == " " || $0 == "\u{3000}" }
        let isList = value.first == "［" || value.first == "｛"
        return (
            content[colon] == "：" ? colon : colon + 1,
            "\(text(content[..<colon])): \(text(value, isMended: isList))"
        )
    }

    private static func text(
        _ scalars: ArraySlice<Unicode.Scalar>, isMended: Bool = false
    ) -> String {
        scalars.map { isMended ? signs[$0] ?? String($0) : String($0) }.joined()
    }

    /// `title: “Hello: you”`
    private static func value(_ upTo: [YAMLLine], _ finding: Finding) -> YAMLComplaint? {
        guard finding.problem.contains("mapping values"), let line = upTo.last, !line.isText,
            let colon = line.scalars.indices.first(where: {
                line.isPlain[$0] && line.scalars[$0] == ":" && line.sign(at: $0 + 2) == " "
            }), let start = line.scalars[(colon + 1)...].firstIndex(where: { $0 != " " }),
            line.isPlain[start], "“”［｛".unicodeScalars.contains(line.scalars[start])
        else { return nil }
        return complaint(line, at: start)
    }

    /// `{ to: group， group: care }`: the last sign before the parser gives up, unless a real comma
    /// or bracket stands between.
    private static func inBrackets(_ upTo: [YAMLLine], _ finding: Finding) -> YAMLComplaint? {
        guard finding.problem.contains("expected ',' or"), let began = finding.began else {
            return nil
        }
        for line in upTo.reversed().prefix(while: { $0.number >= began.line }) {
            let end = line.number == finding.line ? finding.column : line.scalars.count
            for index in line.scalars.indices.prefix(end).reversed() where line.isPlain[index] {
                if signs[line.scalars[index]] != nil { return complaint(line, at: index) }
                let isFindingItself = line.number == finding.line && index + 1 == finding.column
                if !isFindingItself, ",[]{}".unicodeScalars.contains(line.scalars[index]) {
                    return nil
                }
            }
        }
        return nil
    }

    private static func complaint(
        _ line: YAMLLine, at offset: Int, allowed: String? = nil
    ) -> YAMLComplaint {
        let sign = line.scalars[offset]
        let name = sign == "\u{3000}" ? "a full-width blank" : "`\(sign)`, a full-width sign,"
        return YAMLComplaint(
            message: "\(name) is text to YAML", allowed: allowed ?? signs[sign].map { "`\($0)`" },
            line: line.number, column: offset + 1)
    }
}
