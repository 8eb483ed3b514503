/// What stands nowhere in the house, and what needs its reason beside it.

extension Rule {
    /// Every hole in the compiler's guard names what closes it, on the line or directly above.
    static let guardedUnsafety = Rule(name: "guarded unsafety") { text in
        guard text.room != nil else { return [] }
        return holes.flatMap { hole in
            text.linesHolding(hole).filter { line in
                let reason = text.comment(at: line).lowercased()
                return !guards.contains { reason.contains($0) }
            }.map { (line: $0, message: "\(hole) without a word on what guards it") }
        }
    }

    private static let holes = [
        "@unchecked", "nonisolated(unsafe)", "unsafeBitCast", "@preconcurrency",
    ]

    /// A reason must speak of one of these.
    private static let guards = [
        "thread", "loop", "lock", "mutex", "guard", "immutable", "never change", "atomic", "once",
        "constant", "before ", "dereferenced",
    ]

    static let bans: [Rule] = [
        swallowedErrors,
        ban("forced errors", ["try!", "as!"], because: "say what holds with a precondition"),
        ban("bare fatalError", ["fatalError()"], because: "say what was broken"),
        ban(
            "Foundation's JSON",
            ["JSONDecoder", "JSONEncoder", "JSONSerialization"],
            because: "it is ten times too slow for the message path",
            except: ["HubConfig", "HubServer/Identity", "chathub", "chathub-load"]),
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

    /// `try?` has its reason beside it: what makes the error of no interest.
    static let swallowedErrors = Rule(name: "swallowed errors") { text in
        guard text.room != nil else { return [] }
        return text.linesHolding("try?").filter { !text.hasComment(near: $0) }
            .map { (line: $0, message: "try? without a word on why the error may be dropped") }
    }

    /// `except`: rooms, or folders of rooms.
    private static func ban(
        _ name: String, _ words: [String], because reason: String, except rooms: Set<String> = []
    ) -> Rule {
        Rule(name: name) { text in
            let isExempt = rooms.contains { text.path.hasPrefix("Sources/\($0)/") }
            guard text.room != nil, !isExempt else { return [] }
            return words.flatMap { word in
                text.linesHolding(word).map { (line: $0, message: "no \(word): \(reason)") }
            }
        }
    }

    static let emptyCatch = Rule(name: "empty catch") { text in
        guard text.room != nil else { return [] }
        return text.linesHolding("catch").compactMap { line in
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
