/// The files in `Config/` are manuals: what they say must be so.
import ChatModel
import Foundation
import Routing
import Testing

@testable import HubConfig

struct SampleFileTests {
    /// The folder of the package, from this file's own place.
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    @Test func everyValueOfTheNodeSampleIsTheDefault() throws {
        let checked = NodeFile.load(
            text: try Self.text("Config/chathub.yaml"), name: "chathub.yaml")
        #expect(checked.problems == [])
        #expect(checked.settings == NodeSettings())
    }

    @Test func theNodeSampleShowsEverySetting() throws {
        let lines = try Self.text("Config/chathub.yaml").split(separator: "\n")
        for setting in NodeSetting.all {
            let parts = setting.key.split(separator: ".")
            let indent = String(repeating: "  ", count: parts.count - 1)
            let beginning = indent + parts[parts.count - 1] + ":"
            #expect(
                lines.contains { $0.hasPrefix(beginning) }, "\(setting.key) is not in the sample")
        }
    }

    @Test func eachSettingOfTheTableReadsWhatItWrites() throws {
        for setting in NodeSetting.all {
            let standard = setting.write(NodeSettings())
            let change = try #require(setting.read(standard), "\(setting.key): \(standard)")
            var settings = NodeSettings()
            change(&settings)
            #expect(settings == NodeSettings(), "\(setting.key)")
        }
        #expect(Set(NodeSetting.all.map(\.key)).count == NodeSetting.all.count)
        #expect(Set(NodeSetting.all.map(\.variable)).count == NodeSetting.all.count)
    }

    @Test func theDemoSiteIsGoodAndRaisesNoWarning() throws {
        let checked = SiteFile.load(
            text: try Self.text("Config/sites/demo.yaml"), name: "demo.yaml")
        #expect(checked.problems == [])
        let settings = try #require(checked.settings)
        #expect(settings.site.text == "demo")
        #expect(settings.groups.map(\.id.text) == ["pre-sales", "after-sales", "floaters"])
        #expect(settings.groups.map(\.name) == ["售前组", "售后组", "全能机动组"])
        #expect(settings.agents.map(\.id.text) == ["anna", "bo", "chen", "dina", "eve"])
        #expect(settings.origins == [])
        #expect(settings.vip.parameter.maximum.value == 9)
    }
}
