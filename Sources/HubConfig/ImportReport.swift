/// What an import of customers came to: what `chathub customers import` prints and the HTTP API
/// answers.
import Foundation

public struct ImportReport: Hashable, Sendable {
    /// How many of the bad rows are told unless somebody asks for more.
    public static let shownBadRows = 20

    public var isDryRun = false
    /// Rows read, bad ones included; the table's first line is none.
    public var rows = 0
    public var loaded = 0
    /// Of how many nothing had been known; 0 in a dry run, which asks nobody.
    public var created = 0
    public var bad = 0
    /// How many of them are kept.
    public var badRowBound = shownBadRows
    /// The first of them.
    public var badRows: [BadRow] = []
    /// Rows that are loaded and say something that has no effect.
    public var doubtful = 0
    /// The first of them.
    public var doubtfulRows: [BadRow] = []
    public var milliseconds: Int64 = 0

    public init() {}

    public mutating func warn(_ row: BadRow) {
        doubtful += 1
        if doubtfulRows.count < Self.shownBadRows { doubtfulRows.append(row) }
    }

    public mutating func note(_ row: BadRow) {
        bad += 1
        guard badRows.count < badRowBound else { return }
        badRows.append(BadRow(line: row.line, reason: row.reason))
    }

    public func text() -> String {
        var lines = badRows.map { "line \($0.line): \($0.reason)" }
        if bad > badRows.count { lines.append("... and \(bad - badRows.count) more bad rows") }
        let loadedLabel = isDryRun ? "would be loaded" : "loaded"
        lines += doubtfulRows.map { "line \($0.line): warning: \($0.reason)" }
        if doubtful > doubtfulRows.count {
            lines.append("... and \(doubtful - doubtfulRows.count) more warnings")
        }
        var table = [("rows", rows), (loadedLabel, loaded)]
        if !isDryRun { table += [("  new customers", created), ("  known ones", loaded - created)] }
        table.append(("bad rows, not loaded", bad))
        if doubtful > 0 { table.append(("warnings", doubtful)) }
        lines += table.map { label, count in
            label + String(repeating: " ", count: 24 - label.count) + Self.padded(count)
        }
        if milliseconds > 0 {
            let rate = Int64(rows) * 1000 / milliseconds
            let tenths = milliseconds / 100
            lines.append("in \(tenths / 10).\(tenths % 10) s, \(rate) rows a second")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One object: `dry_run`, `rows`, `loaded`, `new`, `known`, `bad`, `bad_rows` (the first ones,
    /// each with `line` and `reason`), `warnings` and `warned_rows` (the same of rows that are
    /// loaded), `milliseconds`.
    public func json() -> String {
        JSONText.object([
            ("dry_run", .boolean(isDryRun)), ("rows", .integer(rows)), ("loaded", .integer(loaded)),
            ("new", isDryRun ? nil : .integer(created)),
            ("known", isDryRun ? nil : .integer(loaded - created)), ("bad", .integer(bad)),
            ("bad_rows", Self.list(badRows)), ("warnings", .integer(doubtful)),
            ("warned_rows", Self.list(doubtfulRows)),
            ("milliseconds", .integer(Int(milliseconds))),
        ]).description + "\n"
    }

    private static func list(_ rows: [BadRow]) -> JSONText {
        .list(rows.map { row in
            JSONText.object([("line", .integer(row.line)), ("reason", .text(row.reason))])
        })
    }

    private static func padded(_ count: Int) -> String {
        let digits = String(count)
        return String(repeating: " ", count: max(0, 10 - digits.count)) + digits
    }
}
