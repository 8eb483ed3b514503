/// The conversations of Protocol/conversations speak the protocol: what they send is read, what
/// they expect is something a schema knows. Replaying them against the hub is the stories'
/// business.
import ChatProtocol
import Testing

@Suite struct ConversationTests {
    struct Step {
        let place: String
        let verb: Substring
        let json: String
    }

    static func steps() throws -> [Step] {
        try ProtocolFolder.files("conversations", ending: ".yaml").flatMap { file in
            try ProtocolFolder.text("conversations/\(file)").split(separator: "\n")
                .filter { $0.hasPrefix("  - ") }
                .map { line in
                    let words = line.dropFirst(4).split(
                        maxSplits: 2, omittingEmptySubsequences: true,
                        whereSeparator: \.isWhitespace)
                    return Step(
                        place: "\(file): \(line)", verb: words[1],
                        json: words.count > 2 ? String(words[2]) : "")
                }
        }
    }

    @Test func everyStepHasAKnownVerb() throws {
        let steps = try Self.steps()
        #expect(steps.count > 50)
        for step in steps {
            #expect([">", ">>", "<", "!<", "drops", "closes"].contains(step.verb), "\(step.place)")
        }
    }

    @Test func whatIsSentIsRead() throws {
        for step in try Self.steps() where step.verb == ">" {
            let line = step.json.replacing("\"$session\"", with: "\"\(HubFrameSamples.session)\"")
            let read = FrameDecoder().decode(Array(line.utf8))
            guard case .failure(let error) = read else { continue }
            Issue.record("\(step.place): \(error)")
        }
    }

    @Test func whatIsExpectedIsInASchema() throws {
        let schemas = try ProtocolFolder.files("frames", ending: ".schema.json")
            .map { try ProtocolFolder.json("frames/\($0)") }
        for step in try Self.steps() where step.verb == "<" {
            let frame = try #require(JSONValue(Array(step.json.utf8)), "\(step.place)")
            let isKnown = schemas.contains { schema in
                let properties = schema["properties"]
                return properties?["type"]?["const"] == frame["type"]
                    && frame.names.isSubset(of: properties?.names ?? [])
            }
            #expect(isKnown, "\(step.place)")
        }
    }
}
