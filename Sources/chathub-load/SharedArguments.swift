/// Arguments that several scenarios take, and what is wrong with them.
import ArgumentParser
import Foundation
import LoadClient

struct CommonOptions: ParsableArguments {
    @Option(help: "The hub; loopback addresses only.")
    var url = "ws://127.0.0.1:8080/v1/ws"

    @Option(help: "The site to test.")
    var site = "load"

    @Option(
        help: ArgumentHelp(
            "How long is measured: 10s, 2m, or seconds; storm, queue and day end by themselves.",
            valueName: "TIME"))
    var duration = "10s"

    @Option(
        name: .customLong("pid"),
        help: ArgumentHelp(
            "A process to measure, such as hub=1234, a worker and not the parent; may be "
                + "repeated, or listed with commas.",
            valueName: "NAME=PID"))
    var pids: [String] = []

    @Option(help: "New connections a second while everybody comes in.")
    var connectRate = 2000.0

    @Option(
        help: ArgumentHelp(
            "Fail when p99 of the latency is above, such as 100ms.", valueName: "TIME"))
    var p99: String?

    @Option(
        help: ArgumentHelp(
            "Loopback addresses to connect from in turn, for more than 28,000 connections.",
            valueName: "FIRST-LAST"))
    var sourceAddresses: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(
        help: ArgumentHelp("Write a page with curves.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var html: String?

    @Flag(inversion: .prefixedNo, help: "A live line on standard error (default: on a terminal).")
    var progress: Bool?

    func options(_ scenario: LoadScenarioName) throws -> LoadOptions {
        guard var options = LoadOptions(scenario, site: site) else {
            throw ValidationError("--site: 1-40 of a-z, 0-9 and -, such as load")
        }
        try Given.positive("--connect-rate", connectRate)
        options.url = url
        options.durationSeconds = try Given.seconds("--duration", duration)
        options.connectRate = connectRate
        options.p99BoundMilliseconds = try p99.map { try Given.milliseconds("--p99", $0) }
        options.sourceAddresses = try sourceAddresses.map(Given.addresses) ?? []
        options.showsProgress = progress ?? (isatty(2) == 1)
        options.arguments = Array(CommandLine.arguments.dropFirst())
        options.processes = try pids.flatMap { $0.split(separator: ",") }.map(Given.process)
        if let html, !FileManager.default.isWritableFile(
            atPath: URL(fileURLWithPath: html).deletingLastPathComponent().path)
        {
            throw ValidationError("--html: \(html) cannot be written there")
        }
        return options
    }

    func show(_ options: LoadOptions) throws {
        let outcome: LoadReport?
        do {
            outcome = try LoadRun.play(options)
            if let html, let outcome {
                try ReportPage.make(outcome).write(toFile: html, atomically: true, encoding: .utf8)
            }
        } catch {
            FileHandle.standardError.write(Data("chathub-load: \(error)\n".utf8))
            throw ExitCode(2)
        }
        guard let report = outcome else { return }
        print(json ? report.json : report.table, terminator: json ? "\n" : "")
        if !report.isGood { throw ExitCode(1) }
        if report.isInterrupted { throw ExitCode(130) }
    }
}

struct AgentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The file with the hub's signing key (DATA/signing-key), for the agents' tokens.",
            valueName: "file"),
        completion: .file())
    var secretFile: String

    func fill(_ options: inout LoadOptions) throws {
        // Why it cannot be read is for the person who named it to see.
        guard let secret = try? String(contentsOfFile: secretFile, encoding: .utf8) else {
            throw ValidationError(
                "--secret-file: \(secretFile) cannot be read; it is `signing-key` in the folder "
                    + "given to `chathub serve --data`")
        }
        options.secret = secret
    }
}

struct TalkOptions: ParsableArguments {
    @Option(help: "Messages a second of all pairs together.")
    var rate = 1000.0

    @Option(
        help: ArgumentHelp(
            "How long they talk before it is measured: 2s, 500ms, or seconds; 0: not at all.",
            valueName: "TIME"))
    var warmup = "2s"

    @Option(help: "Bytes of a message's text; 40 to 8000.")
    var size = 100

    func fill(_ options: inout LoadOptions) throws {
        try Given.positive("--rate", rate)
        guard (40...8000).contains(size) else {
            throw ValidationError("--size: 40 to 8000 bytes, not \(size)")
        }
        options.rate = rate
        options.warmupSeconds = try Given.seconds("--warmup", warmup, mayBeZero: true)
        options.sizeBytes = size
    }
}

struct PartOptions: ParsableArguments {
    @Option(help: "Processes that share the work; the report is one.")
    var processes = 1

    @Option(help: .hidden)
    var part: Int?

    func fill(_ options: inout LoadOptions, atMost most: Int) throws {
        guard (1...64).contains(processes), processes <= most else {
            throw ValidationError("--processes: 1 to 64, and not more than there is to share")
        }
        options.processCount = processes
        options.part = part
    }
}

struct CrowdArguments: ParsableArguments {
    @Option(help: "Customers who come, all together. (default: 200; of day: 600)")
    var customers: Int?

    @Option(help: "Agents who serve: load-00001 and so on.")
    var agents = 5

    @Option(
        help: ArgumentHelp(
            "Levels and their shares; sent as the page parameter `level`.",
            valueName: "LEVEL:SHARE,..."))
    var levels = "0:8,5:1,9:1"

    @Option(help: ArgumentHelp("Topics, given by chance.", valueName: "A,B,..."))
    var topics: String?

    @Option(help: "Of all that is left to chance.")
    var seed: UInt64 = 1

    func fill(_ crowd: inout CrowdOptions, customers usual: Int) throws {
        let customers = customers ?? usual
        try Given.positive("--customers", customers)
        try Given.positive("--agents", agents)
        crowd.customers = customers
        crowd.agents = agents
        crowd.levels = try levels.split(separator: ",").map(Given.level)
        guard !crowd.levels.isEmpty else { throw ValidationError("--levels: such as 0:8,5:1") }
        crowd.topics = (topics ?? "").split(separator: ",").map(String.init)
        guard crowd.topics.allSatisfy(Given.isName) else {
            throw ValidationError("--topics: letters, digits and -, with commas in between")
        }
        crowd.seed = seed
    }
}

/// Reads one argument, or says how it should look.
enum Given {
    static func positive(_ name: String, _ value: Double) throws {
        guard value > 0, value.isFinite else { throw ValidationError("\(name): more than 0") }
    }

    static func positive(_ name: String, _ value: Int) throws {
        guard value > 0 else { throw ValidationError("\(name): 1 or more") }
    }

    /// Stands in frames as it is.
    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }

    /// `100ms`, `1.5s`, or a number of milliseconds.
    static func milliseconds(_ name: String, _ text: String) throws -> Double {
        guard let found = time(text, bare: 1), found > 0 else {
            throw ValidationError("\(name): a time such as 100ms or 1.5s, not \(text)")
        }
        return found
    }

    /// `10s`, `1.5m`, `500ms`, or a number of seconds.
    static func seconds(_ name: String, _ text: String, mayBeZero: Bool = false) throws -> Double {
        guard let found = time(text, bare: 1000), mayBeZero ? found >= 0 : found > 0 else {
            let least = mayBeZero ? "0 or more" : "more than 0"
            throw ValidationError(
                "\(name): a time such as 10s or 500ms, or seconds, \(least), not \(text)")
        }
        return found / 1000
    }

    /// Milliseconds. `bare`: how many of them one is that has no unit.
    private static func time(_ text: String, bare: Double) -> Double? {
        let units: [(name: String, milliseconds: Double)] = [
            ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("", bare),
        ]
        // The last is the end of every text.
        guard let unit = units.first(where: { text.hasSuffix($0.name) }),
            let number = Double(text.dropLast(unit.name.count)), number.isFinite
        else { return nil }
        return number * unit.milliseconds
    }

    /// `1000..20000/1000`
    static func ramp(_ text: String) throws -> RateSearch.Plan {
        let wrong = ValidationError(
            "--ramp: FROM..TO/STEP in messages a second, such as 1000..20000/1000, not \(text)")
        guard let dots = text.range(of: ".."),
            let slash = text.range(of: "/", range: dots.upperBound..<text.endIndex),
            let from = Double(text[..<dots.lowerBound]),
            let to = Double(text[dots.upperBound..<slash.lowerBound]),
            let step = Double(text[slash.upperBound...]),
            from > 0, to >= from, step > 0, to.isFinite
        else { throw wrong }
        return .ramp(from: from, to: to, step: step)
    }

    static func process(_ pair: some StringProtocol) throws -> (name: String, pid: Int32) {
        let parts = pair.split(separator: "=")
        // Names stand in the JSON report as they are.
        guard parts.count == 2, let pid = Int32(parts[1]), pid > 0, isName(String(parts[0])) else {
            throw ValidationError(
                "--pid: NAME=PID, such as hub=1234; a name has letters, digits and -")
        }
        return (String(parts[0]), pid)
    }

    /// `127.0.0.1-127.0.0.8`, one address, or several with commas.
    static func addresses(_ text: String) throws -> [String] {
        let wrong = ValidationError(
            "--source-addresses: loopback addresses such as 127.0.0.1-127.0.0.8, not \(text)")
        let found = try text.split(separator: ",").flatMap { range -> [String] in
            let ends = range.split(separator: "-").map(number)
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
                first <= last, last - first < 1024
            else { throw wrong }
            return (first...last).map { "127.\($0 >> 16 & 255).\($0 >> 8 & 255).\($0 & 255)" }
        }
        guard !found.isEmpty else { throw wrong }
        return found
    }

    /// The last three bytes of a loopback address.
    private static func number(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4, parts[0] == 127, !parts.contains(nil) else { return nil }
        return parts.dropFirst().reduce(0) { $0 << 8 | UInt32($1 ?? 0) }
    }

    /// `5:1.5`
    static func level(_ text: some StringProtocol) throws -> (level: Int, share: Double) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let level = Int(parts[0]), (0...10).contains(level),
            let share = Double(parts[1]), share >= 0, share.isFinite
        else {
            throw ValidationError(
                "--levels: LEVEL:SHARE with a level of 0 to 10, such as 0:8,5:1,9:1, not \(text)")
        }
        return (level, share)
    }
}
