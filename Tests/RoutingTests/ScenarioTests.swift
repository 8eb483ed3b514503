/// Runs the scenario files: what rules make of facts, readable without Swift.
import Foundation
import HubConfig
import Testing

struct ScenarioTests {
    static let files: [URL] = {
        let folder = Bundle.module.resourceURL?.appending(path: "Scenarios")
        let all = folder.flatMap {
            FileManager.default.enumerator(at: $0, includingPropertiesForKeys: nil)
        }
        return (all?.allObjects ?? []).compactMap { $0 as? URL }
            .filter { $0.pathExtension == "yaml" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }()

    @Test func thereAreScenarios() {
        #expect(Self.files.count >= 11)
    }

    @Test(arguments: files)
    func everyScenarioComesOutAsItSays(_ file: URL) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        let checked = SiteFile.load(
            text: text, name: file.lastPathComponent)
        #expect(checked.errors == [], "\(CheckReport.text(checked))")
        #expect(text.contains("examples:"))
    }

    /// The scenarios would be worthless if a wrong one passed.
    @Test func aWrongScenarioIsSeen() throws {
        let file = try #require(Self.files.first { $0.lastPathComponent == "where.yaml" })
        let text = try String(contentsOf: file, encoding: .utf8)
        for (right, wrong) in [
            ("expect: { rule: nowhere }", "expect: { rule: rest }"),
            ("walk: { Nanjing: where.region }", "walk: { Nanjing: who.level }"),
            ("walk: { Nanjing: where.region }", "walk: {}"),
        ] {
            let broken = text.replacingOccurrences(of: right, with: wrong)
            #expect(broken != text)
            let checked = SiteFile.load(text: broken, name: "broken")
            #expect(checked.errors.count == 1)
        }
    }
}
