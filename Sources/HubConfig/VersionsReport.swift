/// What `chathub versions` prints: the versions of a site that are kept, and which is in force.
import Foundation

/// One kept version.
public struct VersionEntry: Hashable, Sendable {
    public var number: Int
    public var isInForce: Bool
    /// Milliseconds since 1970.
    public var atMilliseconds: Int64
    public var digest: String
    /// The file it came from.
    public var source: String
    public var author: String
    /// The version that was in force before; 0: none.
    public var previous: Int
    public var bytes: Int

    public init(
        number: Int, isInForce: Bool, atMilliseconds: Int64, digest: String, source: String,
        author: String, previous: Int, bytes: Int
    ) {
        self.number = number
        self.isInForce = isInForce
        self.atMilliseconds = atMilliseconds
        self.digest = digest
        self.source = source
        self.author = author
        self.previous = previous
        self.bytes = bytes
    }
}

public enum VersionsReport {
    /// A table, newest first; `*` marks the version in force.
    public static func text(_ entries: [VersionEntry], color: Bool = false) -> String {
        let paint = Paint(isOn: color)
        let rows =
            [["", "version", "applied", "digest", "by", "file", "after"]]
            + entries.map { entry in
                [
                    entry.isInForce ? "*" : "", "\(entry.number)",
                    Self.local(entry.atMilliseconds), entry.digest, entry.author, entry.source,
                    entry.previous == 0 ? "-" : "\(entry.previous)",
                ]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let line = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }.joined(separator: "  ").trimmingTrailingBlanks
            return row[0] == "*" ? paint.green(line) : line
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One JSON object: `site`, `in_force` (0: none), and `versions`, newest first, each with
    /// `version`, `in_force`, `at` (milliseconds since 1970), `digest`, `by`, `file`, `previous`
    /// (0: none) and `bytes`.
    public static func json(site: String, _ entries: [VersionEntry]) -> String {
        let versions = entries.map { entry in
            JSONText.object([
                ("version", .integer(entry.number)), ("in_force", .boolean(entry.isInForce)),
                ("at", .integer(Int(entry.atMilliseconds))), ("digest", .text(entry.digest)),
                ("by", .text(entry.author)), ("file", .text(entry.source)),
                ("previous", .integer(entry.previous)), ("bytes", .integer(entry.bytes)),
            ])
        }
        return JSONText.object([
            ("site", .text(site)),
            ("in_force", .integer(entries.first(where: \.isInForce)?.number ?? 0)),
            ("versions", .list(versions)),
        ]).description + "\n"
    }

    /// As a person at this machine reads time: `2026-11-22 18:00:00 +0800`.
    private static func local(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "\(milliseconds)" }
        var text = [CChar](repeating: 0, count: 40)
        let count = strftime(&text, text.count, "%Y-%m-%d %H:%M:%S %z", &parts)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension String {
    fileprivate var trimmingTrailingBlanks: String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
