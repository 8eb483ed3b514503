/// The protocol's own conversations (`Protocol/conversations`), played to hubs on one, two and
/// three nodes: what is written there is what comes over the wire.
import ChatModel
import ChatProtocol
import Foundation
import HubCore
import Testing

@Suite struct ConversationTests {
    @Test func conversationsAreThere() throws {
        #expect(try Conversation.all().count >= 4)
    }

    @Test(arguments: try Conversation.all(), [1, 2, 3])
    func conversationGoesAsWritten(_ file: Conversation, nodes: Int) throws {
        let rules = SiteRules.demo(offerMilliseconds: file.site == "auto" ? nil : 20_000)
        var play = Play(World(nodes: nodes, rules: rules))
        for step in file.steps {
            if let problem = play.perform(step) {
                Issue.record("\(file.title), \(nodes) nodes: \(step)\n\(problem)")
                return
            }
        }
    }
}

/// A conversation file: the few lines of YAML it is made of.
struct Conversation: CustomTestStringConvertible, Sendable {
    var title = ""
    var site = ""
    var steps: [String] = []
    var testDescription: String { title }

    static func all() throws -> [Conversation] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Protocol/conversations")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yaml") }.sorted()
            .map {
                Conversation(try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
            }
    }

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            if line.hasPrefix("title: ") { title = String(line.dropFirst(7)) }
            if line.hasPrefix("site: ") { site = String(line.dropFirst(6)) }
            if line.hasPrefix("  - ") { steps.append(String(line.dropFirst(4))) }
        }
    }
}

/// Plays a conversation step by step.
struct Play {
    let world: World
    var clients: [String: Client] = [:]
    var values: [String: JSONValue] = [:]
    private var opened = 0

    init(_ world: World) { self.world = world }

    /// Nil when the step went as written.
    mutating func perform(_ step: String) -> String? {
        let words = step.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        let name = String(words[0])
        let rest = words.count > 2 ? String(words[2]) : ""
        switch words[1] {
        case ">", ">>":
            client(name).say(words[1] == ">" ? filled(rest) : rest)
            world.settle()
        case "<": return expect(rest, from: client(name))
        case "!<":
            let pattern = JSONValue(Array(rest.utf8))!
            var copy = values
            for frame in client(name).history where Self.matches(pattern, frame.tree, &copy) {
                return "got \(frame.line)"
            }
        case "drops":
            client(name).drop()
            clients[name] = nil
            world.settle()
        case "closes":
            let code = client(name).closeCode
            clients[name] = nil
            if code?.rawValue != UInt16(rest) { return "close code \(String(describing: code))" }
        default: return "no such step"
        }
        return nil
    }

    private mutating func client(_ name: String) -> Client {
        if let client = clients[name] { return client }
        let client = world.connect(name, to: opened % world.nodes.count)
        opened += 1
        clients[name] = client
        return client
    }

    private mutating func expect(_ text: String, from client: Client) -> String? {
        guard let pattern = JSONValue(Array(text.utf8)) else { return "the step is no JSON" }
        for frame in client.frames {
            var copy = values
            guard Self.matches(pattern, frame.tree, &copy) else { continue }
            values = copy
            client.remove(frame)
            return nil
        }
        return "got only:\n" + client.frames.map(\.line).joined(separator: "\n")
    }

    /// Puts values in the place of their names, and tokens in the place of their descriptions.
    private func filled(_ line: String) -> String {
        var line = line.replacing("$token:", with: "")
        for (name, value) in values {
            guard case .text(let text) = value else { continue }
            line = line.replacing("\"\(name)\"", with: "\"\(text)\"")
        }
        return line
    }

    private static func matches(
        _ pattern: JSONValue, _ value: JSONValue, _ values: inout [String: JSONValue]
    ) -> Bool {
        switch (pattern, value) {
        case (.text("$*"), _): return true
        case (.text(let name), _) where name.hasPrefix("$"):
            if let known = values[name] { return known == value }
            values[name] = value
            return true
        case (.object(let members), .object(let given)):
            return members.allSatisfy { member in
                given.first { $0.name == member.name }
                    .map { matches(member.value, $0.value, &values) } ?? false
            }
        case (.array(let elements), .array(let given)):
            guard elements.count == given.count else { return false }
            return zip(elements, given).allSatisfy { matches($0, $1, &values) }
        default: return pattern == value
        }
    }
}

extension Client {
    func remove(_ frame: ServerEvent) {
        if let index = frames.firstIndex(of: frame) { removeFrame(at: index) }
    }
}
