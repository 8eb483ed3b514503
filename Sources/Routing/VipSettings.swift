/// How a site tells important customers from ordinary ones: the `vip` part of a site file. Read
/// from the file by HubConfig, asked by `Strategy.decide` at the start of each session.
public import ChatModel

public struct VipSettings: Hashable, Sendable {
    public enum Source: String, Hashable, Sendable, CaseIterable {
        case attribute, parameter
        /// A valid parameter first, else the attribute.
        case combined
    }

    public var source: Source
    /// The trusted attribute that names a level, or says yes.
    public var attribute: String
    /// What a mere "yes" counts as. 1...10.
    public var defaultLevel: Level
    public var parameter: LevelParameter
    public var headStart: HeadStart

    public init(
        source: Source = .attribute, attribute: String = "vip",
        defaultLevel: Level = Level(5) ?? .highest, parameter: LevelParameter = LevelParameter(),
        headStart: HeadStart = .perLevel(milliseconds: 600_000)
    ) {
        self.source = source
        self.attribute = attribute
        self.defaultLevel = defaultLevel
        self.parameter = parameter
        self.headStart = headStart
    }
}

/// The page parameter that may carry a level.
public struct LevelParameter: Hashable, Sendable {
    public enum Trust: String, Hashable, Sendable, CaseIterable {
        /// Anybody may write it: it is believed up to `maximum`.
        case unsigned
        /// A JWT of the site's key with `level`, `exp` and perhaps `sub`.
        case signed
    }

    /// What an unsigned parameter counts as at most where the site does not say: one less than the
    /// highest, so that whoever the site itself calls most important comes first.
    public static let unsignedMaximum = Level(9) ?? .highest

    /// Looked up as `page.<name>`, else in the query of `page.url`.
    public var name: String
    public var trust: Trust
    /// What a higher one counts as. 1...10.
    public var maximum: Level

    public init(name: String = "level", trust: Trust = .signed, maximum: Level = .highest) {
        self.name = name
        self.trust = trust
        self.maximum = maximum
    }
}

/// The waiting time a level is credited with; it decides the true order of a queue.
public enum HeadStart: Hashable, Sendable {
    case perLevel(milliseconds: Int64)
    /// Every level before all lower ones. Ordinary customers may then wait without bound.
    case strict

    /// In `strict` one level weighs more than any wait: 1e12 ms are 31 years. Ten levels of it and
    /// a present-day time in milliseconds still fit the 53 bits of a Redis score exactly.
    public static let strictMillisecondsPerLevel: Int64 = 1_000_000_000_000

    /// Milliseconds to take off the arrival of a session of this level. 0 for level 0.
    public func milliseconds(for level: Level) -> Int64 {
        switch self {
        case .perLevel(let milliseconds): milliseconds * Int64(level.value)
        case .strict: Self.strictMillisecondsPerLevel * Int64(level.value)
        }
    }
}
