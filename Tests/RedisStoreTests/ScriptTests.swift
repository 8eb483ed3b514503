/// The scripts as texts: each says what it is, and Redis takes it.
import Redis
import Testing

@testable import RedisStore

@Suite struct ScriptTests {
    @Test(arguments: StepScript.allCases)
    func everyStepSaysWhatItDoesAndCosts(step: StepScript) {
        let lines = String(decoding: step.source, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        let own = lines.lastIndex { $0.hasPrefix("-- uses:") }.map { lines[($0 + 1)...] }
            ?? lines[...]
        let header = own.prefix { $0.hasPrefix("--") }.joined(separator: "\n")
        for word in ["Returns", "Atomic", "O("] {
            #expect(header.contains(word), "\(step.rawValue): \(word)")
        }
        #expect(lines.allSatisfy { $0.utf8.count <= 100 })
    }

    @Test func redisTakesEveryScript() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        // The connection becomes ready only when all scripts were loaded.
        let node = try TestNode(thread, redis)
        for step in StepScript.allCases {
            let text = String(decoding: step.source, as: UTF8.self)
            #expect(try node.command("SCRIPT", "LOAD", text).bytes?.count == 40)
        }
        try node.stop()
    }
}
