/// Reads the right-hand side of a condition: scalars, lists, comparisons, ranges, globs, dates,
/// `missing`/`present`, and the maps `not`, `any`, `all`, `equals`.
import Routing

struct MatcherDecoder {
    /// What is compared decides which forms make sense.
    enum Kind {
        case value
        /// Whole numbers from 0 to 10.
        case level
        /// `省/市`: a place includes what is below it.
        case place
        /// An address or, beginning with a slash, its path.
        case address
        /// Texts to find; nothing in them is special.
        case keywords
        /// Names that must exist.
        case names([String], what: String)
    }

    /// Deeper nesting is refused: nobody reads it, and each level takes stack.
    static let depthLimit = 20
    static let elementLimit = 10_000

    let kind: Kind

    func decode(_ entry: Entry, depth: Int = 0) -> Matcher? {
        guard depth < Self.depthLimit else {
            entry.error("nested too deeply", allowed: "at most \(Self.depthLimit) levels")
            return nil
        }
        if entry.isMapping { return combination(entry, depth) }
        if entry.isSequence { return any(entry, depth).map(Matcher.any) }
        guard let (text, isPlain) = entry.scalar, !text.isEmpty, !entry.isNull else {
            entry.error("expected a value, a list or one of not, any, all, equals")
            return nil
        }
        guard text.utf8.count <= 500, text.unicodeScalars.allSatisfy(Entry.isPrintable) else {
            entry.error(
                "the value is too long or has control characters", allowed: "1...500 bytes")
            return nil
        }
        switch kind {
        case .keywords: return keyword(text, entry)
        case .names(let names, let what): return name(text, names, what, entry)
        case .value, .level, .place, .address:
            let matcher = pattern(text, isPlain: isPlain, entry)
            return matcher.flatMap { checked($0, entry) }
        }
    }

    private func any(_ entry: Entry, _ depth: Int) -> [Matcher]? {
        let entries = entry.list() ?? []
        guard !entries.isEmpty, entries.count <= Self.elementLimit else {
            entry.error(
                entries.isEmpty
                    ? "the list is empty: nothing would ever match" : "the list is long",
                allowed: "1...\(Self.elementLimit) values")
            return nil
        }
        let matchers = entries.map { decode($0, depth: depth + 1) }
        return matchers.contains { $0 == nil } ? nil : matchers.compactMap(\.self)
    }

    private func combination(_ entry: Entry, _ depth: Int) -> Matcher? {
        guard let section = entry.section() else { return nil }
        var matchers: [Matcher?] = []
        if let part = section.value("not") {
            matchers.append(decode(part, depth: depth + 1).map(Matcher.not))
        }
        if let part = section.value("any") { matchers.append(any(part, depth).map(Matcher.any)) }
        if let part = section.value("all") { matchers.append(any(part, depth).map(Matcher.all)) }
        if let part = section.value("equals") { matchers.append(literal(part)) }
        section.finish()
        if matchers.isEmpty {
            entry.error("nothing is asked for", allowed: "not, any, all, equals")
        }
        let found = matchers.compactMap(\.self)
        guard found.count == matchers.count, !found.isEmpty else { return nil }
        return found.count == 1 ? found[0] : .all(found)
    }

    /// `equals:` takes its value as it is, stars and comparison signs too.
    private func literal(_ entry: Entry) -> Matcher? {
        guard let (text, isPlain) = entry.scalar, !entry.isNull else {
            entry.error("expected a single value")
            return nil
        }
        return .equals(isPlain ? Scalar(unquoted: text) : Scalar(text: text))
    }

    private func keyword(_ text: String, _ entry: Entry) -> Matcher? {
        let folded = TextFolding.fold(text)
        guard folded.utf8.count <= 200 else {
            entry.error("the keyword is too long", allowed: "1...200 bytes")
            return nil
        }
        return .equals(Scalar(text: folded))
    }

    private func name(
        _ text: String, _ names: [String], _ what: String, _ entry: Entry
    ) -> Matcher? {
        guard names.contains(text) else {
            entry.error(
                "unknown \(what) `\(Entry.shortened(text))`",
                allowed: names.isEmpty ? "none is defined" : names.joined(separator: ", "),
                suggestion: NearestName.of(text, among: names))
            return nil
        }
        return .equals(Scalar(text: text))
    }

    private func pattern(_ text: String, isPlain: Bool, _ entry: Entry) -> Matcher? {
        if text == "missing" { return .missing }
        if text == "present" { return .present }
        if let (sign, rest) = comparison(text) {
            return bound(rest, entry).map { .compare(sign, $0) }
        }
        if text.hasPrefix("!=") || text.hasPrefix("=") {
            entry.error(
                "`=` and `!=` are not written here",
                allowed: "the value itself, or { not: value }")
            return nil
        }
        switch range(text, entry) {
        case .range(let matcher): return matcher
        case .wrong: return nil
        case .none: break
        }
        if case .place = kind { return place(text) }
        if text.utf8.contains(0x2A) { return .glob(Glob(text)) }
        return .equals(isPlain ? Scalar(unquoted: text) : Scalar(text: text))
    }

    private func comparison(_ text: String) -> (sign: Matcher.Comparison, rest: String)? {
        // Longer signs first: `>=` begins with `>`.
        for sign in [Matcher.Comparison.atLeast, .atMost, .greater, .less]
        where text.hasPrefix(sign.rawValue) {
            return (sign, Self.trimmed(text.dropFirst(sign.rawValue.count)))
        }
        return nil
    }

    private func bound(_ text: String, _ entry: Entry) -> Matcher.Bound? {
        guard let bound = Matcher.Bound(text) else {
            entry.error(
                "`\(Entry.shortened(text))` is neither a number nor a date",
                allowed: "a number or an ISO date: \">= 5\", \"< 2026-10-01\"")
            return nil
        }
        return bound
    }

    private enum RangeReading {
        /// Not written as a range.
        case none
        /// Reported.
        case wrong
        case range(Matcher)
    }

    private func range(_ text: String, _ entry: Entry) -> RangeReading {
        guard let dots = Self.rangeMark(in: text) else { return .none }
        let low = Matcher.Bound(Self.trimmed(dots.before))
        let high = Matcher.Bound(Self.trimmed(dots.after))
        switch (low, high) {
        case (nil, nil):
            return .none
        case (.number(let lower), .number(let upper)) where lower <= upper:
            return .range(.range(.number(lower), .number(upper)))
        case (.date(let lower), .date(let upper)) where lower.day <= upper.day:
            return .range(.range(.date(lower), .date(upper)))
        default:
            entry.error(
                "not a range",
                allowed: "two numbers or two dates, the smaller first: \"3..7\"; or \">= 3\"")
            return .wrong
        }
    }

    private static func rangeMark(in text: String) -> (before: Substring, after: Substring)? {
        let bytes = text.utf8
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let next = bytes.index(after: index)
            if bytes[index] == 0x2E, next < bytes.endIndex, bytes[next] == 0x2E {
                return (text[..<index], text[bytes.index(after: next)...])
            }
            index = next
        }
        return nil
    }

    private func place(_ text: String) -> Matcher {
        var place = Substring(text)
        let onlyBelow = place.hasSuffix("/*")
        if onlyBelow {
            place = place.dropLast(2)
        } else if place.hasSuffix("/") {
            place.removeLast()
        }
        guard !place.isEmpty, !place.utf8.contains(0x2A) else { return .glob(Glob(text)) }
        return .region(String(place), onlyBelow: onlyBelow)
    }

    /// A level that no customer can have is a slip of the pen.
    private func checked(_ matcher: Matcher, _ entry: Entry) -> Matcher? {
        guard case .level = kind else { return matcher }
        let isSound =
            switch matcher {
            case .equals(let scalar): Int(scalar.text).map((0...10).contains) ?? false
            case .compare(_, .number(let bound)): (0...10).contains(bound)
            case .range(.number(let low), .number(let high)):
                (0...10).contains(low) && (0...10).contains(high)
            default: false
            }
        guard isSound else {
            entry.error("not a level", allowed: "0...10, \">= 5\", \"3..7\" or a list")
            return nil
        }
        return matcher
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
