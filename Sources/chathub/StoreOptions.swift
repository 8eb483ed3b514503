/// What every command that speaks to a running hub's store, or changes what is in force, takes.
import ArgumentParser
import Foundation
import HubConfig
import HubServer

struct StoreOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The hub's Redis: redis://[user:password@]host:port/db or unix:///path. Default: the "
                + "private one of the data folder.", valueName: "url"))
    var redis: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The data folder of a hub that runs here with its private Redis. Default: .data",
            valueName: "folder"), completion: .directory)
    var data: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The node's settings, for the address of its Redis or its data folder.",
            valueName: "file"),
        completion: .file(extensions: ["yaml"]))
    var config: String?

    /// The store by the options, else the environment, else the settings file, else `.data`.
    func store() throws -> SiteStore { try SiteStore(settings: settings()) }

    /// The same store's customers.
    func customers() throws -> CustomerStore { try CustomerStore(settings: settings()) }

    private func settings() throws -> NodeSettings {
        let options = [("--redis", "redis.url", redis), ("--data", "data", data)]
        let file = NodeFile.load(
            path: config, environment: ProcessInfo.processInfo.environment,
            options: options.compactMap { name, key, text in
                text.map { NodeOption(name: name, key: key, text: $0) }
            })
        var settings = try file.orFailure()
        // Whoever names a folder means its private Redis, whatever the environment says.
        if data != nil, redis == nil { settings.redis.url = nil }
        return settings
    }
}

extension CheckedFile {
    /// The settings, or the failure that tells why there are none. Where options alone are to
    /// blame, the arguments are wrong and no file is.
    func orFailure() throws -> Settings {
        if let settings { return settings }
        guard errors.allSatisfy({ $0.file == NodeOption.file }) else {
            throw CommandFailure(CheckReport.text(self))
        }
        throw ValidationError(
            errors.map { error in
                error.message + (error.allowed.map { "; allowed: \($0)" } ?? "")
            }.joined(separator: "\n       "))
    }
}

/// Whether a change is made, and how it is told.
struct ChangeOptions: ParsableArguments {
    @Flag(name: [.customLong("yes"), .customShort("y")], help: "Do not ask.")
    var yes = false

    @Flag(help: "Show the difference and store nothing.")
    var dryRun = false

    @Flag(help: "Print one JSON object; asks nothing.")
    var json = false

    /// Asks whoever sits at the terminal; a pipe or a program is not asked.
    func agrees(to question: String) -> Bool {
        guard !yes, !json, isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            return true
        }
        FileHandle.standardOutput.write(Data("\(question) [y/N] ".utf8))
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        return answer == "y" || answer == "yes"
    }

    /// Shows the difference, asks, acts, and tells what became of it.
    func carryOut(
        _ report: ApplyReport, warnings: [Problem] = [], question: String, act: () throws -> Int
    ) throws {
        if !json { print(report.text(color: Terminal.hasColor), terminator: "") }
        if dryRun { return tell(report, .shown, report.replaced, warnings) }
        guard agrees(to: question) else {
            tell(report, .declined, report.replaced, warnings)
            throw ExitCode.failure
        }
        tell(report, .applied, try act(), warnings)
    }

    func tell(
        _ report: ApplyReport, _ outcome: ApplyReport.Outcome, _ version: Int, _ warnings: [Problem]
    ) {
        let text =
            json
            ? report.json(outcome, version: version, warnings: warnings)
            : report.text(outcome, version: version, color: Terminal.hasColor)
        print(text, terminator: "")
    }
}
