/// What stands nowhere in the house, and what needs its reason beside it.

extension Rule {
    /// Every hole in the compiler's guard names what closes it, on the line or directly above.
    static let guardedUnsafety = Rule(name: "guarded unsafety") { text in
        guard text.room != nil else { return [] }
        return text.code.enumerated().compactMap { line, code in
            guard let hole = holes.first(where: { Words.contains($0, in: code) }) else {
                return nil
            }
            let reason = text.comment(at: line).lowercased()
            return guards.contains { reason.contains($0) }
                ? nil : (line, "\(hole) without a word on what guards it")
        }
    }

    private static let holes = [
        "@unchecked", "nonisolated(unsafe)", "unsafeBitCast", "@preconcurrency",
    ]

    /// A reason must speak of one of these.
    private static let guards = [
        "thread", "loop", "lock", "mutex", "guard", "immutable", "never change", "atomic", "once",
        "constant", "before ",
    ]

    static let bans: [Rule] = [
        ban("swallowed errors", ["try?"], because: "an error that is dropped is never found"),
        ban("forced errors", ["try!", "as!"], because: "say what holds with a precondition"),
        ban("bare fatalError", ["fatalError()"], because: "say what was broken"),
        ban(
            "Foundation's JSON",
            ["JSONDecoder", "JSONEncoder", "JSONSerialization"],
            because: "it is ten times too slow for the message path",
            except: ["HubConfig", "chathub", "chathub-load"]),
        ban(
            "printing", ["print(", "debugPrint(", "NSLog("],
            because: "logs are structured", except: ["HubServer", "chathub", "chathub-load"]),
        ban(
            "regular expressions", ["Regex", "NSRegularExpression", "wholeMatch(", "firstMatch("],
            because: "a pattern from outside could hang the loop"),
        ban(
            "dispatch", ["DispatchQueue", "DispatchSemaphore", "Thread.sleep", "usleep(", "sleep("],
            because: "one loop, one thread", except: ["chathub", "chathub-load"]),
        emptyCatch, unfinished, machinePaths,
    ]

    private static func ban(
        _ name: String, _ words: [String], because reason: String, except rooms: Set<String> = []
    ) -> Rule {
        Rule(name: name) { text in
            guard let room = text.room, !rooms.contains(room) else { return [] }
            return text.code.enumerated().flatMap { line, code in
                words.filter { Words.contains($0, in: code) }
                    .map { (line, "no \($0): \(reason)") }
            }
        }
    }

    static let emptyCatch = Rule(name: "empty catch") { text in
        guard text.room != nil else { return [] }
        return text.code.enumerated().compactMap { line, code in
            guard Words.contains("catch", in: code) else { return nil }
            let rest = text.code[line...].prefix(8).joined(separator: " ")
            guard let at = Words.places(of: "catch", in: rest).first,
                let open = rest.utf8.dropFirst(at).firstIndex(of: UInt8(ascii: "{"))
            else { return nil }
            let inside = rest[rest.index(after: open)...].drop { $0.isWhitespace }
            return inside.first == "}" ? (line, "an empty catch drops an error") : nil
        }
    }

    static let unfinished = Rule(name: "unfinished work") { text in
        text.comments.sorted { $0.key < $1.key }.flatMap { line, comment in
            marks.filter { Words.contains($0, in: comment) }
                .map { (line, "\($0) has no place in the tree") }
        }
    }

    /// Put together, so that this file does not hold the words it looks for.
    private static let marks: [String] = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]

    static let machinePaths = Rule(name: "machine paths") { text in
        text.lines.enumerated().flatMap { line, code in
            machineFolders.filter { code.contains($0) }
                .map { (line: line, message: "a path of one machine: \($0)") }
        }
    }

    private static let machineFolders: [String] = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
}
