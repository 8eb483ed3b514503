/// `robot:` of a site file.
import ChatModel
import Routing
import Testing

@testable import HubConfig

struct RobotFileTests {
    private func site(_ robot: String, reception: String = "robot-first") -> String {
        """
        site: shop
        agents: { anna: {} }
        groups: { care: { agents: [anna] } }
        strategy: [{ reception: \(reception), plan: [{ to: group, group: care }] }]
        \(robot)
        """
    }

    private func errors(_ robot: String) -> [String] {
        SiteFile.load(text: site(robot), name: "f").errors.map { "\($0.line): \($0.message)" }
    }

    @Test func everythingItSaysIsRead() throws {
        let file = SiteFile.load(
            text: site(
                """
                robot:
                  name: 小茶
                  greeting: { zh: 您好, en: Hello }
                  unknown: "?"
                  misses: 3
                  handover: [转人工]
                  while_waiting: true
                  passes_on: { en: Wait }
                  pairs:
                    - { id: a, questions: [仓储进度, 进度], answer: "是", related: [b] }
                    - { id: b, questions: 仓储不更新, answer: { en: "Two\\nlines" } }
                """), name: "f")
        #expect(file.errors.isEmpty, "\(file.errors)")
        let robot = try #require(file.settings?.robot)
        #expect(
            robot.rules
                == RobotRules(
                    name: "小茶", misses: 3, helpsWhileWaiting: true,
                    passesOn: LocalText(english: "Wait"), handoverWords: ["转人工"]))
        #expect(robot.book.greeting == LocalText(chinese: "您好", english: "Hello"))
        #expect(robot.book.unknown == LocalText("?"))
        #expect(
            robot.book.pairs == [
                RobotPair(
                    id: "a", questions: ["仓储进度", "进度"], answer: LocalText("是"),
                    related: ["b"]),
                RobotPair(
                    id: "b", questions: ["仓储不更新"], answer: LocalText(english: "Two\nlines")),
            ])
    }

    @Test func onlyTheBuiltInRobotPassesOnInOurWords() throws {
        let own = SiteFile.load(
            text: site("robot: { pairs: [{ questions: [a], answer: b }] }"), name: "f")
        #expect(own.settings?.robot?.rules.passesOn == RobotRules.defaultPassesOn)
        let outside = SiteFile.load(text: site("robot: { misses: 3 }"), name: "f")
        #expect(outside.settings?.robot?.rules.passesOn == nil)
    }

    @Test func anEmptyOneMeansRobotsFromOutside() throws {
        let file = SiteFile.load(text: site("robot: {}"), name: "f")
        #expect(file.warnings.isEmpty, "\(file.warnings)")
        let robot = try #require(file.settings?.robot)
        #expect(robot == RobotSettings())
        #expect(!robot.hasPairs)
    }

    @Test(arguments: ["robot-first", "robot-only"])
    func aRobotModeWithoutARobotIsWarnedOf(_ mode: String) {
        let file = SiteFile.load(text: site("", reception: mode), name: "f")
        #expect(file.settings != nil)
        #expect(file.warnings.contains { $0.message.contains("the site has no robot") })
    }

    @Test(arguments: [
        ("robot: { misses: 0 }", "expected 1...20, found `0`"),
        ("robot: { pears: [] }", "unknown key `pears`"),
        ("robot: { pairs: [{ questions: [a] }] }", "`answer` is missing"),
        ("robot: { pairs: [{ answer: a }] }", "`questions` is missing"),
        ("robot: { pairs: [{ questions: [], answer: a }] }", "0 questions"),
        ("robot: { pairs: [{ questions: [a], answer: { fr: oui } }] }", "a text in no language"),
        ("robot: { pairs: [{ questions: [a], answer: b, related: [z] }] }", "no pair `z`"),
        (
            "robot: { pairs: [{ id: a, questions: [a], answer: b }, "
                + "{ id: a, questions: [b], answer: b }] }", "pair `a` exists already, in line 5"
        ),
        ("robot: { while_waiting: maybe }", "expected yes or no, found `maybe`"),
        ("robot: { greeting: \"\\u0007\" }", "not a text to say"),
    ])
    func whatIsWrongIsToldByLine(_ robot: String, _ message: String) {
        #expect(errors(robot).contains("5: \(message)"), "\(errors(robot))")
    }
}
