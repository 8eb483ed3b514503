/// Holds the conditions of a strategy against one customer's facts. Made by `Strategy.decide`.
import ChatModel

/// Rules as they are evaluated: subjects numbered, so that what several rules look at is looked up
/// once, and level conditions turned into masks.
struct CompiledRules: Sendable {
    indirect enum Step: Sendable {
        /// Bit n: level n is accepted.
        case level(UInt16)
        case test(subject: Int, Matcher)
        case all([Step])
        case any([Step])
        case not(Step)
    }

    private(set) var rules: [[Step]] = []
    private(set) var subjects: [Subject] = []
    let keywords: KeywordIndex
    private var numbers: [Subject: Int] = [:]

    init(_ rules: [Rule]) {
        var words: Set<String> = []
        for rule in rules {
            for condition in rule.conditions { Self.collectKeywords(condition, &words) }
        }
        keywords = KeywordIndex(words)
        self.rules = rules.map { rule in rule.conditions.map { compile($0) } }
    }

    private mutating func compile(_ condition: Condition) -> Step {
        switch condition {
        case .test(.level, let matcher): return .level(matcher.acceptedLevels)
        case .test(let subject, let matcher): return .test(subject: number(of: subject), matcher)
        case .all(let conditions): return .all(conditions.map { compile($0) })
        case .any(let conditions): return .any(conditions.map { compile($0) })
        case .not(let condition): return .not(compile(condition))
        }
    }

    private mutating func number(of subject: Subject) -> Int {
        if let known = numbers[subject] { return known }
        subjects.append(subject)
        numbers[subject] = subjects.count - 1
        return subjects.count - 1
    }

    private static func collectKeywords(_ condition: Condition, _ words: inout Set<String>) {
        switch condition {
        case .test(.keywords, let matcher): matcher.collectTexts(&words)
        case .test: break
        case .all(let conditions), .any(let conditions):
            for condition in conditions { collectKeywords(condition, &words) }
        case .not(let condition): collectKeywords(condition, &words)
        }
    }
}

extension Matcher {
    /// Bit n: level n is accepted.
    var acceptedLevels: UInt16 {
        var mask: UInt16 = 0
        for level in 0...10 where matches([FactValue(integer: Int64(level))], zone: .utc) {
            mask |= 1 << UInt16(level)
        }
        return mask
    }

    func collectTexts(_ texts: inout Set<String>) {
        switch self {
        case .equals(let scalar): texts.insert(scalar.text)
        case .not(let matcher): matcher.collectTexts(&texts)
        case .any(let matchers), .all(let matchers):
            for matcher in matchers { matcher.collectTexts(&texts) }
        case .glob, .compare, .range, .region, .missing, .present: break
        }
    }
}

/// One walk: looks each subject up at its first use.
struct Evaluation {
    private let compiled: CompiledRules
    private let calendars: [String: OpeningCalendar]
    private let zone: ZoneRules
    private let facts: Facts
    private let levelBit: UInt16
    private let milliseconds: Int64
    private var values: [[FactValue]?]

    init(
        compiled: CompiledRules, calendars: [String: OpeningCalendar], zone: ZoneRules,
        facts: Facts, level: Level, milliseconds: Int64
    ) {
        self.compiled = compiled
        self.calendars = calendars
        self.zone = zone
        self.facts = facts
        levelBit = 1 << UInt16(level.value)
        self.milliseconds = milliseconds
        values = Array(repeating: nil, count: compiled.subjects.count)
    }

    mutating func holds(_ step: CompiledRules.Step) -> Bool {
        switch step {
        case .level(let mask): return mask & levelBit != 0
        case .test(let subject, let matcher):
            return matcher.matches(values(ofSubject: subject), zone: zone)
        case .all(let steps):
            for step in steps where !holds(step) { return false }
            return true
        case .any(let steps):
            for step in steps where holds(step) { return true }
            return false
        case .not(let step): return !holds(step)
        }
    }

    private mutating func values(ofSubject number: Int) -> [FactValue] {
        if let known = values[number] { return known }
        let found = lookUp(compiled.subjects[number])
        values[number] = found
        return found
    }

    /// What the facts say of it; empty when nothing.
    func lookUp(_ subject: Subject) -> [FactValue] {
        switch subject {
        case .level: [FactValue(integer: Int64(levelBit.trailingZeroBitCount))]
        case .identity: Self.values(of: facts.customer?.text)
        case .attribute(let name): Self.values(of: facts.attributes[name]?.value)
        case .region: Self.values(of: facts.attributes["region"]?.value)
        case .topic: Self.values(of: facts.topic)
        case .channel: Self.values(of: facts.channel)
        case .device: Self.values(of: facts.device)
        case .url: facts.url.map { PageAddress($0).values } ?? []
        case .referrer: facts.referrer.map { PageAddress($0).values } ?? []
        case .keywords: foundKeywords()
        case .calendar: openCalendars()
        }
    }

    private func foundKeywords() -> [FactValue] {
        guard let text = facts.text else { return [] }
        return compiled.keywords.found(in: TextFolding.fold(text)).map(FactValue.init(text:))
    }

    private func openCalendars() -> [FactValue] {
        let now = zone.wallClock(at: milliseconds)
        return calendars.filter { $0.value.isOpen(at: now) }.keys.sorted()
            .map(FactValue.init(text:))
    }

    private static func values(of text: String?) -> [FactValue] {
        guard let text, !text.isEmpty else { return [] }
        return [FactValue(text: text)]
    }

    private static func values(of value: AttributeValue?) -> [FactValue] {
        switch value {
        case nil: []
        case .text(let text): values(of: text)
        case .integer(let number): [FactValue(integer: number)]
        case .number(let number): [FactValue(number: number)]
        case .boolean(let truth): [FactValue(truth: truth)]
        case .list(let list): list.flatMap { values(of: $0) }
        }
    }
}
