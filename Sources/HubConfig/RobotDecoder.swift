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
        var rules = rules(section)
        var book = RobotBook()
        book.greeting = section.value("greeting").flatMap {
            $0.localText(maximumBytes: Self.answerBytes)
        }
        book.unknown =
            section.value("unknown").flatMap { $0.localText(maximumBytes: Self.answerBytes) }
            ?? book.unknown
        if let entry = section.value("pairs") { book.pairs = pairs(entry) }
        rules.passesOn = section.value("passes_on").flatMap {
            $0.localText(maximumBytes: Self.answerBytes)
        }
        // Another program has words of its own.
        if rules.passesOn == nil, !book.pairs.isEmpty {
            rules.passesOn = RobotRules.defaultPassesOn
        }
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
            let answer = section.value("answer").flatMap {
                $0.localText(maximumBytes: Self.answerBytes)
            }
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
}
