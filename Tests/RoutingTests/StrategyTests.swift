/// What holds of every strategy.
import ChatModel
import Testing

@testable import Routing

struct StrategyTests {
    static let plan: Plan = {
        guard let group = GroupID("care") else { preconditionFailure("a plain name") }
        return Plan(steps: [PlanStep(target: .group(group))])
    }()

    static func rule(_ random: inout SeededRandom, _ name: String) -> Rule {
        let conditions = (0..<Int.random(in: 1...2, using: &random)).map { _ in
            condition(&random, depth: 0)
        }
        return Rule(name: name, conditions: conditions, plan: plan)
    }

    static func condition(_ random: inout SeededRandom, depth: Int) -> Condition {
        switch Int.random(in: 0..<(depth < 2 ? 8 : 5), using: &random) {
        case 0:
            .test(
                .level, .compare(.atLeast, .number(Double(Int.random(in: 0...10, using: &random)))))
        case 1: .test(.topic, matcher(&random, depth: 0))
        case 2: .test(.attribute("a"), matcher(&random, depth: 0))
        case 3:
            .test(
                .region,
                .region(
                    random.text(of: "ab/", length: 1...3), onlyBelow: Bool.random(using: &random)))
        case 4:
            .test(
                .attribute("n"),
                .range(.number(1), .number(Double(Int.random(in: 1...5, using: &random)))))
        case 5: .any((0..<2).map { _ in condition(&random, depth: depth + 1) })
        case 6: .all((0..<2).map { _ in condition(&random, depth: depth + 1) })
        default: .not(condition(&random, depth: depth + 1))
        }
    }

    static func matcher(_ random: inout SeededRandom, depth: Int) -> Matcher {
        switch Int.random(in: 0..<(depth < 2 ? 8 : 4), using: &random) {
        case 0, 1: .equals(Scalar(unquoted: random.text(of: "ab1", length: 1...2)))
        case 2: .glob(Glob(random.text(of: "ab*", length: 1...3)))
        case 3: Bool.random(using: &random) ? .missing : .present
        case 4: .any((0..<2).map { _ in matcher(&random, depth: depth + 1) })
        case 5: .all((0..<2).map { _ in matcher(&random, depth: depth + 1) })
        case 6: .not(matcher(&random, depth: depth + 1))
        default: .compare(.less, .number(Double(Int.random(in: 0...5, using: &random))))
        }
    }

    static func facts(_ random: inout SeededRandom) -> Facts {
        var facts = Facts()
        if Bool.random(using: &random) { facts.topic = random.text(of: "ab1", length: 1...2) }
        let level = Int64.random(in: 0...11, using: &random)
        facts.attributes.set("vip", to: .integer(level), origin: .trusted)
        if Bool.random(using: &random) {
            facts.attributes.set(
                "a", to: .text(random.text(of: "ab1", length: 1...2)), origin: .page)
        }
        if Bool.random(using: &random) {
            facts.attributes.set(
                "region", to: .text(random.text(of: "ab/", length: 1...4)), origin: .page)
        }
        if Bool.random(using: &random) {
            let numbers = (0..<2).map { _ in
                AttributeValue.integer(Int64.random(in: 0...6, using: &random))
            }
            facts.attributes.set("n", to: .list(numbers), origin: .page)
        }
        return facts
    }

    @Test func aLaterRuleNeverChangesAnEarlierMatch() throws {
        var random = SeededRandom(seed: 99)
        for round in 0..<300 {
            let rules =
                (0..<6).map { Self.rule(&random, "r\($0)") } + [Rule(name: "rest", plan: Self.plan)]
            let place = Int.random(in: 0..<rules.count, using: &random)
            var more = rules
            more.insert(Self.rule(&random, "new"), at: place)
            let before = try Strategy(rules: rules)
            let after = try Strategy(rules: more)
            for _ in 0..<20 {
                let facts = Self.facts(&random)
                let first = before.decide(facts, at: 0)
                let second = after.decide(facts, at: 0)
                if first.ruleIndex < place {
                    #expect(
                        first.rule == second.rule && first.walk == second.walk,
                        "round \(round), seed 99")
                } else {
                    #expect(
                        [first.rule.name, "new"].contains(second.rule.name),
                        "round \(round), seed 99")
                }
            }
        }
    }

    /// The compiled form against the conditions as they stand, one by one.
    @Test func everyWalkAgreesWithTheNaiveTwin() throws {
        func holds(_ condition: Condition, _ evaluation: Evaluation) -> Bool {
            switch condition {
            case .test(let subject, let matcher):
                matcher.matches(evaluation.lookUp(subject), zone: .utc)
            case .all(let all): all.allSatisfy { holds($0, evaluation) }
            case .any(let any): any.contains { holds($0, evaluation) }
            case .not(let condition): !holds(condition, evaluation)
            }
        }
        var random = SeededRandom(seed: 11)
        for round in 0..<400 {
            let rules = (0..<8).map { Self.rule(&random, "r\($0)") }
            let strategy = try Strategy(rules: rules + [Rule(name: "rest", plan: Self.plan)])
            for _ in 0..<10 {
                let facts = Self.facts(&random)
                let decision = strategy.decide(facts, at: 0)
                let evaluation = strategy.evaluation(facts, decision.level, 0)
                for step in decision.walk {
                    let expected = strategy.rules[step.rule].conditions
                        .firstIndex { !holds($0, evaluation) }
                    #expect(step.failedCondition == expected, "round \(round), seed 11")
                }
                #expect(decision.walk.dropLast().allSatisfy { $0.failedCondition != nil })
            }
        }
    }

    @Test func wordsNumbersAndTruthsAreEqualAsTheyAreWritten() throws {
        let cases: [(Scalar, AttributeValue, Bool)] = [
            (Scalar(unquoted: "7"), .integer(7), true), (Scalar(unquoted: "7"), .text("7.0"), true),
            (Scalar(text: "7"), .text("7.0"), false), (Scalar(text: "7"), .integer(7), true),
            (Scalar(unquoted: "true"), .text("Yes"), true),
            (Scalar(unquoted: "no"), .boolean(false), true),
            (Scalar(text: "yes"), .boolean(true), false),
            (Scalar(unquoted: "9007199254740993"), .integer(9_007_199_254_740_992), false),
            (Scalar(unquoted: "gold"), .list([.text("tin"), .text("gold")]), true),
            (Scalar(unquoted: "nan"), .text("nan"), true),
            (Scalar(unquoted: "0x10"), .integer(16), false),
        ]
        for (scalar, value, expected) in cases {
            let rule = Rule(
                name: "a", conditions: [.test(.attribute("x"), .equals(scalar))], plan: Self.plan)
            let strategy = try Strategy(rules: [rule, Rule(name: "rest", plan: Self.plan)])
            var facts = Facts()
            facts.attributes.set("x", to: value, origin: .page)
            #expect(
                (strategy.decide(facts, at: 0).ruleIndex == 0) == expected, "\(scalar) \(value)")
        }
    }

    /// What is called shadowed never matches, whatever comes.
    @Test func shadowedRulesNeverMatch() throws {
        var random = SeededRandom(seed: 5)
        var accused = 0
        for round in 0..<2000 {
            let rules =
                (0..<8).map { Self.rule(&random, "r\($0)") } + [Rule(name: "rest", plan: Self.plan)]
            let shadowed = Set(Shadowing.find(in: rules).map(\.shadowed))
            guard !shadowed.isEmpty else { continue }
            accused += 1
            let strategy = try Strategy(rules: rules)
            for _ in 0..<50 {
                let index = strategy.decide(Self.facts(&random), at: 0).ruleIndex
                #expect(!shadowed.contains(index), "round \(round), seed 5: \(rules[index])")
            }
        }
        #expect(accused > 100)
    }

    @Test func aHigherLevelNeverHasASmallerHeadStart() {
        for headStart in [HeadStart.perLevel(milliseconds: 600_000), .strict] {
            let credits = (0...10).compactMap(Level.init).map(headStart.milliseconds)
            #expect(credits == credits.sorted() && Set(credits).count == 11 && credits[0] == 0)
        }
        // Arrivals are milliseconds of our time; scores hold 53 bits.
        let strict = HeadStart.strict.milliseconds(for: .highest)
        #expect(strict + 4_102_444_800_000 < 1 << 53)
    }

    @Test func aStrategyWithoutARuleForEverybodyCannotBeMade() {
        #expect(throws: StrategyError.noDefaultRule) {
            try Strategy(rules: [
                Rule(name: "a", conditions: [.test(.topic, .present)], plan: Self.plan)
            ])
        }
    }

    @Test func anExplanationSaysWhyTheLevelIsWhatItIs() {
        var facts = Facts(parameters: ["level": "10"])
        facts.attributes.set("vip", to: .boolean(true), origin: .page)
        let capped = VipSettings(
            source: .combined,
            parameter: LevelParameter(name: "level", trust: .unsigned, maximum: .ordinary))
        #expect(
            capped.level(for: facts).reasons
                == [.parameterCapped(name: "level", asked: 10, used: 0)])
        var signed = capped
        signed.parameter.trust = .signed
        facts.signedLevel = .refused(reason: "expired")
        let finding = signed.level(for: facts)
        #expect(finding.source == .none)
        #expect(
            finding.reasons == [
                .parameterRefused(name: "level", reason: "expired"),
                .attributeFromPage(name: "vip"),
            ])
    }

    @Test func foldingIgnoresCaseAndWidthOnly() {
        for (text, folded) in [
            ("ＡＢＣ１２３！　", "abc123! "), ("Ｒéfund", "réfund"), ("ｶﾞｷﾞｸﾞﾊﾟﾋﾟｳﾞ", "ガギグパピヴ"),
            ("ｱﾞ", "ア\u{FF9E}"), ("退款", "退款"), ("ΑΒΓ", "αβγ"), ("👍🏽", "👍🏽"), ("", ""),
        ] {
            let expected = folded == "ア\u{FF9E}" ? "ア\u{3099}" : folded
            #expect(TextFolding.fold(text) == expected, "\(text)")
        }
    }
}
