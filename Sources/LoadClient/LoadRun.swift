/// Runs one scenario on a loop of its own, from the checks before the start to the report. Called
/// by the executable.
import ChatModel
import EventLoop
import Foundation
import WebSockets

public enum LoadRun {
    /// Blocks until the scenario is over. Throws before anything is sent when it cannot work.
    /// In a process that plays a part the report goes to the one that started it, and nil comes
    /// back.
    public static func play(_ options: LoadOptions) throws -> LoadReport? {
        let target = try check(options)
        if options.part == nil, options.processCount > 1 {
            return try run { await $0.conductParts(options) }
        }
        let own = share(options)
        guard own.part != nil else { return try run { await $0.play(own, target) } }
        do {
            let report = try run { await $0.play(own, target) }
            _ = PartLine.report(report).write(to: 1)
        } catch {
            _ = PartLine.failure("\(error)").write(to: 1)
        }
        return nil
    }

    /// What would make half a result: told before the start.
    private static func check(_ options: LoadOptions) throws(LoadError) -> LoadTarget {
        let target = try LoadTarget(url: options.url)
        let connections = share(options).connectionCount
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let free = Int(clamping: limit.rlim_cur) - 64
        guard connections <= free else {
            throw LoadError(
                "\(connections) connections need as many file descriptors, and this process may "
                    + "have \(free); raise `ulimit -n`, ask for fewer, or share the work with "
                    + "--processes")
        }
        let ports = 28_000 * max(1, options.sourceAddresses.count)
        guard options.connectionCount <= ports else {
            throw LoadError(
                "\(options.connectionCount) connections to one address need more local ports than "
                    + "\(ports); name several addresses, such as "
                    + "--source-addresses 127.0.0.1-127.0.0.8")
        }
        _ = try FiguresNow(options.processes)
        return target
    }

    /// What this process does of a run that several share.
    private static func share(_ options: LoadOptions) -> LoadOptions {
        guard options.processCount > 1 else { return options }
        let part = options.part ?? 0
        var own = options
        own.pairs = share(options.pairs, part, of: options.processCount)
        own.connections = share(options.connections, part, of: options.processCount)
        own.connectRate = options.connectRate / Double(options.processCount)
        if options.part != nil {
            own.processes = []
            own.showsProgress = false
            own.p99BoundMilliseconds = nil
        }
        return own
    }

    private static func share(_ count: Int, _ part: Int, of parts: Int) -> Int {
        count / parts + (part < count % parts ? 1 : 0)
    }

    private static func run(_ play: @escaping @Sendable (LoadStage) async -> Void) throws
        -> LoadReport
    {
        // A part that died is told of by its pipe, not by a signal.
        signal(SIGPIPE, SIG_IGN)
        let loop = try EventLoop()
        let stage = LoadStage(loop: loop)
        Task(executorPreference: loop) { await play(stage) }
        loop.run()
        return try stage.assumeIsolated { stage in
            guard let outcome = stage.outcome else { throw LoadError("the run was broken off") }
            return try outcome.get()
        }
    }
}

extension LoadOptions {
    /// How many connections the scenario holds at once, at most.
    var connectionCount: Int {
        switch scenario {
        case .relay: pairs * 2
        case .idle, .storm: connections
        case .broadcast: connections + BroadcastScenario.customerLimit
        case .queue, .day: crowd.customers + crowd.agents
        case .slowReaders: (pairs + slowReaders) * 2
        }
    }

    /// How many agents' tokens the scenario needs.
    var agentCount: Int {
        switch scenario {
        case .relay: pairs
        case .idle, .storm: 0
        case .broadcast: connections
        case .queue, .day: crowd.agents
        case .slowReaders: pairs + slowReaders
        }
    }
}

/// Begins a scenario on the loop, keeps it alive while it runs, and holds what came of it.
private actor LoadStage {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private(set) var outcome: Result<LoadReport, LoadError>?
    private var scenario: (any LoadScenario)?
    private var context: LoadContext?
    private var parts: PartsRun?

    init(loop: EventLoop) { self.loop = loop }

    func play(_ options: LoadOptions, _ target: LoadTarget) async {
        do {
            let tokens = options.agentCount == 0
                ? []
                : try await LoadTokens.make(
                    numbers: (0..<options.agentCount).map { LoadContext.agentNumber($0, options) },
                    site: options.site, secret: options.secret)
            let crowd = try LoadCrowd(
                loop: loop, target: target, sources: options.sourceAddresses,
                connectRate: options.connectRate,
                // Much is read at once there; elsewhere memory for each connection counts.
                rxBufferBytes: options.scenario == .slowReaders ? 16_384 : 1_024)
            let context = LoadContext(
                options: options, crowd: crowd, conductor: try conductor(options), tokens: tokens
            ) { self.finish($0) }
            self.context = context
            loop.onSignal(SIGINT) { [weak context] in context?.interrupt() }
            let made = Self.scenario(context)
            scenario = made
            context.begin(made)
        } catch {
            finish(.failure(error as? LoadError ?? LoadError("\(error)")))
        }
    }

    private func conductor(_ options: LoadOptions) throws -> any LoadConductor {
        guard options.part != nil else { return LocalConductor(options) }
        return try PartConductor(loop: loop, options: options) { isGone in
            if isGone { self.finish(.failure(LoadError("the parent process is gone"))) }
            self.context?.interrupt()
        }
    }

    private static func scenario(_ context: LoadContext) -> any LoadScenario {
        switch context.options.scenario {
        case .relay: RelayScenario(context)
        case .idle: IdleScenario(context)
        case .storm: StormScenario(context)
        case .queue, .day: ServiceScenario(context)
        case .broadcast: BroadcastScenario(context)
        case .slowReaders: SlowReaderScenario(context)
        }
    }

    func conductParts(_ options: LoadOptions) {
        let parts = PartsRun(loop: loop, options: options) { self.finish($0) }
        self.parts = parts
        loop.onSignal(SIGINT) { [weak parts] in parts?.interrupt() }
        parts.start()
    }

    private func finish(_ outcome: Result<LoadReport, LoadError>) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        loop.stop()
    }
}
