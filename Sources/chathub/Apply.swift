/// `chathub apply`: brings a site file into force on a running hub.
import ArgumentParser
import HubConfig
import HubServer

struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring a site file into force, live: nobody is dropped, all nodes take it over.",
        discussion: """
            The file is checked and its examples are run; anything wrong refuses it whole. Then \
            the difference to what is in force is shown, and at a terminal you are asked. It \
            becomes a new version; `chathub rollback` goes back.

              chathub apply shop.yaml                      the hub of the folder .data
              chathub apply shop.yaml --data /var/lib/chathub --dry-run
              chathub apply shop.yaml --redis redis://10.0.0.5:6379 --yes

            Who waits keeps the plan and the place he has; who comes now gets the new rules. A \
            group that is removed keeps its agents until everybody it was promised to is served.

            With --json: `site`, `source`, `replaced`, `version`, `outcome` (applied, unchanged, \
            shown), `warnings`, `difference`; for a refused file what `chathub check --json` prints.

            Exit codes: 0 in force (or shown, with --dry-run), 1 not done, 2 the file is refused, \
            64 the arguments are wrong.
            """)

    @Argument(help: "The site file.", completion: .file(extensions: ["yaml"]))
    var file: String

    @OptionGroup var store: StoreOptions
    @OptionGroup var change: ChangeOptions

    @Flag(help: "Refuse warnings too.")
    var strict = false

    func run() throws {
        let (checked, text) = SiteFile.read(path: file)
        guard let settings = checked.settings, !(strict && !checked.warnings.isEmpty) else {
            let report = CheckReport.text(checked, color: Terminal.hasColor)
            print(change.json ? CheckReport.json(checked) : report, terminator: "")
            if !change.json, checked.errors.isEmpty {
                print("nothing is applied: --strict refuses warnings")
            }
            throw ExitCode(2)
        }
        let site = "\(settings.site)"
        let store = try store.store()
        let inForce = try store.inForce(at: site)
        let report = ApplyReport(
            site: site, source: file, replaced: inForce?.number ?? 0,
            difference: difference(inForce, settings))
        if !change.json, !checked.warnings.isEmpty {
            print(CheckReport.text(checked, color: Terminal.hasColor), terminator: "")
        }
        if let inForce, inForce.text == text {
            return change.tell(report, .unchanged, inForce.number, checked.warnings)
        }
        try change.carryOut(
            report, warnings: checked.warnings, question: "Bring this into force at \(site)?"
        ) {
            try store.apply(text: text, at: site, source: file, replacing: report.replaced)
        }
    }

    /// Nil when the version in force cannot be read here.
    private func difference(_ inForce: SiteText?, _ settings: SiteSettings) -> SiteDifference? {
        guard let inForce else { return SiteDifference(from: nil, to: settings) }
        return SiteFile.load(text: inForce.text, name: "version \(inForce.number)").settings
            .map { SiteDifference(from: $0, to: settings) }
    }
}
