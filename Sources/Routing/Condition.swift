/// One condition of a rule: who, what, when, where, how, and their combinations.
public indirect enum Condition: Hashable, Sendable {
    case test(Subject, Matcher)
    case all([Condition])
    case any([Condition])
    case not(Condition)
}

/// What a condition looks at.
public enum Subject: Hashable, Sendable, CustomStringConvertible {
    // Who.
    case level
    /// The `sub` of the customer's token.
    case identity
    case attribute(String)
    // What.
    case topic
    /// The values are those keywords of the strategy that the first message contains, folded.
    case keywords
    // When: the values are the names of the calendars that are open.
    case calendar
    // Where: the attribute `region`.
    case region
    // How.
    case channel
    /// The values are the whole address and its path.
    case url
    case referrer
    case device

    /// Where it stands in a site file.
    public var description: String {
        switch self {
        case .level: "who.level"
        case .identity: "who.id"
        case .attribute(let name): "who.attributes.\(name)"
        case .topic: "what.topic"
        case .keywords: "what.keywords"
        case .calendar: "when.calendar"
        case .region: "where.region"
        case .channel: "how.channel"
        case .url: "how.url"
        case .referrer: "how.referrer"
        case .device: "how.device"
        }
    }
}

extension Condition: CustomStringConvertible {
    public var description: String {
        switch self {
        case .test(let subject, let matcher): "\(subject): \(matcher)"
        case .all(let conditions): "all of (\(Self.list(conditions)))"
        case .any(let conditions): "any of (\(Self.list(conditions)))"
        case .not(let condition): "not (\(condition))"
        }
    }

    private static func list(_ conditions: [Condition]) -> String {
        conditions.map(\.description).joined(separator: "; ")
    }
}
