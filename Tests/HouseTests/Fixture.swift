/// Small files that break a rule, and their neighbours that do not: a rule nobody has seen fail
/// guards nothing.

struct Fixture: Sendable, CustomStringConvertible {
    let rule: String
    let path: String
    let text: String

    init(_ rule: String, in room: String, _ text: String) {
        self.rule = rule
        path = "Sources/\(room)/Fixture.swift"
        self.text = text
    }

    /// On one line: it becomes part of the test's name.
    var description: String {
        "\(rule): " + text.prefix(60).split(separator: "\n").joined(separator: " ⏎ ")
    }

    static let broken: [Fixture] = [
        Fixture("imports", in: "ChatModel", "import Foundation"),
        Fixture("imports", in: "Routing", "public import HubCore"),
        Fixture("imports", in: "HubCore", "@testable import RedisStore"),
        Fixture("imports", in: "HubCore", "import struct Foundation.Date"),
        Fixture("imports", in: "Redis", "import ChatModel; import CHiredis"),
        Fixture("imports", in: "HubServer", "import CLibuv"),
        Fixture("imports", in: "WebSockets", "internal import CLibuv"),
        Fixture("imports", in: "Cellar", "let wine = 1"),
        Fixture("pure rooms", in: "Routing", "let now = ContinuousClock().now"),
        Fixture("pure rooms", in: "HubCore", "let dice = Int.random(in: 1...6)"),
        Fixture("pure rooms", in: "HubCore", "agents.shuffled()"),
        Fixture("pure rooms", in: "ChatModel", "func wait() async {}"),
        Fixture("pure rooms", in: "ChatProtocol", "Task { }"),
        Fixture("pure rooms", in: "HubCore", "nonisolated(unsafe) var total = 0"),
        Fixture("guarded unsafety", in: "Redis", "final class Box: @unchecked Sendable {}"),
        Fixture(
            "guarded unsafety", in: "Redis",
            "/// Holds a number.\nfinal class Box: @unchecked Sendable {}"),
        Fixture("swallowed errors", in: "HubServer", "let text = try? read()"),
        Fixture("forced errors", in: "HubServer", "let text = try! read()"),
        Fixture("forced errors", in: "HubServer", "let text = value as! String"),
        Fixture("bare fatalError", in: "EventLoop", "default: fatalError()"),
        Fixture("Foundation's JSON", in: "HubServer/Node", "let decoder = JSONDecoder()"),
        Fixture("Foundation's JSON", in: "HubCore", "let decoder = JSONDecoder()"),
        Fixture("printing", in: "RedisStore", "print(reply)"),
        Fixture("regular expressions", in: "Routing", "let pattern = try Regex(text)"),
        Fixture("dispatch", in: "HubServer", "DispatchQueue.main.sync {}"),
        Fixture("empty catch", in: "HubServer", "do { try read() } catch {}"),
        Fixture("empty catch", in: "HubServer", "do { try read() }\ncatch let e {\n  // why\n}"),
        Fixture("unfinished work", in: "Web", "// TO" + "DO: more"),
        Fixture("machine paths", in: "Web", "let folder = \"/wo" + "rk/data\""),
        Fixture("first comment", in: "Redis", "import CHiredis\n/// Late."),
        Fixture("sizes", in: "Redis", String(repeating: "let a = 1\n", count: 401)),
        Fixture(
            "sizes", in: "Redis",
            "func long(_ a: Int = { 1 }()) {\n"
                + String(repeating: "  if a { b() }\n", count: 70) + "}\n"),
        Fixture("sizes", in: "Redis", String(repeating: "x", count: 101)),
    ]

    static let sound: [Fixture] = [
        Fixture("imports", in: "HubCore", "import DequeModule\npublic import ChatModel"),
        Fixture("imports", in: "Redis", "// import ChatModel\nlet text = \"import ChatModel\""),
        Fixture("imports", in: "EventLoop", "import CLibuv"),
        Fixture("pure rooms", in: "HubCore", "let dice = Int.random(in: 1...6, using: &chance)"),
        Fixture("pure rooms", in: "HubCore", "/// Waits for a Task.\nlet text = \"async\""),
        Fixture("pure rooms", in: "EventLoop", "func wait() async {}"),
        Fixture("pure rooms", in: "Routing", "let isTasked = Tasks.first"),
        Fixture(
            "guarded unsafety", in: "Redis",
            "/// Used on the loop's thread only.\n@frozen\nfinal class B: @unchecked Sendable {}"),
        Fixture("swallowed errors", in: "HubServer", "let text = try read()"),
        Fixture(
            "swallowed errors", in: "HubServer",
            "// A name that does not exist is none.\nlet text = try? read()"),
        Fixture("forced errors", in: "HubServer", "let text = value as? String"),
        Fixture("bare fatalError", in: "EventLoop", "fatalError(\"the loop is gone\")"),
        Fixture("Foundation's JSON", in: "chathub", "let decoder = JSONDecoder()"),
        Fixture("Foundation's JSON", in: "HubServer/Identity", "let decoder = JSONDecoder()"),
        Fixture("printing", in: "chathub", "print(links)"),
        Fixture("printing", in: "Redis", "fingerprint(bytes)"),
        Fixture("regular expressions", in: "Routing", "let isRegexLike = glob.matches(text)"),
        Fixture("dispatch", in: "HubServer", "loop.post { }"),
        Fixture("empty catch", in: "HubServer", "do { try read() } catch { report(error) }"),
        Fixture("unfinished work", in: "Web", "let text = \"TO" + "DO\" // all done"),
        Fixture("machine paths", in: "Web", "let folder = \"/var/lib/chathub\""),
        Fixture("first comment", in: "Redis", "/// A connection.\nimport CHiredis"),
        Fixture(
            "sizes", in: "Redis",
            "protocol P {\n  func a()\n  func b()\n}\n"
                + String(repeating: "let a = 1\n", count: 90)),
    ]
}
