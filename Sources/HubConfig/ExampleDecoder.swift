/// Reads `examples`: facts under `given`, what must come of them under `expect`.
import ChatModel
import Routing

struct ExampleDecoder {
    let rules: [String]
    let zone: ZoneRules
    /// Without a calendar no decision depends on the time.
    let needsTime: Bool

    func decode(_ entry: Entry) -> [(example: RoutingExample, place: Place)] {
        (entry.list() ?? []).enumerated().compactMap { index, entry in
            guard let section = entry.section() else { return nil }
            let name = section.value("name")?.text() ?? "example \(index + 1)"
            let (facts, time) = given(section.value("given"))
            let expected = section.value("expect").map(expectation) ?? nil
            if !section.contains("expect") { section.missing("expect") }
            section.finish()
            if needsTime, time == nil {
                entry.error(
                    "`given.at` is missing: the strategy has calendars, so the time decides",
                    allowed: "at: 2026-11-22T10:00")
            }
            return expected.map {
                let example = RoutingExample(
                    name: name, facts: facts, atMilliseconds: time ?? 0, expected: $0)
                return (example, entry.place)
            }
        }
    }

    private func given(_ entry: Entry?) -> (facts: Facts, milliseconds: Int64?) {
        var facts = Facts()
        guard let section = entry?.section() else { return (facts, nil) }
        var time: Int64?
        if let value = section.value("at") {
            time = value.scalar.flatMap { DateText($0.text) }?.milliseconds(in: zone)
            if time == nil {
                value.error("not a time", allowed: "2026-11-22T10:00, or with +08:00")
            }
        }
        func text(_ key: String, _ maximumBytes: Int) -> String? {
            section.value(key)?.text(maximumBytes: maximumBytes)
        }
        facts.customer = text("id", 64).flatMap(PersonID.init)
        facts.topic = text("topic", 64)
        facts.channel = text("channel", 64)
        facts.url = text("url", 2000)
        facts.referrer = text("referrer", 2000)
        facts.device = text("device", 200)
        facts.text = section.value("text")?.scalar?.text
        for (key, origin) in [("page_attributes", AttributeOrigin.page), ("attributes", .trusted)] {
            guard let value = section.value(key) else { continue }
            for (name, attribute) in AttributeDecoder().decode(value) {
                facts.attributes.set(name, to: attribute, origin: origin)
            }
        }
        if let region = text("region", 200) {
            facts.attributes.set("region", to: .text(region), origin: .trusted)
        }
        if let parameters = section.value("page")?.section() {
            for (name, _, value) in parameters.all { facts.parameters[name] = value.scalar?.text }
        }
        if let value = section.value("signed_level") {
            facts.signedLevel = value.integer(in: -1000...1000).map(SignedLevel.verified)
        }
        section.finish()
        return (facts, time)
    }

    private func expectation(_ entry: Entry) -> RoutingExample.Expectation? {
        guard let section = entry.section() else { return nil }
        var expected = RoutingExample.Expectation()
        if let value = section.value("rule"), let name = value.text() {
            expected.rule = name
            if !rules.contains(name) {
                value.error(
                    "unknown rule `\(Entry.shortened(name))`",
                    suggestion: NearestName.of(name, among: rules))
            }
        }
        expected.reception = section.value("reception")?.choice(ReceptionMode.self)
        expected.level = section.value("level")?.integer(in: 0...10)
        expected.levelSource = section.value("level_source")?.choice(LevelSource.self)
        expected.isOpen = section.value("open")?.boolean()
        expected.plan = section.value("plan")?.list()?.compactMap { $0.text() }
        expected.walk = section.value("walk")?.section()?.all.compactMap { rule, _, value in
            value.text().map { RoutingExample.PassedOver(rule: rule, failed: $0) }
        }
        section.finish()
        return expected
    }
}
