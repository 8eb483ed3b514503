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
        let report = CheckReport.make(path: file)
        print(json ? report.json : report.text(colour: Terminal.hasColour))
        if report.hasErrors || (strict && report.hasWarnings) { throw ExitCode(2) }
    }
}
