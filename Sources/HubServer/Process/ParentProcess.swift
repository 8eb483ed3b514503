/// `chathub serve`: the order in which a hub comes up and goes down. Data folder, private Redis,
/// keys, sites, listeners, workers; and the other way round. The parent serves nobody itself.
import ChatModel
import EventLoop
import Foundation
public import HubConfig
import HubCore
import Logging
import Redis
import RedisStore
import WebSockets

/// What `chathub serve` was asked for.
public struct ServeRequest: Sendable {
    public var settings: NodeSettings
    /// How to start a worker: our own program with the same arguments.
    public var worker: WorkerCommand
    /// How to start the built-in robot; the port is added.
    public var robot: WorkerCommand
    /// Print links for everybody of the first site: for demos.
    public var printLinks: Bool
    /// With their signed tokens.
    public var printTokens: Bool

    public init(
        settings: NodeSettings, worker: WorkerCommand, robot: WorkerCommand, printLinks: Bool,
        printTokens: Bool
    ) {
        self.settings = settings
        self.worker = worker
        self.robot = robot
        self.printLinks = printLinks
        self.printTokens = printTokens
    }
}

actor ParentProcess {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let request: ServeRequest
    private let log: Logger
    private var privateRedis: PrivateRedis?
    private var redis: RedisConnection?
    private let desk = StoreDesk()
    private var supervisor: Supervisor?
    private var robot: RobotKeeper?
    private var siteFiles: [SiteInForce] = []
    /// Why Redis was lost last; for people.
    private var lastLoss = ""
    private var isStopping = false
    /// What the process ends with.
    private(set) var failure: ServeError?

    private var settings: NodeSettings { request.settings }

    init(loop: EventLoop, request: ServeRequest, log: Logger) {
        self.loop = loop
        self.request = request
        self.log = log
    }

    /// Brings the hub up; on a failure takes down what is up already.
    func start() async {
        for signal in [SIGINT, SIGTERM, SIGHUP] where !Self.isIgnored(signal) {
            loop.onSignal(signal) { self.stop() }
        }
        do {
            try checkWebFolder()
            let folder = try DataFolder(path: settings.dataFolder)
            let url = try await redisURL(folder)
            let keys = try await loadKeys(folder)
            let redis = try await connect(url)
            try await RedisHouse(redis).claim(fingerprint: keys.fingerprint)
            for text in await RedisHouse(redis).unfitSettings(settings.durability) {
                log.warning("Redis is set so that a promise breaks", metadata: ["why": "\(text)"])
            }
            try await applySites(redis)
            guard !isStopping else { return }
            var environment = NodeFile.environment(of: settings)
            environment["CHATHUB_REDIS"] = url
            // As a whole path: what a worker makes of a relative one is not looked after.
            environment["CHATHUB_DATA"] = folder.path
            environment["CHATHUB_SIGNING_KEY"] = try keyRing(folder).secretText()
            try startWorkers(environment, links: try links(TokenIssuer(keys: keys)))
        } catch {
            // Whoever stops a hub that is coming up is told of no failure.
            if isStopping { return }
            failure = error as? ServeError ?? .settings(String(describing: error))
            stop()
        }
    }

    /// Workers first, Redis last. The robot outlives the workers: what it talks about goes on with
    /// it after a restart.
    func stop() {
        guard !isStopping else { return }
        isStopping = true
        log.info("stopping")
        guard let supervisor else { return stopRedis() }
        supervisor.stop {
            guard let robot = self.robot else { return self.stopRedis() }
            robot.stop { self.stopRedis() }
        }
    }

    private func stopRedis() {
        redis?.stop()
        guard let privateRedis else { return end() }
        privateRedis.stop { self.end() }
    }

    private func end() {
        log.info("stopped")
        loop.stop()
    }

    /// Pages that are not there would be 404 for everybody, and nobody would know why.
    private func checkWebFolder() throws(ServeError) {
        guard let folder = settings.webFolder else { return }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
        guard exists, isFolder.boolValue else { throw ServeError.webFolder(folder) }
    }

    /// `nohup` has SIGHUP ignored, and means it.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        // Handlers cannot be compared as functions; their addresses are never dereferenced.
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return handler == 1  // SIG_IGN (sigaction(2))
    }

    // MARK: Redis

    /// The configured Redis, or our own, started here.
    private func redisURL(_ folder: DataFolder) async throws -> String {
        if let url = settings.redis.url { return url }
        guard let lock = try await lockFolder(folder) else {
            throw ServeError.folderInUse(folder.path)
        }
        let own = PrivateRedis(
            loop: loop, folder: folder, lockDescriptor: lock, settings: settings.privateRedis,
            fsync: settings.durability == .synced ? "always" : "everysec", log: log)
        try own.start()
        privateRedis = own
        return "unix://" + own.socketPath
    }

    /// A hub that was killed may leave its Redis alive for a moment: that one is ended and waited
    /// for. A living hub keeps its folder.
    private func lockFolder(_ folder: DataFolder) async throws -> Int32? {
        for attempt in 0..<50 {
            if let descriptor = try folder.lock() {
                try folder.writeOwner(descriptor)
                return descriptor
            }
            if folder.ownerIsAlive { return nil }
            if attempt == 0 { PrivateRedis.endStale(in: folder) }
            await pause(milliseconds: 100)
        }
        return nil
    }

    private func connect(_ url: String) async throws -> RedisConnection {
        let endpoint = try RedisEndpoint.parse(url)
        let connection = RedisConnection(
            loop: loop, endpoint: endpoint, options: RedisOptions(settings.redis))
        redis = connection
        // The parent only applies site files: its subscriber is never started.
        let store = RedisStore(
            loop: loop, connection: connection,
            subscriber: RedisSubscriber(loop: loop, endpoint: endpoint),
            onReply: { [desk] in _ = desk.take($0, $1) }, onNotice: { _, _ in })
        store.onConnectionState = {
            if case .lost(_, let detail) = $0 { self.lastLoss = detail }
        }
        desk.store = store
        connection.start()
        // A private Redis reads its file first; a remote one has the time a person would give it.
        let patience = privateRedis == nil ? 10_000 : 60_000
        let limit = loop.nowMilliseconds() + Int64(patience)
        loop.schedule(afterMilliseconds: 1000) {
            if !store.isReady, !self.isStopping { self.tellWaiting(endpoint, patience / 1000) }
        }
        while !store.isReady {
            guard loop.nowMilliseconds() < limit, !isStopping else {
                throw ServeError.redisAway(endpoint.description, why: lastLoss)
            }
            await pause(milliseconds: 20)
        }
        privateRedis?.answered()
        return connection
    }

    /// A silent start looks like a broken one. That our own Redis takes a moment is no fault.
    private func tellWaiting(_ endpoint: RedisEndpoint, _ seconds: Int) {
        log.log(
            level: privateRedis == nil ? .warning : .info,
            "Redis does not answer yet; waiting for it",
            metadata: [
                "at": "\(endpoint)", "why": "\(lastLoss.isEmpty ? "no answer" : lastLoss)",
                "at_most": "\(seconds) s",
            ])
    }

    private func loadKeys(_ folder: DataFolder) async throws -> SigningKeys {
        try await keyRing(folder).load(makeIfAbsent: true)
    }

    private func keyRing(_ folder: DataFolder) -> KeyRing {
        KeyRing(dataFolder: folder.path, environment: ProcessInfo.processInfo.environment)
    }

    // MARK: Sites

    private func applySites(_ redis: RedisConnection) async throws {
        let house = RedisHouse(redis)
        for site in try await house.sites() { try await house.claimLayout(of: site) }
        let applier = SiteApplier(desk: desk, house: house, log: log)
        for path in settings.sites {
            siteFiles.append(try await applier.apply(file: path))
        }
        if siteFiles.isEmpty, try await RedisHouse(redis).sites().isEmpty {
            log.warning("no site is known yet; name one with --site FILE")
        }
    }

    // MARK: Workers

    private func links(_ issuer: TokenIssuer) throws -> DemoLinks? {
        guard request.printLinks, let site = siteFiles.first?.settings else { return nil }
        let isSecure = settings.tls.certificateFile != nil
        return try DemoLinks(site: site, issuer: issuer, scheme: isSecure ? "https" : "http")
    }

    /// `own`: what the workers have in place of the files and options this process read, so
    /// that one started again later is like the others.
    private func startWorkers(_ own: [String: String], links: DemoLinks?) throws {
        let address = settings.listen
        let listeners: [ListenerSocket]
        do {
            listeners = try ListenerSocket.group(
                address: address.host == "localhost" ? "127.0.0.1" : address.host,
                port: UInt16(address.port), count: settings.workers)
        } catch {
            throw ServeError.port("\(address)", error)
        }
        let environment = ProcessInfo.processInfo.environment.merging(own) { _, new in new }
        let supervisor = Supervisor(
            loop: loop, command: request.worker, environment: environment, log: log)
        self.supervisor = supervisor
        supervisor.onGiveUp = { why in
            self.failure = why
            self.stop()
        }
        keepRobot(environment, port: listeners[0].port, for: supervisor)
        let shown = ListenAddress(host: address.host, port: Int(listeners[0].port))
        try supervisor.start(listeners: listeners) {
            self.log.notice(
                "serving",
                metadata: ["listen": "\(shown)", "workers": "\(self.settings.workers)"])
            // Written whole, also into a pipe: somebody waits for it.
            if let links {
                let text =
                    self.request.printTokens
                    ? links.text(address: shown)
                    : links.textWithoutTokens(
                        address: shown, dataFolder: self.settings.dataFolder)
                LogLines.write(Array(text.utf8), to: STDOUT_FILENO)
            }
        }
    }

    /// Workers tell when a site wants the built-in robot. It speaks plain WebSocket over loopback.
    private func keepRobot(
        _ environment: [String: String], port: UInt16, for supervisor: Supervisor
    ) {
        guard settings.tls.certificateFile == nil else {
            supervisor.onRobotWanted = { [log] in
                log.warning("the built-in robot does not speak TLS: connect one as a bot")
            }
            return
        }
        var command = request.robot
        command.arguments.append(String(port))
        let robot = RobotKeeper(loop: loop, command: command, environment: environment, log: log)
        self.robot = robot
        supervisor.onRobotWanted = { robot.want() }
    }

    private func pause(milliseconds: Int64) async {
        await withCheckedContinuation { continuation in
            loop.schedule(afterMilliseconds: milliseconds) { continuation.resume() }
        }
    }
}
