/// Reads the conditions of a rule: `who`, `what`, `when`, `where`, `how`, and `any`, `all`, `not`,
/// which hold further such maps.
import Routing

struct ConditionDecoder {
    static let keys = ["who", "what", "when", "where", "how", "any", "all", "not"]

    let calendars: [String]

    /// Nil when one of them could not be read. Takes the keys it knows from the section; the caller
    /// finishes it.
    func decode(_ section: Section, depth: Int = 0) -> [Condition]? {
        guard depth < MatcherDecoder.depthLimit else {
            section.entry.error(
                "nested too deeply", allowed: "at most \(MatcherDecoder.depthLimit) levels")
            return nil
        }
        var reader = Reader()
        for aspect in Aspect.allCases {
            guard let entry = section.value(aspect.rawValue) else { continue }
            reader.take(entry.section().flatMap { read($0, aspect, depth + 1) })
        }
        combine(section, &reader) { entry in
            entry.section().flatMap { inner in
                let conditions = decode(inner, depth: depth + 1)
                inner.finish()
                return nonEmpty(conditions, inner)
            }
        }
        return reader.conditions
    }

    /// The five questions of the strategy.
    private enum Aspect: String, CaseIterable { case who, what, when, `where`, how }

    /// Gathers conditions; one that could not be read spoils the whole, but not its neighbours.
    private struct Reader {
        private var found: [Condition] = []
        private var isSpoilt = false

        mutating func take(_ conditions: [Condition]?) {
            guard let conditions else {
                isSpoilt = true
                return
            }
            found += conditions
        }

        var conditions: [Condition]? { isSpoilt ? nil : found }
    }

    private func read(_ section: Section, _ aspect: Aspect, _ depth: Int) -> [Condition]? {
        guard depth < MatcherDecoder.depthLimit else {
            section.entry.error("nested too deeply")
            return nil
        }
        var reader = Reader()
        func test(_ key: String, _ subject: Subject, _ kind: MatcherDecoder.Kind) {
            guard let entry = section.value(key) else { return }
            let matcher = MatcherDecoder(kind: kind).decode(entry)
            reader.take(matcher.map { [.test(subject, $0)] })
        }
        switch aspect {
        case .who:
            test("level", .level, .level)
            test("id", .identity, .value)
            if let entry = section.value("attributes") { reader.take(attributes(entry)) }
        case .what:
            test("topic", .topic, .value)
            test("keywords", .keywords, .keywords)
        case .when:
            test("calendar", .calendar, .names(calendars, what: "calendar"))
        case .where:
            test("region", .region, .place)
        case .how:
            test("channel", .channel, .value)
            test("url", .url, .address)
            test("referrer", .referrer, .address)
            test("device", .device, .value)
        }
        combine(section, &reader) { entry in
            entry.section().flatMap { read($0, aspect, depth + 1) }
        }
        section.finish()
        return nonEmpty(reader.conditions, section)
    }

    private func attributes(_ entry: Entry) -> [Condition]? {
        guard let section = entry.section() else { return nil }
        var reader = Reader()
        for (name, place, value) in section.all {
            guard !value.isNull else {
                section.log.error("attribute `\(name)` has no value to compare with", at: place)
                continue
            }
            let matcher = MatcherDecoder(kind: .value).decode(value)
            reader.take(matcher.map { [.test(.attribute(name), $0)] })
        }
        return nonEmpty(reader.conditions, section)
    }

    /// `any`, `all` and `not` of a map, whose elements `inner` reads.
    private func combine(
        _ section: Section, _ reader: inout Reader, _ inner: (Entry) -> [Condition]?
    ) {
        func group(_ conditions: [Condition]) -> Condition {
            conditions.count == 1 ? conditions[0] : .all(conditions)
        }
        func elements(_ entry: Entry) -> [Condition]? {
            let entries = entry.listOrSelf()
            let read = entries.map { inner($0).map(group) }
            if entries.isEmpty { entry.error("the list is empty") }
            return entries.isEmpty || read.contains { $0 == nil } ? nil : read.compactMap(\.self)
        }
        if let entry = section.value("any") { reader.take(elements(entry).map { [.any($0)] }) }
        if let entry = section.value("all") { reader.take(elements(entry)) }
        if let entry = section.value("not") {
            reader.take(
                elements(entry).map { [.not($0.count == 1 ? $0[0] : .any($0))] })
        }
    }

    /// An empty map asks nothing, which is never what was meant.
    private func nonEmpty(_ conditions: [Condition]?, _ section: Section) -> [Condition]? {
        guard conditions?.isEmpty == true else { return conditions }
        section.entry.error("no condition in here: leave it out, or give one")
        return nil
    }
}
