/// Holds the conditions of a strategy against one customer's facts. Made by `Strategy.decide`.
import ChatModel

/// One walk: looks each subject up at its first use.
struct Evaluation {
    private let compiled: CompiledRules
    private let calendars: [String: OpeningCalendar]
    private let zone: ZoneRules
    private let facts: Facts
    private let levelBit: UInt16
    private let milliseconds: Int64
    private var values: [[FactValue]?]
    /// For each subject the words it was found to be, in `matched`; negative before the first use.
    private var spans: [(first: Int32, count: Int32)]
    private var matched: [Int32] = []

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
        spans = Array(repeating: (-1, 0), count: compiled.subjects.count)
    }

    /// Every rule up to the first that matches.
    mutating func walk() -> [WalkStep] {
        var walk: [WalkStep] = []
        var start = 0
        let steps = compiled.steps
        for (rule, end) in compiled.ends.enumerated() {
            var place = start
            while place < end, holds(steps[place]) { place += 1 }
            let failed = place < end ? place - start : nil
            walk.append(WalkStep(rule: rule, failedCondition: failed))
            if failed == nil { break }
            start = end
        }
        return walk
    }

    private mutating func holds(_ step: CompiledRules.Step) -> Bool {
        switch step {
        case .level(let mask): return mask & levelBit != 0
        case .oneOf(let subject, let first, let count):
            let span = span(ofSubject: Int(subject))
            for place in span.first..<(span.first + span.count) {
                let word = matched[Int(place)]
                for other in first..<(first + count) where compiled.words[Int(other)] == word {
                    return true
                }
            }
            return false
        case .tree(let place): return holds(compiled.trees[Int(place)])
        }
    }

    private mutating func holds(_ tree: CompiledRules.Tree) -> Bool {
        switch tree {
        case .level(let mask): return mask & levelBit != 0
        case .test(let subject, let matcher):
            return matcher.matches(values(ofSubject: subject), zone: zone)
        case .all(let trees):
            for tree in trees where !holds(tree) { return false }
            return true
        case .any(let trees):
            for tree in trees where holds(tree) { return true }
            return false
        case .not(let tree): return !holds(tree)
        }
    }

    private mutating func span(ofSubject number: Int) -> (first: Int32, count: Int32) {
        if spans[number].first >= 0 { return spans[number] }
        let words = compiled.subjects[number].lexicon.matches(values(ofSubject: number))
        spans[number] = (Int32(matched.count), Int32(words.count))
        matched += words
        return spans[number]
    }

    private mutating func values(ofSubject number: Int) -> [FactValue] {
        if let known = values[number] { return known }
        let found = lookUp(compiled.subjects[number].subject)
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
        let now = zone.localTime(at: milliseconds)
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
