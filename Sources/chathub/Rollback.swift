/// `chathub rollback`: goes back to the version of a site that was in force before.
import ArgumentParser
import HubConfig
import HubServer

struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go back to the version of a site that was in force before the present one.",
        discussion: """
            Shows the difference, asks at a terminal, and takes effect live. Again goes one \
            further back. Nothing is lost: `chathub versions` lists them all, and `--show` gives a \
            text back.

              chathub rollback --site shop
              chathub rollback --site shop --redis redis://10.0.0.5:6379 --yes

            With --json: `site`, `source`, `replaced`, `version`, `outcome`, `difference`.

            Exit codes: 0 in force (or shown, with --dry-run), 1 not done, also when there is \
            nothing to go back to, 2 this program cannot read that version, 64 wrong arguments.
            """)

    @Option(name: .long, help: "The name of the site.")
    var site: String

    @OptionGroup var store: StoreOptions
    @OptionGroup var change: ChangeOptions

    func run() throws {
        let store = try store.store()
        guard let present = try store.versions(at: site).first(where: \.isInForce) else {
            throw try store.unknown(site)
        }
        guard let target = try store.version(present.previous, at: site) else {
            throw CommandFailure(
                "version \(present.number) of \(site) is in force, and none before it is kept")
        }
        let checked = SiteFile.load(text: target.text, name: "\(site), version \(target.number)")
        guard let settings = checked.settings else {
            let report = CheckReport.text(checked, color: Terminal.hasColor)
            print(change.json ? CheckReport.json(checked) : report, terminator: "")
            throw ExitCode(2)
        }
        let inForce = try store.version(present.number, at: site).flatMap {
            SiteFile.load(text: $0.text, name: "").settings
        }
        let report = ApplyReport(
            site: site, source: "version \(target.number)", replaced: present.number,
            difference: inForce.map { SiteDifference(from: $0, to: settings) })
        try change.carryOut(
            report, question: "Go back from version \(present.number) to \(target.number)?"
        ) {
            try store.rollback(at: site, replacing: present.number)
        }
    }
}
