/// What the built-in robot finds for what people write.
import ChatModel
import Testing

@testable import Routing

struct RobotMatcherTests {
    static let book = RobotBook(pairs: [
        pair("progress", "仓储进度", "仓库发货进度在哪里看"),
        pair("stuck", "仓储不更新", "仓储状态一直不更新怎么办"),
        pair("invoice", "怎么开发票", "invoice"),
        pair("hours", "营业时间", "opening hours", "When are you open?"),
        pair("price", "How much is shipping?", "shipping cost"),
    ])
    static let matcher = RobotMatcher(book)

    static func pair(_ id: String, _ questions: String...) -> RobotPair {
        RobotPair(id: id, questions: questions, answer: LocalText("the answer to \(id)"))
    }

    private func find(_ text: String) -> [String] {
        switch Self.matcher.find(text) {
        case .answer(let index): ["answer", Self.book.pairs[index].id]
        case .choices(let indices): ["choices"] + indices.map { Self.book.pairs[$0].id }.sorted()
        case .unknown(let near): ["unknown"] + near.map { Self.book.pairs[$0].id }
        }
    }

    @Test(arguments: [
        ("仓储进度", "progress"), ("仓储进度？", "progress"), ("请问仓储进度", "progress"),
        ("仓储进度怎么样了", "progress"), ("仓储不更新", "stuck"), ("仓储一直不更新", "stuck"),
        ("发票", "invoice"), ("开发票", "invoice"), ("ＩＮＶＯＩＣＥ", "invoice"), ("营业时间", "hours"),
        ("what are your opening hours", "hours"), ("how much does shipping cost", "price"),
    ])
    func whatIsAskedIsFound(_ text: String, _ pair: String) {
        #expect(find(text) == ["answer", pair])
    }

    @Test func aShortWordThatHitsSeveralOffersThem() {
        #expect(find("仓储") == ["choices", "progress", "stuck"])
    }

    @Test(arguments: ["", "?!", "今天天气真好", "qwertz", "我想买一头大象"])
    func whatNobodyAsksIsUnknown(_ text: String) {
        #expect(find(text) == ["unknown"])
    }

    @Test func bigramsAreOfNeighboursInOneRun() {
        #expect(RobotMatcher.tokens(of: "仓储进度 abc进,x") == ["仓储", "储进", "进度", "abc", "进", "x"])
        #expect(RobotMatcher.tokens(of: "仓储仓储") == ["仓储", "储仓"])
    }

    @Test func quickRepliesOfAPairAreAnsweredByIt() {
        for pair in Self.book.pairs {
            #expect(find(pair.questions[0]) == ["answer", pair.id])
        }
    }

    /// Ten times the text costs ten times the tokens at most, up to the bound.
    @Test func aLongTextIsReadToABound() {
        let long = String(repeating: "仓储进度不更新怎么办", count: 2_000)
        #expect(RobotMatcher.tokens(of: long).count <= RobotMatcher.tokenBound)
        let varied = String(
            String.UnicodeScalarView((0x4E00..<0x6E00).compactMap(Unicode.Scalar.init)))
        #expect(RobotMatcher.tokens(of: varied).count <= RobotMatcher.tokenBound + 8_192)
        if case .answer = Self.matcher.find(varied) { Issue.record("found in all characters") }
    }

    @Test func textsAreToldInTheCustomersLanguage() {
        let text = LocalText(chinese: "你好", english: "Hello")
        #expect(text.text(for: "zh-CN") == "你好")
        #expect(text.text(for: "en-GB") == "Hello")
        #expect(text.text(for: nil) == "你好")
        #expect(LocalText(english: "Hello").text(for: "zh") == "Hello")
    }

    @Test func handoverWordsIgnoreCaseAndWidth() {
        let rules = RobotRules(handoverWords: ["转人工", "Human"])
        #expect(rules.asksForHuman("请转人工！"))
        #expect(rules.asksForHuman("a ＨＵＭＡＮ please"))
        #expect(!rules.asksForHuman("人工"))
        #expect(!RobotRules(handoverWords: []).asksForHuman("human"))
    }
}
