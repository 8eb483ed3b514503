/// What a rule asks of one thing: the right-hand side of a condition. The same forms work on every
/// attribute, and on topic, channel, region and so on.
public indirect enum Matcher: Hashable, Sendable {
    case equals(Scalar)
    case glob(Glob)
    case compare(Comparison, Bound)
    /// Both ends belong to it.
    case range(Bound, Bound)
    /// A place and all below it; with `onlyBelow` not the place itself. No slash at the end.
    case region(String, onlyBelow: Bool)
    /// Nothing is known of it, or it is empty.
    case missing
    case present
    case not(Matcher)
    case any([Matcher])
    case all([Matcher])

    public enum Comparison: String, Hashable, Sendable, CaseIterable {
        case less = "<"
        case atMost = "<="
        case greater = ">"
        case atLeast = ">="

        func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
            switch self {
            case .less: left < right
            case .atMost: left <= right
            case .greater: left > right
            case .atLeast: left >= right
            }
        }
    }

    /// What numbers and dates are compared with.
    public enum Bound: Hashable, Sendable, CustomStringConvertible {
        case number(Double)
        /// A whole day compares with the day of a value, so that a range includes its last day.
        case date(DateText)

        public init?(_ text: String) {
            if let number = NumberText.value(of: text) {
                self = .number(number)
            } else if let date = DateText(text) {
                self = .date(date)
            } else {
                return nil
            }
        }

        public var description: String {
            switch self {
            case .number(let number): Int64(exactly: number).map { "\($0)" } ?? "\(number)"
            case .date(let date): date.description
            }
        }
    }

    /// Whether one of the values is what is asked for; with no values only `missing` and `not` can
    /// hold. O(values * size of the matcher + length of the texts).
    func matches(_ values: [FactValue], zone: ZoneRules) -> Bool {
        switch self {
        case .equals(let scalar): values.contains { scalar.equals($0) }
        case .glob(let glob): values.contains { glob.matches($0.text) }
        case .compare(let comparison, let bound):
            values.contains { bound.isPassed(by: $0, comparison, zone) }
        case .range(let low, let high):
            values.contains {
                low.isPassed(by: $0, .atLeast, zone) && high.isPassed(by: $0, .atMost, zone)
            }
        case .region(let place, let onlyBelow):
            values.contains { Self.lies($0.text, in: place, onlyBelow: onlyBelow) }
        case .missing: values.isEmpty
        case .present: !values.isEmpty
        case .not(let matcher): !matcher.matches(values, zone: zone)
        case .any(let matchers): matchers.contains { $0.matches(values, zone: zone) }
        case .all(let matchers): matchers.allSatisfy { $0.matches(values, zone: zone) }
        }
    }

    private static func lies(_ value: String, in place: String, onlyBelow: Bool) -> Bool {
        let bytes = value.utf8
        let trimmed = bytes.last == 0x2F ? bytes.dropLast() : bytes[...]
        guard trimmed.starts(with: place.utf8) else { return false }
        let rest = trimmed.dropFirst(place.utf8.count)
        return rest.isEmpty ? !onlyBelow : rest.first == 0x2F
    }
}

extension Matcher.Bound {
    func isPassed(
        by value: FactValue, _ comparison: Matcher.Comparison, _ zone: ZoneRules
    ) -> Bool {
        switch self {
        case .number(let bound):
            guard let number = value.number else { return false }
            return comparison.holds(number, bound)
        case .date(let bound):
            guard let date = DateText(value.text) else { return false }
            if bound.millisecondOfDay == nil {
                return comparison.holds(date.day(in: zone), bound.day)
            }
            return comparison.holds(date.milliseconds(in: zone), bound.milliseconds(in: zone))
        }
    }
}

extension Matcher: CustomStringConvertible {
    /// As in a site file, in flow style.
    public var description: String {
        switch self {
        case .equals(let scalar): scalar.text
        case .glob(let glob): glob.pattern
        case .compare(let comparison, let bound): "\(comparison.rawValue) \(bound)"
        case .range(let low, let high): "\(low)..\(high)"
        case .region(let place, let onlyBelow): onlyBelow ? "\(place)/*" : place
        case .missing: "missing"
        case .present: "present"
        case .not(let matcher): "{ not: \(matcher) }"
        case .any(let matchers): "[\(matchers.map(\.description).joined(separator: ", "))]"
        case .all(let matchers):
            "{ all: [\(matchers.map(\.description).joined(separator: ", "))] }"
        }
    }
}
