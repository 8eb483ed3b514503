/// `chathub versions`: the versions of a site that the store keeps.
import ArgumentParser
import HubConfig
import HubServer

struct Versions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "List the versions of a site: when, by whom, from which file, and which is in force.",
        discussion: """
            The last 50 are kept. `after` names the version that was in force before: there a \
            rollback goes.

              chathub versions --site shop
              chathub versions --site shop --show 7 > shop-7.yaml

            With --json: `site`, `in_force`, and `versions` with `version`, `in_force`, `at` \
            (milliseconds since 1970), `digest`, `by`, `file`, `previous`, `bytes`.

            Exit codes: 0 shown, 1 not found or no store, 64 wrong arguments.
            """)

    @Option(name: .long, help: "The name of the site.")
    var site: String

    @Option(
        name: .long,
        help: ArgumentHelp("Print the text of this version instead.", valueName: "number"))
    var show: Int?

    @OptionGroup var store: StoreOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let store = try store.store()
        if let show {
            guard let version = try store.version(show, at: site) else {
                let kept = try store.versions(at: site).map { String($0.number) }
                guard !kept.isEmpty else { throw try store.unknown(site) }
                throw CommandFailure(
                    "version \(show) of \(site) is not kept; there are "
                        + kept.joined(separator: ", "))
            }
            return print(version.text, terminator: "")
        }
        let entries = try store.versions(at: site)
        guard !entries.isEmpty else {
            throw try store.unknown(site)
        }
        let text = VersionsReport.text(entries, color: Terminal.hasColor)
        print(json ? VersionsReport.json(site: site, entries) : text, terminator: "")
    }
}
