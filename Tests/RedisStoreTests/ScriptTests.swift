/// The steps as texts: each says what it is, and Redis takes it.
import Redis
import Testing

@testable import RedisStore

@Suite struct ScriptTests {
    @Test(arguments: StepScript.allCases)
    func everyStepSaysWhatItDoesAndCosts(step: StepScript) {
        let lines = String(decoding: step.text, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        let own = lines[0].hasPrefix("-- uses:") ? lines[1...] : lines[...]
        let header = own.prefix { $0.hasPrefix("--") }.joined(separator: "\n")
        for word in ["Returns", "Atomic", "O("] {
            #expect(header.contains(word), "\(step.rawValue): \(word)")
        }
        let all = String(decoding: step.libraries + step.text, as: UTF8.self)
        #expect(all.split(separator: "\n").allSatisfy { $0.utf8.count <= 100 })
    }

    /// Redis runs libraries once and keeps them: what a step leaves in one would be there at the
    /// next step.
    @Test(arguments: StepScript.allCases)
    func whatALibraryRemembersBeginsAnewWithEachStep(step: StepScript) {
        let lines = String(decoding: step.libraries, as: UTF8.self).split(separator: "\n")
        var kept: Set<Substring> = []
        for line in lines {
            guard let found = line.firstMatch(of: /^local ([\w, ]+?)( = .*\{\})?$/) else { continue }
            kept.formUnion(found.1.split(separator: /, ?/))
        }
        kept.subtract(["beginnings", "endings"])
        let begun = lines.filter { $0.hasPrefix("beginnings[") || $0.hasPrefix("  ") }
            .joined(separator: "\n")
        for name in kept {
            #expect(
                begun.firstMatch(of: try! Regex("\\b\(name)\\b[\\w, ]* = ")) != nil,
                "\(step.rawValue): nothing sets \(name) when a step begins")
        }
    }

    @Test func redisTakesEveryStep() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        // The connection becomes ready only when all were loaded.
        let node = try TestNode(thread, redis)
        guard case .array(let libraries) = try node.command("FUNCTION", "LIST") else {
            Issue.record("no list")
            return
        }
        #expect(libraries.count == StepScript.allCases.count)
        try node.stop()
    }

    @Test func stepsOfOtherVersionsGo() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        let node = try TestNode(thread, redis)
        for name in ["chathub_start_0", "chathub_start_1", "somebody_elses"] {
            let text = "#!lua name=\(name)\nredis.register_function('\(name)', function() end)"
            _ = try node.command("FUNCTION", "LOAD", text)
        }
        // A node of another version still runs.
        let live = try #require(StepScript.all()[.liveSteps]).name
        _ = try node.command("FCALL", live, "1", "chathub:steps", "600000", "chathub_start_1")
        let _: Bool = try thread.wait { done in
            node.store.tidy { done(true) }
        }
        guard case .array(let libraries) = try node.command("FUNCTION", "LIST") else {
            Issue.record("no list")
            return
        }
        #expect(libraries.count == StepScript.allCases.count + 2)
        // library_name, name, ...
        let names = libraries.compactMap { $0.array?[1].string }
        #expect(!names.contains("chathub_start_0") && names.contains("chathub_start_1"))
        // It has gone: its name counts no more.
        let others = try node.command("FCALL", live, "1", "chathub:steps", "-1")
        #expect(others.array?.isEmpty == true)
        try node.stop()
    }
}
