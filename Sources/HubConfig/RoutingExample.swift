/// A named example of a site file: facts, and what the strategy must make of them. Run on every
/// check and apply; one that fails refuses the file.
public import ChatModel
public import Routing

public struct RoutingExample: Hashable, Sendable {
    public var name: String
    public var facts: Facts
    /// Milliseconds since 1970.
    public var atMilliseconds: Int64
    public var expected: Expectation

    /// What is nil is not looked at.
    public struct Expectation: Hashable, Sendable {
        public var rule: String?
        public var reception: ReceptionMode?
        public var level: Int?
        public var levelSource: LevelSource?
        public var isOpen: Bool?
        /// The targets of the plan: `dedicated`, `last-agent` or a group's name.
        public var plan: [String]?
        /// For each rule passed over, the beginning of the condition that failed.
        public var walk: [PassedOver]?

        public init() {}
    }

    public struct PassedOver: Hashable, Sendable {
        public var rule: String
        /// As `Condition.description` begins: `who.level`, or `who.level: >= 5`.
        public var failed: String

        public init(rule: String, failed: String) {
            self.rule = rule
            self.failed = failed
        }
    }

    public init(name: String, facts: Facts, atMilliseconds: Int64, expected: Expectation) {
        self.name = name
        self.facts = facts
        self.atMilliseconds = atMilliseconds
        self.expected = expected
    }

    /// What is not as expected, each in one line; empty when all is.
    public func failures(with strategy: Strategy) -> [String] {
        let decision = strategy.decide(facts, at: atMilliseconds)
        var failures: [String] = []
        func compare<Value: Equatable>(_ what: String, _ expected: Value?, _ found: Value) {
            guard let expected, expected != found else { return }
            failures.append("expected \(what) \(expected), found \(found)")
        }
        compare("rule", expected.rule, decision.rule.name)
        compare("reception", expected.reception?.rawValue, decision.mode.rawValue)
        compare("level", expected.level, decision.level.value)
        compare("level source", expected.levelSource?.rawValue, decision.levelSource.rawValue)
        compare("open", expected.isOpen, decision.isOpen)
        compare("plan", expected.plan, decision.plan.steps.map(\.target.text))
        if let walk = expected.walk {
            failures += walkFailures(walk, strategy.explain(decision, facts, at: atMilliseconds))
        }
        return failures
    }

    private func walkFailures(
        _ expected: [PassedOver], _ walk: [RuleVerdict]
    ) -> [String] {
        let passedOver = walk.filter { $0.failed != nil }
        guard expected.map(\.rule) == passedOver.map(\.rule) else {
            return [
                "expected to pass over \(expected.map(\.rule)), found \(passedOver.map(\.rule))"
            ]
        }
        return zip(expected, passedOver).compactMap { wanted, verdict in
            let failed = verdict.failed ?? ""
            guard !failed.hasPrefix(wanted.failed) else { return nil }
            return "expected `\(wanted.rule)` to fail at \(wanted.failed), found \(failed)"
        }
    }
}

extension PlanStep.Target {
    /// `dedicated`, `last-agent` or the group's name.
    var text: String {
        switch self {
        case .dedicatedAgent: "dedicated"
        case .lastAgent: "last-agent"
        case .group(let group): group.text
        }
    }
}
