/// A file that is no YAML is told by its line and by what was probably forgotten.
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

    @Test(arguments: forgotten + indented)
    func whatWasProbablyMeantIsSaid(_ wrong: Case) throws {
        let error = try #require(SiteFile.load(text: wrong.text, name: "f").errors.first)
        #expect(error.line == wrong.line && error.message.contains(wrong.message), "\(error)")
        #expect(error.allowed?.contains(wrong.allowed) == true, "\(error)")
        let line = wrong.text.split(separator: "\n", omittingEmptySubsequences: false)[
            wrong.line - 1]
        let shown = line.replacing("\t", with: "?")
        let report = CheckReport.text(SiteFile.load(text: wrong.text, name: "f"))
        #expect(report.contains("\n    \(wrong.line) | \(shown)\n"), "\(report)")
    }

    @Test func aLevelWithNothingBelowItIsSaidToBeEmpty() {
        let text = "site: shop\ngroups:\n  care:\n  agents: [anna]\n"
        let errors = SiteFile.load(text: text, name: "f").errors
        let care = errors.first { $0.path == "groups.care" }
        #expect(care?.message == "expected keys and values, found nothing", "\(errors)")
        #expect(care?.allowed?.contains("indented deeper") == true)
    }

    @Test func nothingIsAllowedWhereNothingIsDefined() {
        let text = "site: shop\nstrategy:\n  - { name: a, plan: [{ to: group, group: care }] }\n"
        let error = SiteFile.load(text: text, name: "f").errors.first {
            $0.message.contains("care")
        }
        #expect(error?.allowed == "none is defined", "\(String(describing: error))")
    }
}
