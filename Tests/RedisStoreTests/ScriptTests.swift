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
        for (place, name) in step.uses.enumerated() {
            let isKnown =
                place == 0 ? name == "common" : name == "line" || StepScript.files[name] != nil
            #expect(isKnown, "\(step.rawValue) uses \(name)")
        }
        let all = String(decoding: step.own + step.text, as: UTF8.self)
        #expect(all.split(separator: "\n").allSatisfy { $0.utf8.count <= 100 })
    }

    /// Redis runs the library once and keeps it: what a step leaves in it would be there at the
    /// next step.
    @Test func whatALibraryRemembersBeginsAnewWithEachStep() {
        let lines = StepScript.allCases.reduce(into: Self.lines(StepScript.common)) {
            $0 += Self.lines($1.own)
        }
        var kept: Set<Substring> = []
        for line in lines {
            guard let found = line.firstMatch(of: /^local ([\w, ]+?)( = .*\{\})?$/) else {
                continue
            }
            kept.formUnion(found.1.split(separator: /, ?/))
        }
        kept.subtract(["beginnings", "endings"])
        #expect(kept.count > 20)
        #expect(lines.allSatisfy { $0.utf8.count <= 100 })
        let begun = lines.filter { $0.hasPrefix("beginnings[") || $0.hasPrefix("  ") }
            .joined(separator: "\n")
        for name in kept {
            #expect(
                begun.firstMatch(of: try! Regex("\\b\(name)\\b[\\w, ]* = ")) != nil,
                "nothing sets \(name) when a step begins")
        }
    }

    /// Lua finds out only when it comes there that a name means nothing: a file that stands before
    /// one it needs would fail in a rare branch.
    @Test func everyFunctionThatIsCalledIsThere() {
        let lua = """
            function if and or not return while until elseif in tonumber tostring ipairs pairs next
            assert
            """
        var known = Set(lua.split(whereSeparator: \.isWhitespace))
        let alone = known
        expectCallsAreKnown(StepScript.common, &known, "common")
        for step in StepScript.allCases {
            var seen = step.body.starts(with: "begin(".utf8) ? known : alone
            expectCallsAreKnown(step.own + step.text, &seen, step.rawValue)
        }
    }

    /// Who may add to a stream so gets the replication id as its last argument, and nobody else.
    @Test(arguments: StepScript.allCases.filter { !$0.uses.isEmpty })
    func aStepUsesLineWhereItMaySaySomethingAndNowhereElse(step: StepScript) {
        var needs: [Substring: Set<Substring>] = [:]
        Self.note(StepScript.common + step.own, in: &needs)
        Self.note(step.text, in: &needs, outside: "the step")
        var (seen, ahead): (Set<Substring>, Set<Substring>) = ([], ["the step"])
        while let name = ahead.popFirst() {
            seen.insert(name)
            ahead.formUnion(needs[name, default: []].subtracting(seen))
        }
        let usesLine = step.uses.contains("line")
        #expect(usesLine || !seen.contains("say"), "\(step.rawValue) may say something")
        #expect(!usesLine || seen.contains("renew_epoch"), "\(step.rawValue) says nothing")
    }

    /// The words in each function; those in none as in one called `outside`.
    private static func note(
        _ source: [UInt8], in needs: inout [Substring: Set<Substring>], outside: Substring? = nil
    ) {
        var function = outside
        for line in lines(source) where !line.hasPrefix("--") {
            if let found = line.firstMatch(of: /^(?:local )?function (\w+)/) { function = found.1 }
            if let function {
                let words = line.replacing(/'[^']*'/, with: "").matches(of: /\w+/).map(\.output)
                needs[function, default: []].formUnion(words.map { Substring($0) })
            }
            if line == "end" { function = outside }
        }
    }

    private func expectCallsAreKnown(
        _ source: [UInt8], _ known: inout Set<Substring>, _ what: String
    ) {
        for line in Self.lines(source) {
            let line = line.replacing(/'[^']*'/, with: "").replacing(/--.*/, with: "")
            for match in line.matches(of: /(?:local|for) (?!function)([\w, ]+)|function (\w+)/) {
                known.formUnion((match.1 ?? match.2 ?? "").split(separator: /[, ]+/))
            }
            for match in line.matches(of: /function ?\w*\(([\w, ]*)\)/) {
                known.formUnion(match.1.split(separator: /, ?/))
            }
            for match in line.matches(of: /(?:^|[^.:\w])([a-z_]\w*)\(/) {
                #expect(known.contains(match.1), "\(what): \(line)")
            }
        }
    }

    private static func lines(_ source: [UInt8]) -> [Substring] {
        String(decoding: source, as: UTF8.self).split(separator: "\n")
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
        #expect(libraries.count == 1)
        let functions = libraries.first?.array?.compactMap(\.array).first
        #expect(functions?.count == StepScript.allCases.count)
        try node.stop()
    }

    /// Lua takes no library of more than 200 local names at a time: that must not come as a
    /// surprise.
    @Test func thereIsRoomForMoreNames() throws {
        let spare = (1...12).map { "spare\($0)" }.joined(separator: ", ")
        let parts = StepScript.allCases.map {
            RedisLibrary.Part(
                $0.rawValue, own: $0.own + Array("local \(spare)".utf8), body: $0.body)
        }
        let library = RedisLibrary("roomy", shared: StepScript.common, parts)
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        let node = try TestNode(thread, redis)
        let function = library.function(StepScript.liveSteps.rawValue)
        let answer: Result<RedisReply, RedisFailure> = try thread.wait { done in
            node.connection.evaluate(
                function, keys: [Array("steps".utf8)], arguments: [Array("1000".utf8)]) { done($0) }
        }
        #expect(answer == .success(.array([])), "fewer than 12 local names are free")
        try node.stop()
    }

    @Test func stepsOfOtherVersionsGo() throws {
        let redis = try TestRedis()
        let thread = try LoopThread()
        defer { thread.end() }
        let node = try TestNode(thread, redis)
        for name in ["chathub_steps_0", "chathub_steps_1", "somebody_elses"] {
            let text = "#!lua name=\(name)\nredis.register_function('\(name)', function() end)"
            _ = try node.command("FUNCTION", "LOAD", text)
        }
        // A node of another version still runs.
        let live = try #require(StepScript.functions[.liveSteps]).name
        _ = try node.command("FCALL", live, "1", "chathub:steps", "600000", "chathub_steps_1")
        let _: Bool = try thread.wait { done in
            node.store.tidy { done(true) }
        }
        guard case .array(let libraries) = try node.command("FUNCTION", "LIST") else {
            Issue.record("no list")
            return
        }
        #expect(libraries.count == 3)
        // library_name, name, ...
        let names = libraries.compactMap { $0.array?[1].string }
        #expect(!names.contains("chathub_steps_0") && names.contains("chathub_steps_1"))
        // It has gone: its name counts no more.
        let others = try node.command("FCALL", live, "1", "chathub:steps", "-1")
        #expect(others.array?.isEmpty == true)
        try node.stop()
    }
}
