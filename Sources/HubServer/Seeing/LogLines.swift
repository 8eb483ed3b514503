/// The log handler of a node: one line an entry on standard error, as text or as JSON, whatever the
/// values hold. Customers' words and tokens never come here; what does is cut at 1 KB a value.
import Foundation
import Logging

/// How log lines look.
public enum LogFormat: String, Sendable, CaseIterable { case text, json }

struct LogLines: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    let format: LogFormat
    let label: String

    static let valueLimitBytes = 1024

    init(label: String, format: LogFormat, level: Logger.Level) {
        self.label = label
        self.format = format
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let added = event.metadata { all.merge(added) { _, new in new } }
        let pairs = all.sorted { $0.key < $1.key }.map { ($0.key, String(describing: $0.value)) }
        let line =
            format == .json
            ? json(event.level, event.message.description, pairs)
            : text(event.level, event.message.description, pairs)
        Self.write(Array(line.utf8), to: STDERR_FILENO)
    }

    /// One write a line, so that lines of several processes do not mix. A line that nobody takes
    /// (its reader has gone, the disk is full) is lost: no hub ends for want of a log.
    static func write(_ line: [UInt8], to descriptor: Int32) {
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private func text(
        _ level: Logger.Level, _ message: String, _ pairs: [(String, String)]
    ) -> String {
        var line = "\(Self.timestamp()) \(level.rawValue.uppercased()) \(label): "
        line += Self.oneLine(message)
        for (key, value) in pairs { line += " \(key)=\(Self.oneLine(value))" }
        return line + "\n"
    }

    private func json(
        _ level: Logger.Level, _ message: String, _ pairs: [(String, String)]
    ) -> String {
        var line = #"{"at":"\#(Self.timestamp())","level":"\#(level.rawValue)","from":"\#(label)""#
        line += #","message":\#(Self.quoted(message))"#
        for (key, value) in pairs { line += ",\(Self.quoted(key)):\(Self.quoted(value))" }
        return line + "}\n"
    }

    private static func timestamp() -> String {
        Date().ISO8601Format(.init(includingFractionalSeconds: true))
    }

    /// Control characters, and what some viewers take for the end of a line, become escapes: nobody
    /// can forge a line or colour a terminal.
    static func oneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            guard line.utf8.count < valueLimitBytes else { return line + "..." }
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || scalar.value == 0x2028 || scalar.value == 0x2029
            {
                line += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    static func quoted(_ text: String) -> String {
        var line = "\""
        for scalar in oneLine(text).unicodeScalars {
            if scalar == "\"" || scalar == "\\" { line += "\\" }
            line.unicodeScalars.append(scalar)
        }
        return line + "\""
    }
}
