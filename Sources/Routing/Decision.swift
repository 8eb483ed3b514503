/// What a strategy decided for one session, with its whole reason. HubCore acts on it and keeps it
/// for `session.explain`.
public import ChatModel

public struct Decision: Hashable, Sendable {
    /// The rule that matched, by its place in the strategy.
    public let ruleIndex: Int
    public let rule: Rule
    public let finding: LevelFinding
    /// What the level is credited with, in milliseconds; 0 for an ordinary customer.
    public let headStartMilliseconds: Int64
    /// Whether a group of the plan is within its hours; true where the plan has no group.
    public let isOpen: Bool
    /// Every rule that was looked at, in order; the last one matched.
    public let walk: [WalkStep]

    public var mode: ReceptionMode { rule.mode }
    public var plan: Plan { rule.plan }
    public var level: Level { finding.level }
    public var levelSource: LevelSource { finding.source }

    public init(
        ruleIndex: Int, rule: Rule, finding: LevelFinding, headStartMilliseconds: Int64,
        isOpen: Bool, walk: [WalkStep]
    ) {
        self.ruleIndex = ruleIndex
        self.rule = rule
        self.finding = finding
        self.headStartMilliseconds = headStartMilliseconds
        self.isOpen = isOpen
        self.walk = walk
    }
}

/// A rule that was looked at. Two small numbers, because a strategy may have ten thousand rules;
/// `Strategy.explain` puts them into words.
public struct WalkStep: Hashable, Sendable {
    public let rule: Int
    /// The first of the rule's conditions that failed; nil when the rule matched.
    public let failedCondition: Int?

    public init(rule: Int, failedCondition: Int?) {
        self.rule = rule
        self.failedCondition = failedCondition
    }
}
