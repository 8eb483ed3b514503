/// What is printed about files, differences and decisions.
import ChatModel
import Foundation
import Routing
import Testing

@testable import HubConfig

struct ReportTests {
    @Test func problemsArePrintedWithPlaceAllowedAndSuggestion() {
        let checked = SiteFile.load(text: site("acept: auto"), name: "shop.yaml")
        let text = CheckReport.text(checked)
        #expect(text.contains("shop.yaml:8:1: error: unknown key `acept`\n"))
        #expect(text.contains("did you mean accept?"))
        #expect(text.hasSuffix("nothing is applied\n"))
        #expect(!text.contains("\u{1B}"))
        #expect(CheckReport.text(checked, color: true).contains("\u{1B}[31merror"))
    }

    @Test func theJSONReportIsJSON() throws {
        let checked = SiteFile.load(text: site("\"a\\\"\\u0001b\\n\": \"\\u202E\""), name: "x\"y")
        let data = Data(CheckReport.json(checked).utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["ok"] as? Bool == false)
        #expect(object["file"] as? String == "x\"y")
        let problems = try #require(object["problems"] as? [[String: Any]])
        let error = try #require(problems.first { $0["severity"] as? String == "error" })
        #expect(error["line"] as? Int == 8)
        #expect(error["path"] as? String == "a\"\u{1}b\n")
    }

    @Test func aDifferenceShowsWhatChangesAndNothingElse() throws {
        let old = try #require(SiteFile.load(text: site(), name: "a").settings)
        let new = try #require(
            SiteFile.load(
                text: site(
                    "offer_timeout: 30s\n# a comment\n",
                    strategy: """
                        - name: gold
                          who: { attributes: { member: gold } }
                          plan: [{ to: group, group: care, for: 10s }, { to: group, group: spare }]
                        - { plan: [{ to: group, group: spare }] }
                        """), name: "b"
            ).settings)
        let text = SiteDifference(from: old, to: new).text()
        #expect(text.contains("~ offer_timeout: 20s -> 30s\n"))
        #expect(text.contains("+ strategy.gold.who.attributes.member: gold\n"))
        #expect(text.contains("+ strategy.gold.plan: [care for 10s, spare]\n"))
        #expect(text.contains("- strategy.rule 1.plan: [care]\n"))
        #expect(!text.contains("grace"))
        #expect(SiteDifference(from: old, to: old).text() == "no difference\n")
        let json = SiteDifference(from: old, to: new).json
        #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [[String: Any]])
    }

    @Test func anExplanationNamesTheOriginOfWhatItFound() throws {
        let settings = try #require(
            SiteFile.load(
                text: site(
                    strategy: """
                        - name: gold
                          who: { attributes: { member: gold } }
                          plan: [{ to: group, group: care }]
                        - { name: rest, plan: [{ to: group, group: care }] }
                        """), name: "f"
            ).settings)
        var facts = Facts()
        facts.attributes.set("member", to: .text("silver"), origin: .page)
        let text = ExplainReport.text(settings.strategy, facts, at: 0)
        #expect(
            text.contains("- gold: who.attributes.member: gold (there is silver, from the page)"))
        let json = ExplainReport.json(settings.strategy, facts, at: 0)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["rule"] as? String == "rest")
        #expect(object["level_source"] as? String == "none")
        #expect(object["reception"] as? String == "human-first")
        #expect(object["open"] as? Bool == true)
        let walk = try #require(object["walk"] as? [[String: Any]])
        #expect(walk.map { $0["rule"] as? String } == ["gold", "rest"])
        #expect(walk[0]["failed"] as? String == "who.attributes.member: gold")
        #expect(walk[1]["failed"] is NSNull)
    }
}
