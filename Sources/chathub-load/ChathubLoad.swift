/// The command line of the load client: arguments in, exit code out.
import ArgumentParser
import Foundation
import LoadClient

@main
struct ChathubLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chathub-load",
        abstract: "Load tests for a chathub installation, through its public protocol.",
        discussion: """
            Try it on a hub of its own:

              chathub-load site --agents 100 > load.yaml
              chathub serve --site load.yaml --data /tmp/load --listen 127.0.0.1:9090
              chathub-load relay --url ws://127.0.0.1:9090/v1/ws --site load \\
                --secret-file /tmp/load/signing-key --pairs 100 --rate 5000 \\
                --pid hub=PID --pid redis=PID

            Exit codes: 0 good, 1 something was lost, doubled or out of order, or a bound was \
            missed, 2 the test could not run, 64 the arguments are wrong, 130 broken off by Ctrl-C: \
            the figures so far are printed.
            """,
        subcommands: [Relay.self, Idle.self, Storm.self, Site.self])
}

struct CommonOptions: ParsableArguments {
    @Option(help: "The hub; loopback addresses only.")
    var url = "ws://127.0.0.1:8080/v1/ws"

    @Option(help: "The site to test.")
    var site = "load"

    @Option(help: "Seconds that are measured.")
    var duration = 10.0

    @Option(name: .customLong("pid"), help: "NAME=PID of a process to measure; may be repeated.")
    var pids: [String] = []

    @Option(help: "New connections a second while everybody comes in.")
    var connectRate = 2000.0

    @Flag(help: "Print one JSON object.")
    var json = false

    func options() throws -> LoadOptions {
        guard duration > 0 else { throw ValidationError("--duration: more than 0 seconds") }
        guard var options = LoadOptions(site: site) else {
            throw ValidationError("--site: 1-40 of a-z, 0-9 and -")
        }
        options.url = url
        options.durationSeconds = duration
        options.connectRate = connectRate
        for pair in pids.flatMap({ $0.split(separator: ",") }) {
            let parts = pair.split(separator: "=")
            // Names stand in the JSON report as they are.
            guard parts.count == 2, let pid = Int32(parts[1]), pid > 0,
                parts[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
            else {
                throw ValidationError(
                    "--pid: NAME=PID, such as hub=1234; a name has letters, digits and -")
            }
            options.processes.append((String(parts[0]), pid))
        }
        return options
    }

    func show(_ run: () throws -> LoadReport) throws {
        let report: LoadReport
        do {
            report = try run()
        } catch {
            FileHandle.standardError.write(Data("chathub-load: \(error)\n".utf8))
            throw ExitCode(2)
        }
        print(json ? report.json : report.table)
        if report.isBrokenOff { throw ExitCode(130) }
        if !report.isGood { throw ExitCode(1) }
    }
}

struct Relay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Customers and agents talk in pairs; every message is checked.")

    @OptionGroup var common: CommonOptions

    @Option(help: "Customers, and as many agents.")
    var pairs = 100

    @Option(help: "Messages a second of all pairs together.")
    var rate = 1000.0

    @Option(help: "Seconds before the measurement.")
    var warmup = 2.0

    @Option(help: "Bytes of a message's text; 40 or more.")
    var size = 100

    @Option(help: "The file with the hub's signing key.", completion: .file())
    var secretFile: String

    @Option(help: "Fail when p99 of the latency is above so many milliseconds.")
    var p99: Double?

    func run() throws {
        var options = try common.options()
        options.pairs = pairs
        options.rate = rate
        options.warmupSeconds = warmup
        options.sizeBytes = size
        options.p99BoundMilliseconds = p99
        // Why it cannot be read is for the person who named it to see.
        guard let secret = try? String(contentsOfFile: secretFile, encoding: .utf8) else {
            throw ValidationError("--secret-file: \(secretFile) cannot be read")
        }
        options.secret = secret
        try common.show { try LoadRun.relay(options) }
    }
}

struct Idle: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hold connections that only say hello: memory and heartbeats.")

    @OptionGroup var common: CommonOptions

    @Option(help: "Connections to hold.")
    var connections = 1000

    func run() throws {
        var options = try common.options()
        options.connections = connections
        try common.show { try LoadRun.idle(options) }
    }
}

struct Storm: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Everybody loses the line at once and comes back; nothing may be missed.")

    @OptionGroup var common: CommonOptions

    @Option(help: "Customers who wait with a session each.")
    var connections = 1000

    func run() throws {
        var options = try common.options()
        options.connections = connections
        try common.show { try LoadRun.storm(options) }
    }
}

struct Site: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a site file for the other scenarios.")

    @Option(help: "The site's name.")
    var site = "load"

    @Option(help: "How many agents it has.")
    var agents = 100

    func run() {
        print(SiteText.make(site: site, agents: agents), terminator: "")
    }
}
