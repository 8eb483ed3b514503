// The strategy: one walk over many rules, none of which but the last matches, and a customer of
// whom very much is known.
import ChatModel
import Routing

enum RuleScale {
    static func run(_ figures: FigureBook) throws {
        figures.begin("rules", "strategy:")
        for count in [10, 1_000, 10_000] {
            let walks = max(20, 500_000 / count / 10)
            try measure(rules: count, attributes: 20, walks: walks, figures)
        }
        try measure(rules: 1_000, attributes: 100_000, walks: 200, figures)
    }

    private static func measure(
        rules count: Int, attributes: Int, walks: Int, _ figures: FigureBook
    ) throws {
        let strategy = try Strategy(rules: rules(count))
        let facts = facts(attributes)
        // Of five parts, because the machine is not as fast in one moment as in the next.
        let each = (0..<5).map { part in
            var sum = 0
            let began = cpuNanoseconds()
            for walk in 0..<walks {
                let at = 1_764_000_000_000 + Int64(part * walks + walk)
                sum += strategy.decide(facts, at: at).ruleIndex
            }
            precondition(sum == walks * (count - 1), "another rule matched")
            return Double(cpuNanoseconds() - began) / 1000 / Double(walks)
        }
        figures.record(
            "\(count)_\(attributes)", "one walk over \(count) rules, \(attributes) attributes",
            each.median, "us")
    }

    /// As people write them: an attribute, a topic, words, a place; the default comes last.
    private static func rules(_ count: Int) -> [Rule] {
        let plan = Plan(steps: [PlanStep(target: .group(GroupID("sales")!))])
        var rules: [Rule] = []
        for number in 0..<count - 1 {
            var conditions: [Condition] = []
            switch number % 5 {
            case 0:
                conditions = [
                    .test(.attribute("member"), .equals(Scalar(unquoted: "rank \(number)"))),
                    .test(.level, .compare(.atLeast, .number(5))),
                ]
            case 1: conditions = [.test(.topic, .equals(Scalar(unquoted: "topic \(number)")))]
            case 2: conditions = [.test(.keywords, .equals(Scalar(unquoted: "word\(number)")))]
            case 3: conditions = [.test(.region, .region("江苏/\(number)", onlyBelow: false))]
            default:
                conditions = [
                    .test(.attribute("orders"), .compare(.greater, .number(Double(number + 9_999))))
                ]
            }
            rules.append(Rule(name: "rule \(number)", conditions: conditions, plan: plan))
        }
        rules.append(Rule(name: "everybody", plan: plan))
        return rules
    }

    private static func facts(_ attributes: Int) -> Facts {
        var known = Attributes()
        for number in 0..<attributes {
            known.set("attribute \(number)", to: .text("value \(number)"), origin: .trusted)
        }
        known.set("member", to: .text("gold"), origin: .trusted)
        known.set("orders", to: .integer(12), origin: .trusted)
        known.set("region", to: .text("江苏/南京"), origin: .page)
        return Facts(
            attributes: known, topic: "refund", channel: "web",
            text: "您好，我想退款，订单号 20261122，谢谢 please help me soon")
    }
}
