/// `chathub serve` and the workers it starts.
import ArgumentParser
import Foundation
import HubConfig
import HubServer

/// What both processes read: the settings file, the environment, then these.
struct NodeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The node's settings; Config/chathub.yaml is a commented sample. Default: none, and "
                + "each setting has its own default.", valueName: "file"),
        completion: .file(extensions: ["yaml"]))
    var config: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A site file to bring into force; may be repeated.", valueName: "file"),
        completion: .file(extensions: ["yaml"]))
    var site: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to listen; port 0 takes a free one. Default: 127.0.0.1:8080",
            valueName: "host:port"))
    var listen: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "redis://[user:password@]host:port/db or unix:///path. Default: a private one is "
                + "started in the data folder.", valueName: "url"))
    var redis: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The data folder: signing key, private Redis, uploaded files; made when it is not "
                + "there. Default: .data", valueName: "folder"), completion: .directory)
    var data: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Node processes that share the port, 1 to 64, one a core. Default: 1",
            valueName: "number"))
    var workers: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Serve the web pages from this folder instead of the binary's.", valueName: "folder"),
        completion: .directory)
    var web: String?

    /// The settings with everything applied, or every problem there is.
    /// `tellsWarnings`: on standard error; a hub starts in spite of them.
    func settings(tellsWarnings: Bool = false) throws -> NodeSettings {
        let file = NodeFile.load(
            path: config, environment: ProcessInfo.processInfo.environment, options: chosen)
        var settings = try file.orFailure()
        if tellsWarnings, !file.warnings.isEmpty {
            FileHandle.standardError.write(Data(CheckReport.text(file).utf8))
        }
        settings.sites += site
        return settings
    }

    /// An option is the last word on its setting, checked by the same rules.
    private var chosen: [NodeOption] {
        [
            ("--listen", "listen", listen), ("--redis", "redis.url", redis),
            ("--data", "data", data),
            ("--workers", "workers", workers.map(String.init)), ("--web", "web", web),
        ].compactMap { name, key, text in text.map { NodeOption(name: name, key: key, text: $0) } }
    }
}

/// A failure whose text is meant for people: printed as it is, exit code 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    /// A report ends its last line itself, and so does whoever prints this.
    init(_ description: String) {
        self.description =
            description.hasSuffix("\n") ? String(description.dropLast()) : description
    }
}

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a hub: one parent and one worker process for each core you give it.",
        discussion: """
            Applies the site files, then listens. Two hubs with the same --redis are one hub.

              chathub serve --site Config/sites/demo.yaml --links
              chathub serve --config Config/chathub.yaml --workers 4
              chathub serve --listen 0.0.0.0:8080 --redis redis://10.0.0.5:6379

            An option goes before the environment (CHATHUB_LISTEN, CHATHUB_REDIS, \
            CHATHUB_LOG_LEVEL, ...), and that before the settings file. SIGTERM or Ctrl-C drains: \
            people are sent to another node, nothing is lost.

            Exit codes: 0 stopped in order; 1 not started, or stopped by a failure, which standard \
            error tells; 64 the arguments are wrong.
            """)

    @OptionGroup var options: NodeOptions

    @Flag(
        name: .long,
        help: "Print links for everybody of the first site; with signed tokens on a terminal only.")
    var links = false

    @Flag(
        name: .long,
        help: "Print those tokens also into a file or a pipe: who reads it can be these people.")
    var printTokens = false

    func run() throws {
        let settings = try options.settings(tellsWarnings: true)
        // Before anything is started that would have to be stopped again.
        for path in settings.sites { _ = try SiteFile.load(path: path).orFailure() }
        try HubProcess.serve(
            ServeRequest(
                settings: settings,
                worker: WorkerCommand(
                    // The kernel's name for our own file: it works however we were started.
                    executable: "/proc/self/exe", shownName: CommandLine.arguments[0],
                    arguments: ["worker", "--index"]),
                robot: WorkerCommand(
                    executable: "/proc/self/exe", shownName: CommandLine.arguments[0],
                    arguments: ["robot", "--port"]),
                printLinks: links || printTokens,
                printTokens: printTokens || isatty(STDOUT_FILENO) == 1))
    }
}

struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One node process; started by serve only.", shouldDisplay: false)

    @Option(name: .long, help: "Which of the parent's workers this is.")
    var index: Int

    /// The parent's settings come whole in the environment: a file that was changed since, or is
    /// gone, makes no worker differ from the others.
    func run() throws {
        let file = NodeFile.load(path: nil, environment: ProcessInfo.processInfo.environment)
        guard let settings = file.settings else { throw CommandFailure(CheckReport.text(file)) }
        guard try HubProcess.work(settings: settings, index: index) else {
            throw ExitCode.failure
        }
    }
}
