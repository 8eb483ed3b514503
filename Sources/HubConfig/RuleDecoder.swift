/// Reads the `strategy` of a site file and checks it as a whole: a rule for everybody, no rule
/// twice, none that can never match.
import ChatModel
import Routing

struct RuleDecoder {
    let calendars: [String]
    let groups: [GroupID]

    static let ruleLimit = 20_000

    /// Rules in order. Empty, or with rules missing, only after a report.
    func decode(_ entry: Entry) -> [Rule] {
        guard let entries = entry.list() else { return [] }
        guard (1...Self.ruleLimit).contains(entries.count) else {
            entry.error(
                "a strategy of \(entries.count) rules", allowed: "1...\(Self.ruleLimit) rules")
            return []
        }
        var read: [(rule: Rule, place: Place)] = []
        var names: [String: Int] = [:]
        var hasDefault = false
        for (index, entry) in entries.enumerated() {
            guard let section = entry.section() else { continue }
            if !ConditionDecoder.keys.contains(where: section.contains) { hasDefault = true }
            guard let rule = rule(section, number: index + 1) else { continue }
            if let line = names[rule.name] {
                section.value("name")?.error(
                    "rule `\(rule.name)` exists already, in line \(line)")
            }
            names[rule.name] = entry.place.line
            read.append((rule, entry.place))
        }
        if !hasDefault {
            entry.error(
                "no default rule: a customer no rule matches would have nowhere to go",
                allowed: "a last rule without who, what, when, where and how")
        }
        for (shadowed, by) in Shadowing.find(in: read.map(\.rule)) {
            let (rule, place) = read[shadowed]
            entry.log.error(
                "rule `\(rule.name)` can never match: `\(read[by].rule.name)` in line "
                    + "\(read[by].place.line) takes everybody it would take",
                at: place)
        }
        return read.map(\.rule)
    }

    /// Nil when its conditions could not be read: then nothing can be said of what it takes.
    private func rule(_ section: Section, number: Int) -> Rule? {
        let name = section.value("name")?.text() ?? "rule \(number)"
        let conditions = ConditionDecoder(calendars: calendars).decode(section)
        let mode = mode(section)
        let plan = plan(section, mode, name)
        var rule = Rule(name: name, conditions: conditions ?? [], mode: mode, plan: plan)
        if let entry = section.value("if_closed") {
            rule.whenClosed = entry.choice(Rule.WhenClosed.self) ?? rule.whenClosed
        }
        if let entry = section.value("if_full") {
            rule.whenFull = entry.choice(Rule.WhenFull.self)
        }
        if let entry = section.value("wait_limit") {
            rule.waitLimitMilliseconds = entry.duration(in: 1000...86_400_000)
        }
        if let entry = section.value("skip_bad") {
            rule.skipBad = SkipBadDecoder().decode(entry)
        }
        section.finish()
        return conditions == nil ? nil : rule
    }

    private func mode(_ section: Section) -> ReceptionMode {
        guard let entry = section.value("reception"),
            let mode = entry.choice(ReceptionMode.self)
        else { return .humanFirst }
        return mode
    }

    private func plan(_ section: Section, _ mode: ReceptionMode, _ name: String) -> Plan {
        guard let entry = section.value("plan") else {
            if mode != .robotOnly, !section.contains("plan") {
                section.missing("plan", allowed: "a plan with a group step, for \(mode.rawValue)")
            }
            return Plan(steps: [])
        }
        guard let plan = PlanDecoder(groups: groups).decode(entry)
        else {
            return Plan(steps: [])
        }
        if plan.home == nil, mode != .robotOnly {
            entry.error("\(mode.rawValue) needs a step to a group: the group is where people wait")
        }
        return plan
    }
}

/// Reads `skip_bad`, which stands in a rule or for the whole site.
struct SkipBadDecoder {
    func decode(_ entry: Entry) -> SkipBad? {
        guard let section = entry.section() else { return nil }
        var skipBad = SkipBad()
        if let value = section.value("at_or_below") {
            skipBad.atOrBelow = value.integer(in: 1...5) ?? skipBad.atOrBelow
        }
        if let value = section.value("for") {
            skipBad.milliseconds =
                value.duration(in: 60_000...315_360_000_000) ?? skipBad.milliseconds
        }
        if let value = section.value("mode") {
            skipBad.mode = value.choice(SkipBad.Mode.self) ?? skipBad.mode
        }
        section.finish()
        return skipBad
    }
}
