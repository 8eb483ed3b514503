/// What `chathub journal` prints: everything that happened to a site's sessions and agents, one
/// line a step. Never what was written.
import Foundation

/// One entry of a site's journal.
public struct JournalEntry: Hashable, Sendable {
    /// The store's own number of it: later ones are greater.
    public var id: String
    /// Milliseconds since 1970, the store's clock.
    public var atMilliseconds: Int64
    /// `started`, `offered`, `accepted`, ...; an agent's as `agent:<status>:<reachability>`.
    public var kind: String
    /// Empty where there is none.
    public var session: String
    /// Who was asked, has it, or lost it.
    public var agent: String
    public var level: String
    public var group: String
    /// The supervisor, where one decided.
    public var by: String

    public init(
        id: String, atMilliseconds: Int64, kind: String, session: String = "", agent: String = "",
        level: String = "", group: String = "", by: String = ""
    ) {
        self.id = id
        self.atMilliseconds = atMilliseconds
        self.kind = kind
        self.session = session
        self.agent = agent
        self.level = level
        self.group = group
        self.by = by
    }
}

public enum JournalReport {
    /// The first line of the table.
    public static let heading = line(
        ["time", "what", "session", "agent", "level", "group", "by"])

    /// One line of the table; columns keep their width, because more may follow.
    public static func text(_ entry: JournalEntry) -> String {
        line([
            local(entry.atMilliseconds), what(entry), entry.session, entry.agent, entry.level,
            entry.group, entry.by,
        ])
    }

    /// One JSON object on a line: `id`, `at` (milliseconds since 1970), `what`, and of `session`,
    /// `agent`, `level`, `group` and `by` those there are.
    public static func json(_ entry: JournalEntry) -> String {
        func text(_ value: String) -> JSONText? { value.isEmpty ? nil : .text(value) }
        return JSONText.object([
            ("id", .text(entry.id)), ("at", .integer(Int(entry.atMilliseconds))),
            ("what", .text(entry.kind)), ("session", text(entry.session)),
            ("agent", text(entry.agent)), ("level", Int(entry.level).map(JSONText.integer)),
            ("group", text(entry.group)), ("by", text(entry.by)),
        ]).description
    }

    /// `agent:away:connected` in words.
    private static func what(_ entry: JournalEntry) -> String {
        let parts = entry.kind.split(separator: ":")
        guard parts.count == 3, parts[0] == "agent" else { return entry.kind }
        return "is \(parts[1]), \(parts[2])"
    }

    private static let widths = [23, 20, 28, 14, 5, 14]

    private static func line(_ cells: [String]) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            text += cell
            guard index < widths.count, cells[(index + 1)...].contains(where: { !$0.isEmpty })
            else { break }
            text += String(repeating: " ", count: max(0, widths[index] - cell.count)) + "  "
        }
        return text
    }

    /// As a person at this machine reads time, with milliseconds.
    private static func local(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "\(milliseconds)" }
        var text = [CChar](repeating: 0, count: 40)
        let count = strftime(&text, text.count, "%Y-%m-%d %H:%M:%S", &parts)
        let rest = String(1000 + milliseconds % 1000).dropFirst()
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            + "." + rest
    }
}
