/// A node's coming up, its figures and its end. Called by `WorkerProcess`.
import ChatModel
import EventLoop
import HubConfig
import HubCore
import Logging
import Redis
import RedisStore
import WebSockets

extension Node {
    /// Starts the connections to Redis and waits for them, and for the one of `customers`: who is
    /// listened to is answered. `replicas`: for the class `replicated`
    /// only, because WAIT blocks its connection (DESIGN section 9).
    func connect(
        commands: RedisConnection, subscriber: RedisSubscriber, replicas: RedisConnection?,
        customers: CustomerApi
    ) async throws(ServeError) {
        replicaConnection = replicas
        self.commands = commands
        self.subscriber = subscriber
        commands.onRoundTrip = { [metrics] in metrics.roundTrip(microseconds: $0) }
        let store = RedisStore(
            loop: loop, connection: commands, subscriber: subscriber, durability: durability,
            onReply: { [weak self] operation, reply in
                self?.assumeIsolated { $0.stored(operation, reply) }
            },
            onNotice: { [weak self] site, notice in
                self?.assumeIsolated { $0.noticed(site, notice) }
            })
        store.onFault = { [log] what in
            log.error("a store step failed", metadata: ["why": "\(what)"])
        }
        self.store = store
        desk.store = store
        commands.start()
        replicaConnection?.start()
        subscriber.probe(
            channel: Array("chathub:probe:\(name)".utf8), publishThrough: commands)
        subscriber.start()
        let limit = loop.nowMilliseconds() + 30_000
        while !store.isReady || !subscriber.isHealthy || !customers.isReady {
            guard loop.nowMilliseconds() < limit else {
                throw ServeError.redisAway("the configured address")
            }
            await pause(milliseconds: 10)
        }
        watchLag(expected: loop.nowMilliseconds() + Self.lagMilliseconds)
    }

    /// What an acknowledgement of this node stands for.
    private var durability: StoreDurability {
        guard settings.durability == .replicated, let replicaConnection else { return .accepted }
        return .replicated(
            atLeast: settings.replicas, withinMilliseconds: 1000, over: replicaConnection)
    }

    func siteChanged(_ site: SiteSettings, version: Int) {
        let rules = SiteRules(site, version: version, durability: settings.durability)
        siteVersions[rules.site] = version
        if site.robot?.hasPairs == true { onRobotWanted?() }
        handle(.siteChanged(rules))
    }

    /// Set before the first site is in force.
    func whenRobotIsWanted(_ then: @escaping @Sendable () -> Void) { onRobotWanted = then }

    func noticed(_ site: SiteID, _ notice: StoreNotice) {
        if case .siteApplied = notice { siteApplied(site) }
        handle(.noticed(site, notice))
    }

    /// Begins to serve on the socket the parent opened.
    func listen(http: HttpDoor) throws {
        var options = ServerOptions()
        options.limits = WebSocketLimits(settings.connections)
        if let certificate = settings.tls.certificateFile, let key = settings.tls.keyFile {
            options.tls = TLSFiles(certificatePath: certificate, keyPath: key)
        }
        options.extraHeaders += HttpDoor.proxyMarks
        let scheme = options.tls == nil ? "http" : "https"
        let door = SocketDoor(node: self, http: http, scheme: scheme)
        let server = try WebSocketServer(loop: loop, options: options, handler: door)
        self.door = door
        self.server = server
        try server.listen(on: ListenerSocket(resuming: WorkerCommand.listenerDescriptor))
    }

    /// Sends everybody away and gives the lease up; `then` is called when nobody is left.
    func drain(then: @escaping @Sendable () -> Void) {
        server?.pauseAccepting()
        onDrained = { [weak self] in
            guard let self, let server = self.assumeIsolated({ $0.server }) else { return then() }
            server.shutDown(then: then)
        }
        handle(.drain)
    }

    func pause(milliseconds: Int64) async {
        await withCheckedContinuation { continuation in
            loop.schedule(afterMilliseconds: milliseconds) { continuation.resume() }
        }
    }

    // MARK: Figures

    private static let lagMilliseconds: Int64 = 500

    /// How late a timer fires is how long the loop was busy with something else.
    private func watchLag(expected: Int64) {
        loop.schedule(afterMilliseconds: max(1, expected - loop.nowMilliseconds())) { [weak self] in
            self?.assumeIsolated { node in
                let now = node.loop.nowMilliseconds()
                node.metrics.loopLag(milliseconds: now - expected)
                node.watchLag(expected: now + Self.lagMilliseconds)
            }
        }
    }

    /// `ok`, or what is wrong here.
    func healthText() -> String {
        var problems: [String] = []
        if commands?.isReady != true { problems.append("redis is away") }
        if subscriber?.isHealthy != true { problems.append("the subscription's probe is silent") }
        if server == nil { problems.append("not listening") }
        return problems.isEmpty ? "ok" : "\(name): " + problems.joined(separator: ", ")
    }

    func metricsText() -> String {
        let table = metrics.table
        metrics.settle()
        if let figures = server?.statistics {
            table.set("chathub_connections", to: Double(figures.connections))
            table.set("chathub_outbox_bytes", to: Double(figures.waitingBytes))
            table.set("chathub_frames_sent_total", to: Double(figures.framesOut))
            table.set("chathub_bytes_sent_total", to: Double(figures.bytesOut))
            table.set("chathub_bytes_received_total", to: Double(figures.bytesIn))
            for (reason, count) in figures.refused {
                table.set(
                    "chathub_handshakes_refused_total", "reason=\"\(reason)\"", to: Double(count))
            }
        }
        table.set("chathub_redis_up", to: commands?.isReady == true ? 1 : 0)
        table.set("chathub_subscription_up", to: subscriber?.isHealthy == true ? 1 : 0)
        let hub = hub.snapshot()
        table.clear("chathub_people")
        for (role, count) in hub.connections {
            table.set("chathub_people", "role=\"\(role.rawValue)\"", to: Double(count))
        }
        table.clear("chathub_sessions_here")
        for (state, count) in hub.sessions {
            table.set("chathub_sessions_here", "state=\"\(state.rawValue)\"", to: Double(count))
        }
        return table.text()
    }
}

extension HubTiming {
    /// People get half of the drain's time to leave by themselves, at most three seconds.
    init(_ settings: NodeSettings) {
        self.init(
            heartbeat: settings.connections.heartbeatMilliseconds,
            greeting: settings.connections.helloMilliseconds, lease: settings.leaseMilliseconds,
            queueTick: settings.queueTickMilliseconds,
            farewell: min(3_000, settings.drainMilliseconds / 2))
    }
}

extension WebSocketLimits {
    init(_ settings: NodeSettings.Connections) {
        self.init()
        maxMessageBytes = settings.frameBytes
        maxFragments = settings.frameFragments
        unfinishedMessageSeconds = Int(settings.unfinishedMilliseconds / 1000)
        maxUnfinishedBytesTotal = settings.unfinishedBytes
        outboxLimitBytes = settings.outboxBytes
        maxFrameOutBytes = settings.frameOutBytes
        acceptsPerTurn = settings.acceptsPerTurn
    }
}

extension RedisOptions {
    init(_ settings: NodeSettings.Redis) {
        self.init()
        connectDeadlineMilliseconds = settings.connectMilliseconds
        commandDeadlineMilliseconds = settings.commandMilliseconds
        firstBackoffMilliseconds = settings.backoffFirstMilliseconds
        longestBackoffMilliseconds = settings.backoffMostMilliseconds
        probeIntervalMilliseconds = settings.probeMilliseconds
        maximumPendingCalls = settings.maximumPendingCalls
        maximumOutboxBytes = settings.outboxBytes
    }
}
