/// `chathub journal`: what happened to the sessions and agents of a site.
import ArgumentParser
import Foundation
import HubConfig
import HubServer

struct Journal: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what happened to the sessions and agents of a site.",
        discussion: """
            One line a step: a session that was started, offered, accepted, declined, picked, \
            handed over, given back or closed; an agent who came, went or changed his status. \
            Never what was written.

              chathub journal --site shop
              chathub journal --site shop --session s_014d2pf2dbsqqzxq5tk1v58cgg
              chathub journal --site shop --follow --json

            With --json: one object a line with `id`, `at` (milliseconds since 1970), `what`, and \
            of `session`, `agent`, `level`, `group` and `by` those there are.

            Exit codes: 0 shown, 1 nothing of that session, no store or no such site, 64 wrong \
            arguments.
            """)

    @Option(name: .long, help: "The name of the site.")
    var site: String

    @Option(
        name: .long, help: ArgumentHelp("Only what happened to this session.", valueName: "id"))
    var session: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "At most so many of the newest; 0: all. Default: 100, with --session all.",
            valueName: "number"))
    var last: Int?

    @Flag(help: "Go on with what happens, until interrupted.")
    var follow = false

    @OptionGroup var store: StoreOptions

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func validate() throws {
        if let last, last < 0 {
            throw ValidationError("--last is given `\(last)`; allowed: 0 (all) or more")
        }
    }

    func run() throws {
        let store = try store.store()
        guard try store.inForce(at: site) != nil else {
            throw try store.unknown(site)
        }
        let most = last ?? (session == nil ? 100 : 0)
        let isJSON = json
        if !isJSON { Self.tell(JournalReport.heading) }
        let count = LineCount()
        try store.journal(
            at: site,
            JournalQuery(session: session, last: most == 0 ? nil : most, follows: follow)
        ) { entries in
            count.lines += entries.count
            for entry in entries {
                Self.tell(isJSON ? JournalReport.json(entry) : JournalReport.text(entry))
            }
        }
        if let session, count.lines == 0 {
            throw CommandFailure(
                "the journal of the site \(site) holds nothing of a session `\(session)`; its age "
                    + "may be beyond `retention.journal`, or the id is another's")
        }
    }

    /// At once, so that whoever reads a pipe sees each line as it comes.
    private static func tell(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

/// `@unchecked Sendable`: counted by the one thread that reads, while `run` waits for it.
private final class LineCount: @unchecked Sendable {
    var lines = 0
}
