/// `chathub check`: reads a site file or a node's settings and reports everything that is wrong.
import ArgumentParser
import HubConfig

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a site file or a settings file and report every problem at once.",
        discussion: """
            Exit codes: 0 good (warnings may be shown), 2 problems found; with --strict warnings \
            count as problems.

              chathub check Config/sites/demo.yaml
            """)

    @Argument(help: "The file.", completion: .file(extensions: ["yaml"]))
    var file: String

    @Flag(help: "Refuse warnings too.")
    var strict = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        // A site file says which site it is; a node's settings never do.
        if FileKind.isSite(path: file) {
            try show(SiteFile.load(path: file))
        } else {
            try show(NodeFile.load(path: file))
        }
    }

    private func show<Settings>(_ checked: CheckedFile<Settings>) throws {
        let text = CheckReport.text(checked, color: Terminal.hasColor)
        print(json ? CheckReport.json(checked) : text, terminator: "")
        if !checked.errors.isEmpty || (strict && !checked.warnings.isEmpty) { throw ExitCode(2) }
    }
}
