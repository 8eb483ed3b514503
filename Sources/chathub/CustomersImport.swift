/// `chathub customers import`: loads a file of customers and keeps the rows that were not loaded.
import ArgumentParser
import Foundation
import HubConfig
import HubServer

struct CustomersImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Load customers from a CSV or JSON lines file.",
        discussion: """
            CSV: the first line names the columns. `id` is required (the `sub` of the customer's \
            token); `dedicated_agent` names the agent who is his own; every other column is an \
            attribute. true, false and numbers are recognised; what would not be written like that \
            again (007, +86) stays text. A column whose name ends in [] holds lists: gold|loud. An \
            empty cell says nothing: what is known stays.

            JSON lines: one object a line with the same members; lists are lists, null takes an \
            attribute away.

              chathub customers import customers.csv --site shop --dry-run
              chathub customers import customers.csv --site shop --rejects bad.csv

            Customers may be known or new, and a file may be loaded again. Bad rows are told and \
            not loaded, all others are. --rejects keeps them as they were given, in a file of the \
            same kind, with the line and the reason in front (`reject_line`, `reject_reason`, \
            which an import passes over): mend it and import it. Without bad rows it is empty.

            With --json one object is printed: `rows`, `loaded`, `new`, `known`, `bad`, \
            `bad_rows`, `warnings`, `warned_rows`, `milliseconds`, `dry_run`. A warning is of a \
            row that is loaded: a VIP attribute that is no level.

            Exit codes: 0 loaded (also with bad rows), 1 not done, 64 wrong arguments.
            """)

    @Argument(help: "A file that ends in .csv or .jsonl.", completion: .file())
    var file: String

    @Option(name: .long, help: "The name of the site.")
    var site: String

    @OptionGroup var store: StoreOptions

    @Flag(help: "Check the rows and load nothing.")
    var dryRun = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write the bad rows to this file, to be mended and imported again.", valueName: "file"))
    var rejects: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let rejects, Self.resolved(rejects) == Self.resolved(file) {
            throw ValidationError(
                "--rejects is given the file that is imported; it would be emptied before it is "
                    + "read, so name another")
        }
        func ending(_ path: String) -> String {
            String(path.split(separator: ".").last ?? "").lowercased()
        }
        let known = ["csv", "jsonl", "ndjson"]
        if let rejects, known.contains(ending(rejects)), known.contains(ending(file)),
            (ending(rejects) == "csv") != (ending(file) == "csv")
        {
            throw ValidationError(
                "--rejects is given `\(rejects)`; it gets rows as \(file) has them, so its name "
                    + "must end in .\(ending(file))")
        }
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }

    func run() throws {
        let rejected = try rejects.map { try RejectFile(path: $0) }
        let hasTerminal = isatty(STDERR_FILENO) == 1
        let report = try store.customers().load(
            path: file, at: site, isDryRun: dryRun,
            onProgress: { rows in
                let end = hasTerminal ? "\r" : "\n"
                FileHandle.standardError.write(Data("\(rows) rows read\(end)".utf8))
            },
            onBadRow: { rejected?.note($0) })
        try rejected?.close()
        print(json ? report.json() : report.text(), terminator: "")
    }
}

/// The bad rows as they were given.
///
/// `@unchecked Sendable`: written by the one thread that loads, while `run` waits for it.
private final class RejectFile: @unchecked Sendable {
    private let handle: FileHandle
    private var hasHeading = false

    init(path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw CommandFailure(
                "--rejects: \(path) cannot be written; is its folder there, and may you write "
                    + "in it?")
        }
        self.handle = handle
    }

    func note(_ row: BadRow) {
        if !hasHeading { handle.write(Data(RejectedRows.heading(for: row))) }
        hasHeading = true
        handle.write(Data(RejectedRows.text(of: row)))
    }

    func close() throws { try handle.close() }
}
