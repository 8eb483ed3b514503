/// The tree keeps the house rules, and each rule has been seen to fail (`Fixture`).
import Foundation
import Testing

@Suite struct HouseTests {
    static let swiftFiles: [SourceText] = files(under: ["Sources", "Tests"], ending: ".swift")

    @Test func thereAreFilesToRead() {
        #expect(Self.swiftFiles.count > 10)
        #expect(Self.swiftFiles.contains { $0.path == "Sources/ChatModel/Session.swift" })
    }

    @Test(arguments: Rule.all) func treeKeepsRule(_ rule: Rule) {
        let findings = Self.swiftFiles.flatMap(rule.findings(in:))
        #expect(findings.isEmpty, "\(rule): \(findings.count)\n\(listed(findings))")
    }

    @Test(arguments: Fixture.broken) func ruleSeesBrokenFixture(_ fixture: Fixture) throws {
        let rule = try #require(Rule.all.first { $0.name == fixture.rule })
        let text = SourceText(path: fixture.path, text: fixture.text)
        #expect(!rule.findings(in: text).isEmpty, "\(fixture.text)")
    }

    @Test(arguments: Fixture.sound) func ruleLetsSoundFixturePass(_ fixture: Fixture) throws {
        let rule = try #require(Rule.all.first { $0.name == fixture.rule })
        let findings = rule.findings(in: SourceText(path: fixture.path, text: fixture.text))
        #expect(findings.isEmpty, "\(listed(findings))")
    }

    @Test(arguments: Rule.all) func ruleHasBrokenAndSoundFixture(_ rule: Rule) {
        #expect(Fixture.broken.contains { $0.rule == rule.name }, "\(rule) was never seen to fail")
        #expect(Fixture.sound.contains { $0.rule == rule.name }, "\(rule) was never seen to pass")
    }

    @Test func nothingElseLiesAtTheTop() throws {
        let found = try FileManager.default.contentsOfDirectory(atPath: House.root.path())
        let strange = found.filter { !$0.hasPrefix(".") && !House.top.contains($0) }
        #expect(strange.isEmpty, "at the top of the tree: \(strange.sorted())")
    }

    @Test func everyFolderOfSourcesIsARoom() throws {
        let sources = House.root.appending(path: "Sources").path()
        let found = try FileManager.default.contentsOfDirectory(atPath: sources)
        let strange = found.filter { House.room($0) == nil && !$0.hasPrefix(".") }
        #expect(strange.isEmpty, "not in House.rooms: \(strange.sorted())")
    }

    /// The manifest may name fewer rooms than the table allows, never more.
    @Test func manifestKeepsTheTable() throws {
        let manifest = try String(
            contentsOf: House.root.appending(path: "Package.swift"), encoding: .utf8)
        for target in ManifestTarget.all(in: manifest) {
            guard let room = House.room(target.name) else { continue }
            let strange = target.dependencies.filter {
                House.room($0) != nil && !room.rooms.contains($0)
            }
            #expect(strange.isEmpty, "\(target.name) names \(strange) in Package.swift")
        }
    }

    @Test(arguments: ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("])
    func pagesPutTextInAsText(_ way: String) {
        let pages = Self.files(under: ["Sources/Web/pages"], ending: ".js")
        let findings = pages.flatMap { page in
            page.lines.enumerated().filter { Words.contains(way, in: $0.element) }
                .map { Finding(path: page.path, line: $0.offset + 1, message: way) }
        }
        #expect(findings.isEmpty, "\(listed(findings))")
    }

    /// Whatever it is written in: stories, pages, steps, tools.
    @Test(arguments: [".py", ".js", ".mjs", ".lua", ".sh"])
    func noOtherFileIsTooLong(_ ending: String) {
        let files = Self.files(under: ["Config", "Sources", "Tests"], ending: ending)
        #expect(!files.isEmpty, "no \(ending)")
        let long = files.filter { $0.lines.count - 1 > Rule.maximumFileLines }
            .map { "\($0.path): \($0.lines.count - 1) lines" }
        #expect(long.isEmpty, "\(Rule.maximumFileLines) at most\n\(long.joined(separator: "\n"))")
    }

    /// Purpose, keys, arguments with units, what it returns: the header of every step.
    @Test func everyLuaStepHasItsHeader() {
        for step in Self.files(under: ["Sources/RedisStore/Lua"], ending: ".lua") {
            let header = step.lines.prefix { $0.hasPrefix("--") }.joined(separator: "\n")
            #expect(header.count > 60, "\(step.path) begins with no header")
        }
    }

    private func listed(_ findings: [Finding]) -> String {
        findings.map(\.description).joined(separator: "\n")
    }

    static func files(under folders: [String], ending: String) -> [SourceText] {
        folders.flatMap { folder -> [SourceText] in
            let base = House.root.appending(path: folder)
            let found = FileManager.default.enumerator(atPath: base.path())
            return (found?.compactMap { $0 as? String } ?? [])
                .filter { $0.hasSuffix(ending) && !$0.contains("node_modules") }.sorted()
                .map { read(base.appending(path: $0), as: "\(folder)/\($0)") }
        }
    }

    private static func read(_ file: URL, as path: String) -> SourceText {
        do {
            return SourceText(path: path, text: try String(contentsOf: file, encoding: .utf8))
        } catch {
            preconditionFailure("cannot read \(path): \(error)")
        }
    }
}

/// A target as `Package.swift` spells it: `room("Name", ["A", "B", ...])` or the target's own form.
struct ManifestTarget {
    let name: String
    let dependencies: [String]

    static func all(in manifest: String) -> [ManifestTarget] {
        let calls = manifest.components(separatedBy: "room(").dropFirst()
        return calls.compactMap { call in
            let quoted = call.components(separatedBy: "\n        room(")[0]
                .components(separatedBy: ".executableTarget")[0]
                .components(separatedBy: "resources:")[0]
                .components(separatedBy: "check(")[0]
                .components(separatedBy: "\"")
            let words = quoted.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
            return words.first.map { name in
                ManifestTarget(name: name, dependencies: Array(words.dropFirst()))
            }
        }
    }
}
