/// The import table, checked file by file: SwiftPM alone lets transitive imports through.

extension Rule {
    static let imports = Rule(name: "imports") { text in
        guard let name = text.room else { return [] }
        guard let room = House.room(name) else {
            return [(0, "\(name) is not a room of the house (House.swift)")]
        }
        return ImportLine.all(in: text).compactMap { found in
            let module = found.module
            if module == "Swift" || module == "_Concurrency" { return nil }
            if let wrapper = House.wrappers[module], wrapper != name {
                return (found.line, "\(module) stays behind its wrapper \(wrapper)")
            }
            let isAllowed =
                room.rooms.contains(module) || room.outside.contains(module)
                || (name != "ChatModel" && House.collections.contains(module))
            return isAllowed ? nil : (found.line, "\(name) may not import \(module)")
        }
    }
}

struct ImportLine {
    let line: Int
    let module: String

    private static let kinds: Set<String> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
    ]

    /// Every import of a file, whatever stands before the word (`public`, `@testable`,
    /// `@preconcurrency`) and also after a semicolon.
    static func all(in text: SourceText) -> [ImportLine] {
        text.code.enumerated().flatMap { line, code in
            code.split(separator: ";").compactMap { part -> ImportLine? in
                let words = part.split(whereSeparator: \.isWhitespace).map(String.init)
                guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
                    words[..<at].allSatisfy({ $0.hasPrefix("@") || access.contains($0) })
                else { return nil }
                let rest = words[(at + 1)...]
                let path = kinds.contains(rest.first ?? "") ? rest.dropFirst().first : rest.first
                guard let module = path?.split(separator: ".").first else { return nil }
                return ImportLine(line: line, module: String(module))
            }
        }
    }

    private static let access: Set<String> = [
        "public", "package", "internal", "fileprivate", "private",
    ]
}
