/// Puts a decision into words: the walk through the rules. Computed when asked, by
/// `chathub explain` and `session.explain`; routing itself keeps only numbers.
import ChatModel

/// What became of one rule.
public struct RuleVerdict: Hashable, Sendable {
    public let rule: String
    /// The first condition that failed, as in the site file; nil when the rule matched.
    public let failed: String?
    /// What was there instead; nil where that cannot be said in a line.
    public let found: String?

    public init(rule: String, failed: String?, found: String?) {
        self.rule = rule
        self.failed = failed
        self.found = found
    }
}

extension Strategy {
    /// The walk of a decision made for these facts at this time (milliseconds since 1970).
    /// O(rules looked at).
    public func explain(
        _ decision: Decision, _ facts: Facts, at milliseconds: Int64
    ) -> [RuleVerdict] {
        let evaluation = evaluation(facts, decision.level, milliseconds)
        return decision.walk.map { step in
            let rule = rules[step.rule]
            guard let failed = step.failedCondition else {
                return RuleVerdict(rule: rule.name, failed: nil, found: nil)
            }
            let condition = rule.conditions[failed]
            return RuleVerdict(
                rule: rule.name, failed: condition.description,
                found: found(condition, facts, evaluation))
        }
    }

    private func found(
        _ condition: Condition, _ facts: Facts, _ evaluation: Evaluation
    ) -> String? {
        guard case .test(let subject, _) = condition else { return nil }
        let texts = evaluation.lookUp(subject).map(\.text)
        guard !texts.isEmpty else { return subject == .keywords ? "none of them" : "nothing" }
        let list = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        return origin(of: subject, facts) == .page ? "\(list), from the page" : list
    }

    private func origin(of subject: Subject, _ facts: Facts) -> AttributeOrigin? {
        switch subject {
        case .attribute(let name): facts.attributes[name]?.origin
        case .region: facts.attributes["region"]?.origin
        default: nil
        }
    }
}
