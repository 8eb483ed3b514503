/// `chathub check`: reads a site file or a node's settings and reports everything that is wrong.
import ArgumentParser
import HubConfig

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a site file or a settings file and report every problem at once.",
        discussion: """
            A file with a key `site` is read as a site file, any other as a node's settings.

              chathub check Config/sites/demo.yaml
              chathub check Config/chathub.yaml --strict

            With --json: `file`, `ok`, `errors`, `warnings`, and `problems` with `severity`, \
            `file`, `line`, `column`, `path`, `message`, and where there is one `allowed`, \
            `suggestion` and `source`, the line itself.

            Exit codes: 0 good (warnings may be shown), 2 problems found; with --strict warnings \
            count as problems; 64 the arguments are wrong.
            """)

    @Argument(
        help: "The site file or the node's settings.", completion: .file(extensions: ["yaml"]))
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
