/// Runs one scenario on a loop of its own, from the checks before the start to the report. Called
/// by the executable.
public import ChatModel
import EventLoop
import Foundation
import WebSockets

public enum LoadRun {
    /// Blocks until the scenario is over. Throws before anything is sent when it cannot work.
    public static func relay(_ options: LoadOptions) throws -> LoadReport {
        try check(options, connections: options.pairs * 2)
        guard options.rate > 0, options.pairs > 0 else {
            throw LoadError("--rate and --pairs must be above 0")
        }
        return try run { loop, finish in
            let tokens = try await LoadTokens.make(
                count: options.pairs, site: options.site, secret: options.secret)
            let crowd = try LoadCrowd(
                loop: loop, url: options.url, connectRate: options.connectRate)
            let run = String(UInt64.random(in: 0...UInt64.max), radix: 36)
            let scenario = RelayScenario(
                options: options, crowd: crowd, tokens: tokens, runName: run, finish: finish)
            crowd.scenario = scenario
            scenario.start()
            return scenario
        }
    }

    public static func idle(_ options: LoadOptions) throws -> LoadReport {
        try check(options, connections: options.connections)
        return try run { loop, finish in
            let crowd = try LoadCrowd(
                loop: loop, url: options.url, connectRate: options.connectRate)
            let scenario = IdleScenario(options: options, crowd: crowd, finish: finish)
            crowd.scenario = scenario
            scenario.start()
            return scenario
        }
    }

    /// What would make half a result: told before the start.
    private static func check(_ options: LoadOptions, connections: Int) throws(LoadError) {
        guard isLoopback(options.url) else {
            throw LoadError(
                "\(options.url): load tests talk to loopback addresses only (127.0.0.1 or [::1])")
        }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let free = Int(clamping: limit.rlim_cur) - 64
        guard connections <= free else {
            throw LoadError(
                "\(connections) connections need as many file descriptors, and this process may "
                    + "have \(free); raise `ulimit -n` or ask for fewer")
        }
        _ = try FiguresNow(options.processes)
    }

    static func isLoopback(_ url: String) -> Bool {
        guard let parts = URLComponents(string: url), let host = parts.host else { return false }
        return host == "localhost" || host == "[::1]" || host == "::1"
            || (host.hasPrefix("127.") && host.utf8.allSatisfy { $0 == 0x2E || (48...57).contains($0) })
    }

    /// Keeps the scenario alive while the loop runs it.
    private actor Stage {
        nonisolated let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        var outcome: Result<LoadReport, LoadError>?
        private var scenario: AnyObject?

        init(loop: EventLoop) { self.loop = loop }

        func play(_ begin: Begin) async {
            do {
                scenario = try await begin(loop) { outcome in
                    self.outcome = outcome
                    self.loop.stop()
                }
            } catch {
                outcome = .failure(error as? LoadError ?? LoadError("\(error)"))
                loop.stop()
            }
        }
    }

    private typealias Finish = (Result<LoadReport, LoadError>) -> Void
    private typealias Begin =
        @Sendable (EventLoop, @escaping Finish) async throws -> any LoadScenario

    private static func run(_ begin: @escaping Begin) throws -> LoadReport {
        let loop = try EventLoop()
        let stage = Stage(loop: loop)
        Task(executorPreference: loop) { await stage.play(begin) }
        loop.run()
        return try stage.assumeIsolated { stage in
            guard let outcome = stage.outcome else { throw LoadError("the run was broken off") }
            return outcome
        }.get()
    }
}
