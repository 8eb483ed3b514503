/// Runs one scenario on a loop of its own, from the checks before the start to the report. Called
/// by the executable.
import ChatModel
import EventLoop
import Foundation
import WebSockets

public enum LoadRun {
    /// Blocks until the scenario is over. Throws before anything is sent when it cannot work.
    public static func relay(_ options: LoadOptions) throws -> LoadReport {
        let target = try check(options, connections: options.pairs * 2)
        guard options.rate > 0, options.pairs > 0 else {
            throw LoadError("--rate and --pairs must be above 0")
        }
        return try run { await $0.relay(options, target) }
    }

    public static func idle(_ options: LoadOptions) throws -> LoadReport {
        let target = try check(options, connections: options.connections)
        guard options.connections > 0 else { throw LoadError("--connections must be above 0") }
        return try run { await $0.idle(options, target) }
    }

    public static func storm(_ options: LoadOptions) throws -> LoadReport {
        let target = try check(options, connections: options.connections)
        guard options.connections > 0 else { throw LoadError("--connections must be above 0") }
        return try run { await $0.storm(options, target) }
    }

    /// What would make half a result: told before the start.
    private static func check(
        _ options: LoadOptions, connections: Int
    ) throws(LoadError) -> LoadTarget {
        let target = try LoadTarget(url: options.url)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let free = Int(clamping: limit.rlim_cur) - 64
        guard connections <= free else {
            throw LoadError(
                "\(connections) connections need as many file descriptors, and this process may "
                    + "have \(free); raise `ulimit -n` or ask for fewer")
        }
        _ = try FiguresNow(options.processes)
        return target
    }

    private static func run(_ play: @escaping @Sendable (LoadStage) async -> Void) throws
        -> LoadReport
    {
        let loop = try EventLoop()
        let stage = LoadStage(loop: loop)
        // The first Ctrl-C asks for the figures so far, the second one ends it at once.
        loop.onSignal(SIGINT) { stage.assumeIsolated { $0.breakOff() } }
        Task(executorPreference: loop) { await play(stage) }
        loop.run()
        return try stage.assumeIsolated { stage in
            guard let outcome = stage.outcome else { throw LoadError("the run was broken off") }
            return try outcome.get()
        }
    }
}

/// Begins a scenario on the loop, keeps it alive while it runs, and holds what came of it.
private actor LoadStage {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private(set) var outcome: Result<LoadReport, LoadError>?
    private var scenario: (any LoadScenario)?
    private var isBrokenOff = false

    init(loop: EventLoop) { self.loop = loop }

    func relay(_ options: LoadOptions, _ target: LoadTarget) async {
        do {
            let tokens = try await LoadTokens.make(
                count: options.pairs, site: options.site, secret: options.secret)
            let crowd = try LoadCrowd(loop: loop, target: target, connectRate: options.connectRate)
            let run = String(UInt64.random(in: 0...UInt64.max), radix: 36)
            let relay = RelayScenario(
                options: options, crowd: crowd, tokens: tokens, runName: run
            ) { self.finish($0) }
            scenario = relay
            crowd.scenario = relay
            relay.start()
        } catch {
            finish(.failure(error as? LoadError ?? LoadError("\(error)")))
        }
    }

    func idle(_ options: LoadOptions, _ target: LoadTarget) {
        play(options, target) { IdleScenario(options: options, crowd: $0, finish: $1) }
    }

    func storm(_ options: LoadOptions, _ target: LoadTarget) {
        play(options, target) { StormScenario(options: options, crowd: $0, finish: $1) }
    }

    private func play(
        _ options: LoadOptions, _ target: LoadTarget,
        _ make: (LoadCrowd, @escaping (Result<LoadReport, LoadError>) -> Void) -> any LoadScenario
    ) {
        do {
            let crowd = try LoadCrowd(loop: loop, target: target, connectRate: options.connectRate)
            let made = make(crowd) { self.finish($0) }
            scenario = made
            crowd.scenario = made
            made.start()
        } catch {
            finish(.failure(LoadError("\(error)")))
        }
    }

    func breakOff() {
        guard let scenario, !isBrokenOff else { exit(130) }
        isBrokenOff = true
        scenario.breakOff()
    }

    private func finish(_ outcome: Result<LoadReport, LoadError>) {
        self.outcome = outcome
        loop.stop()
    }
}
