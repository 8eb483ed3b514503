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

        init() throws {
            let book = RobotBook(
                greeting: RobotText(chinese: "您好", english: "Hello"), unknown: RobotText("?"),
                pairs: [
                    RobotPair(
                        id: "a", questions: ["仓储进度"], answer: RobotText("看订单页"),
                        related: ["b"]),
                    RobotPair(id: "b", questions: ["仓储不更新"], answer: RobotText("刷新")),
                ])
            let settings = RobotSettings(rules: RobotRules(handoverWords: ["human"]), book: book)
            link = RobotLink(site: try #require(SiteID("demo")), settings)
            link.send = { [unowned self] in
                if let frame = JSONValue($0) { said.append(frame) }
            }
            link.opened(token: "t")
            hear(#"{"type":"ok","id":1,"sessions":[]}"#)
            said = []
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
                #"{"type":"message","session":"s","seq":\#(seq),"from":{"role":"customer","id":"v"}"#
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

    @Test func aWordForHumansIsTheHubs() throws {
        let line = try Line()
        line.state("bot", lastSeq: 1)
        line.customer("a human!", seq: 1)
        #expect(line.texts == [.text("您好")])
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
        let line = try Line()
        line.state("bot")
        line.state("queued")
        line.customer("qwertz", seq: 2)
        line.customer("仓储进度", seq: 3)
        #expect(line.texts == [.text("您好"), .text("看订单页")])
        line.state("active")
        line.customer("仓储进度", seq: 5)
        #expect(line.said.count == 2)
    }

    @Test func backAgainItAnswersWhatCameMeanwhile() throws {
        let line = try Line()
        line.hear(
            #"{"type":"ok","id":1,"sessions":[{"session":"s","state":"bot","last_seq":2,"messages":["#
                + #"{"seq":2,"from":{"role":"customer","id":"v"},"kind":"text","text":"仓储进度"}]}]}"#)
        #expect(line.texts == [.text("看订单页")])
    }
}
