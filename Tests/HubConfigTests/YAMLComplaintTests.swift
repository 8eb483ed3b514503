/// A file that is no YAML is told by its line and by what was probably forgotten.
import Foundation
import Testing

@testable import HubConfig

struct YAMLComplaintTests {
    struct Case: CustomTestStringConvertible {
        var text: String
        var line: Int
        var message: String
        var allowed: String

        var testDescription: String { message }
    }

    private static let shop = "site: shop\n"

    static let forgotten: [Case] = [
        Case(
            text: shop + "groups\n  care:\n    agents: [anna]\n", line: 2,
            message: "a colon is missing behind `groups`", allowed: "`groups:`"),
        Case(
            text: shop + "groups:\n  care\n    agents: [anna]\n", line: 3,
            message: "a colon is missing behind `care`", allowed: "`care:`"),
        Case(
            text: "site shop\ngroups:\n  care: { agents: [a] }\n", line: 1,
            message: "a colon is missing behind `site`", allowed: "`site: shop`"),
        Case(
            text: shop + "groups:\n  care:\n    agents [anna]\n    name: Care\n", line: 4,
            message: "a colon is missing behind `agents`", allowed: "`agents: [anna]`"),
        Case(
            text: shop + "strategy:\n  - name a   # first\n\n    plan: []\n", line: 3,
            message: "a colon is missing behind `name`", allowed: "`name: a`"),
        Case(
            text: shop + "groups:\n  - care\n    agents: []\n", line: 3,
            message: "a colon is missing behind `care`", allowed: "`care:`"),
        Case(
            text: shop + "widget:\n  title:Hello\n  topics: [a]\n", line: 3,
            message: "a blank is missing behind the colon of `title`", allowed: "`title: Hello`"),
        Case(
            text: shop + "widget:\n  title: \"Hello\n  topics: [a]\n", line: 3,
            message: "the quote that opens here is never closed", allowed: "the same quote"),
        Case(
            text: shop + "groups:\n  care:\n    agents: [anna\nstrategy:\n  - name: x\n", line: 4,
            message: "the `[` that opens here is not closed before line 5", allowed: "[anna, bo]"),
        Case(
            text: shop + "groups:\n  care: {agents: [anna]\nstrategy: []\n", line: 3,
            message: "the `{` that opens here is not closed before line 4", allowed: "{ to: group"),
    ]

    static let indented: [Case] = [
        Case(
            text: shop + "groups:\n  care:\n    agents: [anna]\n   name: Care\n", line: 5,
            message: "indented by 3 spaces, between two levels", allowed: "0, 2 or 4 spaces"),
        Case(
            text: shop + " groups:\n  care:\n    agents: [anna]\n", line: 2,
            message: "indented deeper than line 1, which has its value already",
            allowed: "no space, as line 1"),
        Case(
            text: shop + "strategy:\n- name: a\n  plan:\n  - { to: group }\n - name: b\n", line: 6,
            message: "indented by 1 space, between two levels", allowed: "0, 2 or 4 spaces"),
        Case(
            text: shop + "groups:\n\tcare:\n", line: 3, message: "a tab at the beginning",
            allowed: "spaces"),
        Case(
            text: shop + "widget:\n  title: Hello: you\n", line: 3,
            message: "a second colon in one line", allowed: "`title: \"...: ...\"`"),
        Case(
            text: shop + "widget:\n  title: @home\n", line: 3, message: "begins with `@`",
            allowed: "stands in quotes"),
        Case(
            text: shop + "robot:\n  answers: *x\n", line: 3, message: "begins with `*`",
            allowed: "stands in quotes"),
    ]

    static let wide: [Case] = [
        Case(
            text: "site：shop\ngroups:\n  care: { agents: [a] }\n", line: 1,
            message: "`：`, a full-width sign", allowed: "`site: shop`"),
        Case(
            text: shop + "groups:\n  care:\n    agents：[anna]\n    name: Care\n", line: 4,
            message: "`：`, a full-width sign", allowed: "`agents: [anna]`"),
        Case(
            text: shop + "groups:\n  care:\n    agents：［anna，bo］\n    name：好，好\n    x: y\n",
            line: 4, message: "`：`, a full-width sign", allowed: "`agents: [anna,bo]`"),
        Case(
            text: shop + "strategy:\n  - name：a，b # c\n    plan: []\n", line: 3,
            message: "`：`, a full-width sign", allowed: "`name: a，b"),
        Case(
            text: shop + "strategy:\n  - { to: group， group: care }\n", line: 3,
            message: "`，`, a full-width sign", allowed: "`,`"),
        Case(
            text: shop + "strategy: [{ to: group }， { to: group }]\n", line: 2,
            message: "`，`, a full-width sign", allowed: "`,`"),
        Case(
            text: shop + "groups:\n  care:\n    agents: [anna, bo］\n    name: Care\n", line: 4,
            message: "`］`, a full-width sign", allowed: "`]`"),
        Case(
            text: shop + "widget:\n  title: “Hello: you”\n", line: 3,
            message: "`“`, a full-width sign", allowed: "`\"`"),
        Case(
            text: shop + "widget:\n  title:　Hello\n  topics: [a]\n", line: 3,
            message: "a full-width blank", allowed: "`title: Hello`"),
        Case(
            text: shop + "strategy:\n  -　name: a\n    plan: []\n", line: 3,
            message: "a full-width blank", allowed: "`- name: a`"),
    ]

    static let quoted: [Case] = [
        Case(
            text: shop + "widget:\n  title: \"it is \"good\" here\"\n", line: 3,
            message: "text behind the `\"` that closes", allowed: "`\\\"`"),
        Case(
            text: shop + "widget:\n  title: 'it's good'\n", line: 3,
            message: "text behind the `'` that closes", allowed: "`''`"),
        Case(
            text: shop + "widget:\n  topics: ['it's good', b]\n", line: 3,
            message: "text behind the `'` that closes", allowed: "`''`"),
        Case(
            text: shop + "widget:\n  topics: [\"a\" \"b\"]\n", line: 3,
            message: "or a comma is missing", allowed: "[anna, bo]"),
        Case(
            text: shop + "widget:\n  title: \"Hello\n  name: \"x：y\"\n", line: 3,
            message: "not closed before line 4", allowed: "the same quote"),
    ]

    /// What looks like a mistake, and is text: in quotes, below a `|`, or in a comment.
    static let texts: [Case] = [
        Case(
            text: shop + "widget:\n  title: |\n    hello\n  foo bar\n  topics: [a]\n", line: 5,
            message: "stands left of the text below line 3", allowed: "4 spaces"),
        Case(
            text: shop + "widget:\n  title: |-\n    hello\n foo bar\n", line: 5,
            message: "stands left of the text below line 3", allowed: "4 spaces"),
        Case(
            text: shop + "widget:\n  title: |\n  hello\n  topics: [a]\n", line: 4,
            message: "stands left of the text below line 3", allowed: "4 spaces"),
        Case(
            text: shop + "widget:\n  title: >\n    注意：好\n\n    foo bar\n   x: y\n", line: 7,
            message: "indented by 3 spaces", allowed: "spaces"),
        Case(
            text: shop + "widget:\n  title: |\n    注意：好\n  a: b: c\n", line: 5,
            message: "a second colon in one line", allowed: "`a: \"...: ...\"`"),
        Case(
            text: shop + "widget:\n  title: \"a\n    注意：好\"\n  a: @x\n", line: 5,
            message: "begins with `@`", allowed: "stands in quotes"),
        Case(
            text: shop + "widget: # 注意：好\n  title: 你好，“好”：好\n  topics [a]\n  x: y\n",
            line: 4, message: "a colon is missing behind `topics`", allowed: "`topics: [a]`"),
        Case(
            text: shop + "strategy:\n  -name: a\n    plan: []\n", line: 3,
            message: "a blank is missing behind the dash of `-name:`", allowed: "`- name: a`"),
        Case(
            text: shop + "strategy:\n  - name: a\n    plan: []\n  -name: b\n", line: 5,
            message: "a blank is missing behind the dash of `-name:`", allowed: "`- name: b`"),
    ]

    @Test(arguments: forgotten + indented + wide + quoted + texts, ["\n", "\r\n"])
    func whatWasProbablyMeantIsSaid(_ wrong: Case, end: String) throws {
        let lines = wrong.text.split(separator: "\n", omittingEmptySubsequences: false)
        let site = SiteFile.load(text: lines.joined(separator: end), name: "f")
        let error = try #require(site.errors.first)
        #expect(error.line == wrong.line && error.message.contains(wrong.message), "\(error)")
        #expect(error.allowed?.contains(wrong.allowed) == true, "\(error)")
        let shown = lines[wrong.line - 1].replacing("\t", with: "?")
        let report = CheckReport.text(site)
        #expect(report.contains("\n    \(wrong.line) | \(shown)\n"), "\(report)")
    }

    @Test func aLineIsBlamedWhereLineBreaksAreMixed() {
        let text = "site: shop\r\nwidget:\n  title: a\r\n  topics: @x\n"
        let error = SiteFile.load(text: text, name: "f").errors.first
        #expect(error?.line == 4 && error?.source == "  topics: @x", "\(String(describing: error))")
    }

    @Test func whatIsNotRecognisedGetsNoAdvice() {
        let error = SiteFile.load(text: "site: shop\n]\n", name: "f").errors.first
        #expect(error?.message.hasPrefix("not YAML: ") == true, "\(String(describing: error))")
        #expect(error?.allowed == nil)
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func aSiteFileIsKnownByItsKeysWhateverEndsItsLines(end: String) throws {
        let path = FileManager.default.temporaryDirectory.path + "/kind-\(UUID()).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try ["# mine", "site: shop", ""].joined(separator: end)
            .write(toFile: path, atomically: true, encoding: .utf8)
        #expect(FileKind.isSite(path: path))
    }

    @Test func aLevelWithNothingBelowItIsSaidToBeEmpty() {
        let text = "site: shop\ngroups:\n  care:\n  agents: [anna]\n"
        let errors = SiteFile.load(text: text, name: "f").errors
        let care = errors.first { $0.path == "groups.care" }
        #expect(care?.message == "expected keys and values, found nothing", "\(errors)")
        #expect(care?.allowed?.contains("indented deeper") == true)
    }

    /// Alone below its key it is good YAML.
    @Test func aTextWithAFullWidthColonIsSaidToBeOne() {
        let text = "site: shop\ngroups:\n  care:\n    agents：[anna]\nstrategy: []\n"
        let care = SiteFile.load(text: text, name: "f").errors.first { $0.path == "groups.care" }
        #expect(care?.line == 4 && care?.allowed?.contains("full-width sign") == true)
    }

    @Test func nothingIsAllowedWhereNothingIsDefined() {
        let text = "site: shop\nstrategy:\n  - { name: a, plan: [{ to: group, group: care }] }\n"
        let error = SiteFile.load(text: text, name: "f").errors.first {
            $0.message.contains("care")
        }
        #expect(error?.allowed == "none is defined", "\(String(describing: error))")
    }
}
