/// Warnings about a site file as a whole: nothing wrong in itself, but hardly meant.
import ChatModel
import Routing

struct SiteCheck {
    let log: ProblemLog

    func warn(
        _ root: Section, _ rules: [Rule], _ groups: [GroupSettings], _ calendars: [String]
    ) {
        warnOfIdleGroups(root, rules, groups)
        warnOfIdleCalendars(root, rules, groups, calendars)
        warnOfUncoveredHours(root, rules, groups)
        warnOfMissingRobot(root, rules)
        warnOfSignatures(root, rules)
        warnOfHoles(root, rules)
    }

    /// Rules that differ in nothing but their levels are meant to divide them up: a level between
    /// theirs that none of them takes is a hole.
    private func warnOfHoles(_ root: Section, _ rules: [Rule]) {
        var masks: [[Condition]: (levels: UInt16, name: String)] = [:]
        var order: [[Condition]] = []
        for rule in rules {
            var levels: UInt16?
            let others = rule.conditions.filter { condition in
                guard case .test(.level, let matcher) = condition else { return true }
                levels = (levels ?? .max) & matcher.acceptedLevels
                return false
            }
            guard let levels else { continue }
            if masks[others] == nil { order.append(others) }
            masks[others, default: (0, rule.name)].levels |= levels
        }
        for others in order {
            guard let (mask, name) = masks[others], mask != 0 else { continue }
            let range = mask.trailingZeroBitCount..<(16 - mask.leadingZeroBitCount)
            let holes = range.filter { mask & (1 << UInt16($0)) == 0 }
            guard !holes.isEmpty else { continue }
            let levels = holes.map(String.init).joined(separator: ", ")
            log.warning(
                "level \(levels) falls between `\(name)` and the rules beside it",
                at: root.place(ofKey: "strategy"))
        }
    }

    private func warnOfIdleGroups(_ root: Section, _ rules: [Rule], _ groups: [GroupSettings]) {
        let used = Set(rules.flatMap { $0.plan.steps.map(\.target) })
        // A plan that could not be read may have named it.
        guard !rules.isEmpty, !log.hasErrors else { return }
        for group in groups where !used.contains(.group(group.id)) {
            log.warning(
                "group `\(group.id)` is in no plan: no customer ever gets there",
                at: root.place(ofKey: "groups"))
        }
    }

    private func warnOfIdleCalendars(
        _ root: Section, _ rules: [Rule], _ groups: [GroupSettings], _ calendars: [String]
    ) {
        guard !log.hasErrors else { return }
        var used = Set(groups.compactMap(\.hours))
        for rule in rules {
            for condition in rule.conditions { condition.collectCalendars(&used) }
        }
        for calendar in calendars where !used.contains(calendar) {
            log.warning(
                "calendar `\(calendar)` is used nowhere", at: root.place(ofKey: "calendars"))
        }
    }

    /// A rule whose groups all close needs somebody to have thought of the night.
    private func warnOfUncoveredHours(
        _ root: Section, _ rules: [Rule], _ groups: [GroupSettings]
    ) {
        guard !root.contains("robot") else { return }
        let closing = Set(groups.filter { $0.hours != nil }.map(\.id))
        for rule in rules where rule.whenClosed == .robot && rule.mode != .robotOnly {
            let targets = rule.plan.steps.compactMap { step -> GroupID? in
                if case .group(let group) = step.target { group } else { nil }
            }
            guard !targets.isEmpty, targets.allSatisfy(closing.contains) else { continue }
            log.warning(
                "rule `\(rule.name)` hands over to the robot out of hours, and there is none",
                at: root.place(ofKey: "strategy"),
                allowed: "if_closed: leave-message or queue, or a robot")
        }
    }

    private func warnOfMissingRobot(_ root: Section, _ rules: [Rule]) {
        guard !root.contains("robot") else { return }
        for rule in rules where rule.mode == .robotFirst || rule.mode == .robotOnly {
            log.warning(
                "rule `\(rule.name)` is \(rule.mode.rawValue), and the site has no robot",
                at: root.place(ofKey: "strategy"))
        }
    }

    /// Each different set of requirements is a queue of its own per target (DESIGN section 5).
    private func warnOfSignatures(_ root: Section, _ rules: [Rule]) {
        var signatures: Set<PlanStep> = []
        for step in rules.flatMap(\.plan.steps) where !step.requirements.isEmpty {
            signatures.insert(PlanStep(target: step.target, requirements: step.requirements))
        }
        guard signatures.count > 50 else { return }
        log.warning(
            "\(signatures.count) different sets of requirements: matching looks at each of them,"
                + " and `same` makes one for each value that customers have",
            at: root.place(ofKey: "strategy"), allowed: "up to 50 are quick")
    }

    /// Requirements that nobody of the group meets hold up whoever gets there.
    func warnOfUnmetRequirements(_ root: Section, _ rules: [Rule], _ agents: [AgentProfile]) {
        for rule in rules {
            for (index, step) in rule.plan.steps.enumerated() {
                guard case .group(let group) = step.target, !step.requirements.isEmpty,
                    !agents.contains(where: {
                        $0.groups.contains(group) && Self.mayMeet(step.requirements, $0)
                    })
                else { continue }
                log.warning(
                    "rule `\(rule.name)`: no agent of `\(group)` has what step \(index + 1) "
                        + "asks for",
                    at: root.place(ofKey: "strategy"))
            }
        }
    }

    /// As far as the file says: what the customer's values are is not known yet.
    private static func mayMeet(_ asked: AgentRequirements, _ agent: AgentProfile) -> Bool {
        asked.skills.allSatisfy { agent.skills[$0.key] ?? 0 >= $0.value }
            && asked.languages.allSatisfy { language in
                agent.languages.contains { spoken in
                    let (spoken, asked) = (spoken.lowercased(), language.lowercased())
                    return spoken == asked || spoken.hasPrefix(asked + "-")
                }
            }
            && asked.same.allSatisfy { agent.attributes[$0] != nil }
    }
}

extension Condition {
    func collectCalendars(_ names: inout Set<String>) {
        switch self {
        case .test(.calendar, let matcher): matcher.collectNames(&names)
        case .test: break
        case .any(let conditions), .all(let conditions):
            for condition in conditions { condition.collectCalendars(&names) }
        case .not(let condition): condition.collectCalendars(&names)
        }
    }
}

extension Matcher {
    fileprivate func collectNames(_ names: inout Set<String>) {
        switch self {
        case .equals(let scalar): names.insert(scalar.text)
        case .not(let matcher): matcher.collectNames(&names)
        case .any(let matchers), .all(let matchers):
            for matcher in matchers { matcher.collectNames(&names) }
        case .glob, .compare, .range, .region, .missing, .present: break
        }
    }
}
