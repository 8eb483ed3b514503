/// What the built-in robot says to what it hears, without sockets.
import ChatModel
import ChatProtocol
import HubConfig
import Routing
import Testing

@testable import HubServer

struct RobotLinkTests {
    private final class Line {
        let link: RobotLink
        private(set) var said: [JSONValue] = []
        private(set) var waits: [Int64] = []
        private var waiting: [() -> Void] = []

        init(helps: Bool = false) throws {
            let book = RobotBook(
                greeting: LocalText(chinese: "您好", english: "Hello"), unknown: LocalText("?"),
                pairs: [
                    RobotPair(
                        id: "a", questions: ["仓储进度"], answer: LocalText("看订单页"),
                        related: ["b"]),
                    RobotPair(id: "b", questions: ["仓储不更新"], answer: LocalText("刷新")),
                ])
            let rules = RobotRules(helpsWhileWaiting: helps, handoverWords: ["human"])
            let settings = RobotSettings(rules: rules, book: book)
            link = RobotLink(site: try #require(SiteID("demo")), settings)
            link.later = { [unowned self] in
                waits.append($0)
                waiting.append($1)
            }
            link.send = { [unowned self] in
                if let frame = JSONValue($0) { said.append(frame) }
            }
            connect()
        }

        func connect(sessions: String = "[]") {
            link.opened(token: "t")
            said = []
            hear(#"{"type":"ok","id":1000,"sessions":\#(sessions)}"#)
        }

        /// The last request is refused.
        func refuse(_ code: String, retryable: Bool = false) throws {
            guard case .integer(let id)? = try #require(said.last)["id"] else { return }
            hear(#"{"type":"error","id":\#(id),"code":"\#(code)","retryable":\#(retryable)}"#)
        }

        func timePasses() {
            let due = waiting
            waiting = []
            for body in due { body() }
        }

        func hear(_ line: String) {
            if let frame = JSONValue(Array(line.utf8)) { link.heard(frame) }
        }

        func state(_ state: String, lastSeq: Int = 0, locale: String = "zh-CN") {
            hear(
                #"{"type":"session.state","session":"s","state":"\#(state)","last_seq":\#(lastSeq)"#
                    + #","customer":{"profile":{"locale":"\#(locale)"}}}"#)
        }

        func customer(_ text: String, seq: Int) {
            hear(
                #"{"type":"message","session":"s","seq":\#(seq),"#
                    + #""from":{"role":"customer","id":"v"}"#
                    + #","kind":"text","text":"\#(text)"}"#)
        }

        var texts: [JSONValue?] { said.map { $0["text"] } }
    }

    @Test func itGreetsOnceAndAnswersTheFirstText() throws {
        let line = try Line()
        line.state("bot", lastSeq: 1)
        line.customer("仓储进度", seq: 1)
        line.state("bot", lastSeq: 3)
        #expect(line.texts == [.text("您好"), .text("看订单页")])
        #expect(line.said[1]["quick_replies"] == .array([.text("仓储不更新")]))
        #expect(line.said.map { $0["key"] } == [.text("greeting"), .text("re-1")])
    }

    @Test func aShortWordOffersWhatItMayMean() throws {
        let line = try Line()
        line.state("bot", locale: "en")
        line.customer("仓储", seq: 1)
        #expect(line.texts == [.text("Hello"), .text("Which of these do you mean?")])
        #expect(line.said[1]["unknown"] == nil)
    }

    @Test func whatItDoesNotKnowIsMarked() throws {
        let line = try Line()
        line.state("bot", lastSeq: 1)
        line.customer("qwertz", seq: 1)
        #expect(line.said.last?["unknown"] == .boolean(true))
    }

    @Test func aWordForHumansIsPassedOn() throws {
        let line = try Line()
        line.state("bot", lastSeq: 1)
        line.customer("a human!", seq: 1)
        #expect(line.said.map { $0["type"] } == [.text("message.send"), .text("session.human")])
        line.state("queued")
        try line.refuse("no_human")
        #expect(line.said.count == 2)
    }

    @Test(arguments: [("no_human", false), ("queue_full", true)])
    func whereNoHumanMayComeItAnswersTheWordItself(code: String, retryable: Bool) throws {
        let line = try Line()
        line.state("bot", lastSeq: 1, locale: "en")
        line.customer("a human!", seq: 1)
        try line.refuse(code, retryable: retryable)
        #expect(line.texts.last == .text(RobotBook.noHuman.english!))
        #expect(line.said.last?["unknown"] == nil)
        line.customer("仓储进度", seq: 3)
        #expect(line.texts.last == .text("看订单页"))
    }

    @Test func whatIsRefusedForNowIsSaidAgainUnderItsKey() throws {
        let line = try Line()
        line.state("bot", lastSeq: 3)
        line.customer("仓储进度", seq: 3)
        try line.refuse("unavailable", retryable: true)
        #expect(line.said.count == 1)
        line.timePasses()
        try line.refuse("unavailable", retryable: true)
        line.timePasses()
        #expect(line.waits == [200, 400])
        #expect(line.said.map { $0["key"] } == Array(repeating: .text("re-3"), count: 3))
        #expect(Set(line.said.map { "\($0["id"]!)" }).count == 3)
        try line.refuse("no_floor")
        line.timePasses()
        #expect(line.said.count == 3)
    }

    @Test func whatTheLastConnectionLeftUnansweredIsSaidOnTheNext() throws {
        let line = try Line()
        line.state("bot", lastSeq: 3)
        line.customer("仓储进度", seq: 3)
        line.connect(
            sessions: #"[{"session":"s","state":"bot","last_seq":3,"messages":["#
                + #"{"seq":3,"from":{"role":"customer","id":"v"},"kind":"text","text":"仓储进度"}]}]"#)
        #expect(line.said.map { $0["key"] } == [.text("re-3")])
        // Somebody else's by then.
        line.connect()
        #expect(line.said.isEmpty)
    }

    @Test func aSessionThatComesBackToItIsAnswered() throws {
        for helps in [true, false] {
            let line = try Line(helps: helps)
            line.state("bot", lastSeq: 1)
            line.state("queued", lastSeq: 2)
            line.customer("qwertz", seq: 3)
            #expect(line.texts == [.text("您好")])
            line.state("bot", lastSeq: 4)
            line.customer("qwertz", seq: 4)
            #expect(line.said.last?["unknown"] == .boolean(true))
        }
    }

    @Test func whatWasSaidBeforeItCameIsNotAnsweredAgain() throws {
        let line = try Line()
        line.state("bot", lastSeq: 4)
        line.customer("仓储进度", seq: 2)
        #expect(line.said.isEmpty)
        line.customer("仓储不更新", seq: 4)
        #expect(line.texts == [.text("刷新")])
    }

    @Test func whileTheCustomerWaitsItHelpsAndDoesNotComplain() throws {
        let line = try Line(helps: true)
        line.state("bot")
        line.state("queued")
        line.customer("qwertz", seq: 2)
        line.customer("仓储进度", seq: 3)
        #expect(line.texts == [.text("您好"), .text("看订单页")])
        line.state("active")
        line.customer("仓储进度", seq: 5)
        #expect(line.said.count == 2)
    }

    @Test func backAgainItAnswersEveryLineThatCameMeanwhile() throws {
        let line = try Line()
        func message(_ seq: Int, _ role: String, _ text: String) -> String {
            #"{"seq":\#(seq),"from":{"role":"\#(role)","id":"v"},"kind":"text","text":"\#(text)"}"#
        }
        let messages = [
            message(1, "customer", "仓储进度"), message(2, "bot", "看订单页"),
            message(3, "customer", "仓储进度"), message(4, "customer", "仓储不更新"),
        ]
        line.connect(
            sessions: #"[{"session":"s","state":"bot","last_seq":4,"messages":["#
                + messages.joined(separator: ",") + "]}]")
        #expect(line.texts == [.text("看订单页"), .text("刷新")])
        #expect(line.said.map { $0["key"] } == [.text("re-3"), .text("re-4")])
    }
}
