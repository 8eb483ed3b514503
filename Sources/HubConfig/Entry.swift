/// A value in a file, with its place; reads itself as what is expected there, or reports. All
/// readers answer nil after a report, so a decoder goes on with a default and finds the rest.
import Yams

struct Entry {
    let node: Node
    let path: String
    let log: ProblemLog
    let budget: NodeBudget

    var place: Place {
        Place(line: node.mark?.line ?? 0, column: node.mark?.column ?? 0, path: path)
    }

    func error(_ message: String, allowed: String? = nil, suggestion: String? = nil) {
        log.error(message, at: place, allowed: allowed, suggestion: suggestion)
    }

    /// The text of a scalar, and whether it was written without quotes.
    var scalar: (text: String, isPlain: Bool)? {
        guard case .scalar(let scalar) = node else { return nil }
        return (scalar.string, scalar.style == .plain || scalar.style == .any)
    }

    var isMapping: Bool { node.mapping != nil }
    var isSequence: Bool { node.sequence != nil }

    /// Written as nothing, `~` or `null`.
    var isNull: Bool {
        guard let (text, isPlain) = scalar else { return false }
        return isPlain && ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The keys below it.
    func section() -> Section? {
        guard let mapping = node.mapping else {
            let hint =
                isNull
                ? ", indented deeper than what it belongs to"
                : scalar?.text.contains("：") == true ? "; `：` is a full-width sign, and text" : ""
            error(
                "expected keys and values\(isNull ? ", found nothing" : shown)",
                allowed: "a mapping such as `key: value`\(hint)")
            return nil
        }
        return Section(mapping, self)
    }

    /// The elements of a list.
    func list() -> [Entry]? {
        guard let sequence = node.sequence else {
            error("expected a list\(shown)", allowed: "a list such as `[a, b]`")
            return nil
        }
        return elements(sequence)
    }

    /// The elements of a list; anything else counts as a list of itself.
    func listOrSelf() -> [Entry] {
        node.sequence.map { elements($0) } ?? [self]
    }

    private func elements(_ sequence: Node.Sequence) -> [Entry] {
        sequence.enumerated().compactMap { index, element in
            guard budget.take() else { return nil }
            return Entry(node: element, path: "\(path)[\(index)]", log: log, budget: budget)
        }
    }

    /// A text of 1 to so many bytes without control characters.
    func text(maximumBytes: Int = 200) -> String? {
        guard let (text, _) = scalar, !isNull else {
            error("expected a text")
            return nil
        }
        let allowed = "1...\(maximumBytes) bytes without control characters"
        guard !text.isEmpty, text.utf8.count <= maximumBytes else {
            error(text.isEmpty ? "the text is empty" : "the text is too long", allowed: allowed)
            return nil
        }
        guard text.unicodeScalars.allSatisfy(Self.isPrintable) else {
            error("the text has control characters", allowed: allowed)
            return nil
        }
        return text
    }

    func integer(in range: ClosedRange<Int>) -> Int? {
        let number = scalar.flatMap { Int($0.text) }
        guard let number, range.contains(number) else {
            let allowed = "\(range.lowerBound)...\(range.upperBound)"
            error(
                "expected \(number == nil ? "a whole number" : allowed)\(shown)", allowed: allowed)
            return nil
        }
        return number
    }

    func boolean() -> Bool? {
        switch scalar?.text {
        case "true", "yes": return true
        case "false", "no": return false
        default:
            error("expected yes or no\(shown)", allowed: "true, false")
            return nil
        }
    }

    /// Milliseconds.
    func duration(in range: ClosedRange<Int64>) -> Int64? {
        let milliseconds = scalar.flatMap { DurationText.milliseconds(of: $0.text) }
        guard let milliseconds, range.contains(milliseconds) else {
            let low = DurationText.text(milliseconds: range.lowerBound)
            let high = DurationText.text(milliseconds: range.upperBound)
            error(
                "expected \(milliseconds == nil ? "a duration" : "\(low)...\(high)")\(shown)",
                allowed: "\(low)...\(high), with a unit: ms, s, m, h or d",
                suggestion: scalar.flatMap { Int($0.text) }.map { "\($0)s" })
            return nil
        }
        return milliseconds
    }

    func bytes(in range: ClosedRange<Int>) -> Int? {
        let bytes = scalar.flatMap { ByteSizeText.bytes(of: $0.text) }
        guard let bytes, range.contains(bytes) else {
            let low = ByteSizeText.text(bytes: range.lowerBound)
            let high = ByteSizeText.text(bytes: range.upperBound)
            error(
                "expected \(bytes == nil ? "a size" : "\(low)...\(high)")\(shown)",
                allowed: "\(low)...\(high), in B, KiB, MiB or GiB")
            return nil
        }
        return bytes
    }

    func choice<Choice: CaseIterable & RawRepresentable>(_ type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        if let (text, _) = scalar, let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        error(
            scalar.map { "unknown value `\(Self.shortened($0.text))`" } ?? "expected one word",
            allowed: names.joined(separator: ", "),
            suggestion: scalar.flatMap { NearestName.of($0.text, among: names) })
        return nil
    }

    /// What was written, for the end of a message; nothing when it was no scalar.
    private var shown: String {
        guard let (text, _) = scalar else { return "" }
        return text.isEmpty ? ", found nothing" : ", found `\(Self.shortened(text))`"
    }

    static func shortened(_ text: String) -> String {
        let visible = String(
            text.unicodeScalars.prefix(60).map { isPrintable($0) ? Character($0) : "?" })
        return visible.unicodeScalars.count < text.unicodeScalars.count ? visible + "..." : visible
    }

    /// Neither a control character nor one that reorders or hides what is printed.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: false
        case .format: scalar.value == 0x200D || scalar.value == 0x200C
        default: true
        }
    }
}
