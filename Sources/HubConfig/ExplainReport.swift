/// What `chathub explain` prints: the level and why, the walk through the rules, and what is done.
import ChatModel
public import Routing

public enum ExplainReport {
    /// `subject`: which site and version, for the heading; none without.
    public static func text(
        _ strategy: Strategy, _ facts: Facts, at milliseconds: Int64, subject: String? = nil,
        color: Bool = false
    ) -> String {
        let paint = Paint(isOn: color)
        let decision = strategy.decide(facts, at: milliseconds)
        var lines: [String] = []
        if let subject {
            let time = localTime(milliseconds, strategy.zone)
            lines.append(paint.bold("\(subject), \(time)"))
        }
        lines.append("level \(decision.level) (from \(decision.levelSource.rawValue))")
        lines += decision.finding.reasons.map { "    \($0)" }
        lines.append("walk")
        for verdict in strategy.explain(decision, facts, at: milliseconds) {
            guard let failed = verdict.failed else {
                lines.append(paint.green("    + \(verdict.rule)"))
                continue
            }
            let found = verdict.found.map { " (there is \($0))" } ?? ""
            lines.append("    - \(verdict.rule): \(failed)\(found)")
        }
        lines.append("\(decision.mode.rawValue), \(hours(strategy, decision, milliseconds))")
        let closed = strategy.closedGroups(of: decision.plan, at: milliseconds)
        lines += decision.plan.steps.enumerated().map { number, step in
            var isClosed = false
            if case .group(let group) = step.target { isClosed = closed.contains(group) }
            return "    \(number + 1). \(SiteOutline.text(step))"
                + "\(isClosed ? " (out of hours)" : "")\(lack(of: step, facts))"
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Why nobody can ever take a step; empty when somebody may.
    private static func lack(of step: PlanStep, _ facts: Facts) -> String {
        let missing = step.requirements.same.filter { facts.attributes[$0] == nil }
        if missing.isEmpty { return "" }
        let names = missing.sorted().map { "`\($0)`" }.joined(separator: ", ")
        return " (nobody can take it: the customer has no \(names))"
    }

    /// `open`, or what is done out of hours and until when.
    private static func hours(
        _ strategy: Strategy, _ decision: Decision, _ milliseconds: Int64
    ) -> String {
        guard !decision.isOpen else { return "open" }
        let opening = strategy.nextOpening(of: decision.plan, from: milliseconds)
        let end = opening.map { "until \(localTime($0, strategy.zone))" } ?? "for good"
        return "closed \(end): \(decision.rule.whenClosed.rawValue)"
    }

    /// `2026-11-22T10:00`, where the site is.
    private static func localTime(_ milliseconds: Int64, _ zone: ZoneRules) -> DateText {
        let time = zone.localTime(at: milliseconds)
        return DateText(day: time.day, millisecondOfDay: time.secondOfDay * 1000)
    }

    /// One JSON object: `rule`, `level`, `level_source`, `level_reasons`, `reception`, `open`, when
    /// closed also `opens_at` (milliseconds since 1970 or null) and `if_closed`, then `plan` (each
    /// step with `to`, and `group`, `for_ms`, `customer_lacks` where they apply), and `walk` (each
    /// rule with `matched`, `failed`, `found`); then `at` (milliseconds since 1970), and `version`
    /// where one was asked for.
    public static func json(
        _ strategy: Strategy, _ facts: Facts, at milliseconds: Int64, version: Int? = nil
    ) -> String {
        let decision = strategy.decide(facts, at: milliseconds)
        let opening =
            strategy.nextOpening(of: decision.plan, from: milliseconds).map {
                JSONText.integer(Int($0))
            } ?? .null
        let walk = strategy.explain(decision, facts, at: milliseconds).map { verdict in
            JSONText.object([
                ("rule", .text(verdict.rule)), ("matched", .boolean(verdict.failed == nil)),
                ("failed", verdict.failed.map(JSONText.text) ?? .null),
                ("found", verdict.found.map(JSONText.text)),
            ])
        }
        return JSONText.object([
            ("rule", .text(decision.rule.name)), ("level", .integer(decision.level.value)),
            ("level_source", .text(decision.levelSource.rawValue)),
            ("level_reasons", .list(decision.finding.reasons.map { .text($0.description) })),
            ("reception", .text(decision.mode.rawValue)), ("open", .boolean(decision.isOpen)),
            ("opens_at", decision.isOpen ? nil : opening),
            ("if_closed", decision.isOpen ? nil : .text(decision.rule.whenClosed.rawValue)),
            ("plan", .list(decision.plan.steps.map { step($0, facts) })), ("walk", .list(walk)),
            ("at", .integer(Int(milliseconds))), ("version", version.map { .integer($0) }),
        ]).description + "\n"
    }

    private static func step(_ step: PlanStep, _ facts: Facts) -> JSONText {
        let missing = step.requirements.same.filter { facts.attributes[$0] == nil }.sorted()
        var target = step.target.text
        var group: JSONText?
        if case .group(let id) = step.target {
            target = "group"
            group = .text(id.text)
        }
        return JSONText.object([
            ("to", .text(target)), ("group", group),
            ("for_ms", step.duration.map { .integer(Int($0)) }),
            ("customer_lacks", missing.isEmpty ? nil : .list(missing.map(JSONText.text))),
        ])
    }
}
