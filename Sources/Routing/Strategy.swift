/// A site's 4W1H strategy (DESIGN section 4): ordered rules, of which the first that matches wins.
/// Built once from a site file, asked for each session by HubCore and `chathub explain`. A pure
/// value: the same facts and time always give the same decision.
public import ChatModel

public struct Strategy: Hashable, Sendable {
    public let vip: VipSettings
    public let rules: [Rule]
    public let calendars: [String: OpeningCalendar]
    /// The calendar of each group that has hours; a group without is always open.
    public let groupHours: [GroupID: String]
    /// Where the site is: calendars and dates without an offset are meant there.
    public let zone: ZoneRules

    /// Attributes of customers that a decision may look at, by name: a customer may have 100,000.
    public let attributeNames: [String]

    private let compiled: CompiledRules

    /// Throws when no rule takes everybody, or a calendar is named that is not there.
    public init(
        rules: [Rule], vip: VipSettings = VipSettings(),
        calendars: [String: OpeningCalendar] = [:], groupHours: [GroupID: String] = [:],
        zone: ZoneRules = .utc
    ) throws(StrategyError) {
        guard rules.contains(where: \.conditions.isEmpty) else { throw .noDefaultRule }
        if let unknown = groupHours.values.first(where: { calendars[$0] == nil }) {
            throw .unknownCalendar(unknown)
        }
        self.vip = vip
        self.rules = rules
        self.calendars = calendars
        self.groupHours = groupHours
        self.zone = zone
        compiled = CompiledRules(rules)
        attributeNames = Self.attributeNames(compiled, vip, rules)
    }

    private static func attributeNames(
        _ compiled: CompiledRules, _ vip: VipSettings, _ rules: [Rule]
    ) -> [String] {
        var names = Set(rules.flatMap { $0.plan.steps.flatMap(\.requirements.same) })
        for (subject, _) in compiled.subjects {
            switch subject {
            case .attribute(let name): names.insert(name)
            case .region: names.insert("region")
            default: break
            }
        }
        if vip.source != .parameter { names.insert(vip.attribute) }
        return names.sorted()
    }

    /// How important the customer is, without looking at the rules.
    public func level(for facts: Facts) -> LevelFinding { vip.level(for: facts) }

    /// The first rule that matches at a time (milliseconds since 1970).
    /// O(rules looked at + length of the texts).
    public func decide(_ facts: Facts, at milliseconds: Int64) -> Decision {
        let finding = vip.level(for: facts)
        var evaluation = evaluation(facts, finding.level, milliseconds)
        let walk = evaluation.walk()
        let index = walk.count - 1
        precondition(walk[index].failedCondition == nil, "a strategy has a rule for everybody")
        return Decision(
            ruleIndex: index, rule: rules[index], finding: finding,
            headStartMilliseconds: vip.headStart.milliseconds(for: finding.level),
            isOpen: isOpen(rules[index].plan, at: milliseconds), walk: walk)
    }

    /// Whether a group is within its hours at a time (milliseconds since 1970).
    public func isOpen(_ group: GroupID, at milliseconds: Int64) -> Bool {
        guard let calendar = groupHours[group].flatMap({ calendars[$0] }) else { return true }
        return calendar.isOpen(at: zone.localTime(at: milliseconds))
    }

    /// When a group of the plan opens next, in milliseconds since 1970: the time given while one is
    /// open or there is none; nil when all stay closed for 400 days.
    public func nextOpening(of plan: Plan, from milliseconds: Int64) -> Int64? {
        let groups = plan.groups
        guard !groups.isEmpty else { return milliseconds }
        return groups.compactMap { group in
            guard let calendar = groupHours[group].flatMap({ calendars[$0] }) else {
                return milliseconds
            }
            return calendar.nextOpening(from: milliseconds, zone: zone)
        }.min()
    }

    func evaluation(_ facts: Facts, _ level: Level, _ milliseconds: Int64) -> Evaluation {
        Evaluation(
            compiled: compiled, calendars: calendars, zone: zone, facts: facts, level: level,
            milliseconds: milliseconds)
    }

    private func isOpen(_ plan: Plan, at milliseconds: Int64) -> Bool {
        let groups = plan.groups
        return groups.isEmpty || groups.contains { isOpen($0, at: milliseconds) }
    }

    public static func == (left: Strategy, right: Strategy) -> Bool {
        left.vip == right.vip && left.rules == right.rules && left.calendars == right.calendars
            && left.groupHours == right.groupHours && left.zone == right.zone
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(vip)
        hasher.combine(rules)
    }
}

public enum StrategyError: Error, Hashable, Sendable {
    case noDefaultRule
    case unknownCalendar(String)
}

extension Plan {
    /// The groups of its steps, in order.
    var groups: [GroupID] {
        steps.compactMap { step in
            if case .group(let group) = step.target { group } else { nil }
        }
    }
}
