/// Reads `robot:` of a site file: what the hub watches over, and what the built-in robot knows.
import ChatModel
public import Routing

public struct RobotSettings: Hashable, Sendable {
    public var rules: RobotRules
    /// Without pairs the built-in robot stays away; other programs may answer.
    public var book: RobotBook
    public var hasPairs: Bool { !book.pairs.isEmpty }

    public init(rules: RobotRules = RobotRules(), book: RobotBook = RobotBook()) {
        self.rules = rules
        self.book = book
    }
}

struct RobotDecoder {
    static let pairLimit = 2_000
    static let questionLimit = 20
    static let wordLimit = 50
    /// A quick reply shows a first question whole.
    static let shownQuestionBytes = 80
    static let answerBytes = 4_000

    func decode(_ entry: Entry) -> RobotSettings? {
        guard let section = entry.section() else { return nil }
        let rules = rules(section)
        var book = RobotBook()
        book.greeting = section.value("greeting").flatMap { text($0) }
        book.unknown = section.value("unknown").flatMap { text($0) } ?? book.unknown
        if let entry = section.value("pairs") { book.pairs = pairs(entry) }
        section.finish()
        return RobotSettings(rules: rules, book: book)
    }

    private func rules(_ section: Section) -> RobotRules {
        let defaults = RobotRules()
        var words = defaults.handoverWords
        if let entry = section.value("handover") {
            let entries = entry.listOrSelf()
            words = entries.compactMap { $0.text(maximumBytes: 60) }
            if entries.count > Self.wordLimit {
                entry.error("\(entries.count) words", allowed: "at most \(Self.wordLimit)")
            }
        }
        return RobotRules(
            name: section.value("name")?.text(maximumBytes: 60),
            misses: section.value("misses")?.integer(in: 1...20) ?? defaults.misses,
            helpsWhileWaiting: section.value("while_waiting")?.boolean()
                ?? defaults.helpsWhileWaiting,
            handoverWords: words)
    }

    private func pairs(_ entry: Entry) -> [RobotPair] {
        guard let entries = entry.list() else { return [] }
        guard entries.count <= Self.pairLimit else {
            entry.error("\(entries.count) pairs", allowed: "at most \(Self.pairLimit)")
            return []
        }
        var pairs: [RobotPair] = []
        var lines: [String: Int] = [:]
        var named: [(name: String, entry: Entry)] = []
        for entry in entries {
            guard let section = entry.section() else { continue }
            let id = section.value("id")?.text(maximumBytes: 60) ?? "pair \(pairs.count + 1)"
            if let line = lines[id] {
                section.value("id")?.error("pair `\(id)` exists already, in line \(line)")
            }
            lines[id] = entry.place.line
            let questions = questions(section)
            let answer = section.value("answer").flatMap { text($0) }
            if !section.contains("answer") { section.missing("answer") }
            let related = section.value("related")?.listOrSelf() ?? []
            let names = related.compactMap { one in
                one.text(maximumBytes: 60).map { (name: $0, entry: one) }
            }
            named += names
            section.finish()
            guard let answer, !questions.isEmpty else { continue }
            pairs.append(
                RobotPair(
                    id: id, questions: questions, answer: answer, related: names.map(\.name)))
        }
        for (name, entry) in named where lines[name] == nil {
            entry.error(
                "no pair `\(name)`", suggestion: NearestName.of(name, among: Array(lines.keys)))
        }
        return pairs
    }

    private func questions(_ section: Section) -> [String] {
        guard let entry = section.value("questions") else {
            if !section.contains("questions") {
                section.missing("questions", allowed: "a list of ways to ask")
            }
            return []
        }
        let entries = entry.listOrSelf()
        guard (1...Self.questionLimit).contains(entries.count) else {
            entry.error("\(entries.count) questions", allowed: "1...\(Self.questionLimit)")
            return []
        }
        return entries.enumerated().compactMap { index, entry in
            entry.text(maximumBytes: index == 0 ? Self.shownQuestionBytes : 200)
        }
    }

    /// One text for everybody, or `{ zh: ..., en: ... }`.
    private func text(_ entry: Entry) -> RobotText? {
        guard entry.isMapping, let section = entry.section() else {
            return paragraph(entry).map { RobotText($0) }
        }
        let text = RobotText(
            chinese: section.value("zh").flatMap { paragraph($0) },
            english: section.value("en").flatMap { paragraph($0) })
        if text.chinese == nil, text.english == nil {
            entry.error("a text in no language", allowed: "zh, en")
        }
        section.finish()
        return text
    }

    /// Lines may be broken.
    private func paragraph(_ entry: Entry) -> String? {
        guard let written = entry.scalar?.text, !entry.isNull else {
            entry.error("expected a text")
            return nil
        }
        let text = written.last == "\n" ? String(written.dropLast()) : written
        let allowed = "1...\(Self.answerBytes) bytes; line breaks, but no other control characters"
        guard (1...Self.answerBytes).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ $0 == "\n" || Entry.isPrintable($0) })
        else {
            entry.error("not a text to say", allowed: allowed)
            return nil
        }
        return text
    }
}
