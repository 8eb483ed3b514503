/// `chathub robot`: the built-in robot, one process for all sites. It reads the site files in force
/// from the store every two seconds, makes itself a token for each that has pairs, and is from then
/// on a bot connection like any other. Started by `RobotKeeper`; when the parent goes, it goes.
import ChatModel
import EventLoop
import Foundation
import HubConfig
import HubCore
import Logging
import Redis
import RedisStore

actor RobotProcess {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private static let lookMilliseconds: Int64 = 2_000
    private static let tokenMilliseconds: Int64 = 86_400_000

    private let settings: NodeSettings
    private let port: Int
    private let log: Logger
    private let control: ControlChannel
    private let stores = StoreDesk()
    private var connection: RedisConnection?
    private var robots: RobotDesk?
    private var versions: [SiteID: Int] = [:]
    private var isStopping = false
    private(set) var hasFailed = false

    init(loop: EventLoop, settings: NodeSettings, port: Int, log: Logger) {
        self.loop = loop
        self.settings = settings
        self.port = port
        self.log = log
        control = ControlChannel(loop: loop, descriptor: WorkerCommand.controlDescriptor)
    }

    func start() async {
        control.onEnd = { self.stop() }
        loop.onSignal(SIGTERM) { self.stop() }
        loop.onSignal(SIGINT) {}
        do {
            try control.open()
            try await comeUp()
            await look()
        } catch {
            hasFailed = true
            log.error("the robot cannot start", metadata: ["why": "\(error)"])
            stop()
        }
    }

    private func comeUp() async throws {
        let keys = try await KeyRing(
            dataFolder: settings.dataFolder, environment: ProcessInfo.processInfo.environment
        ).load(makeIfAbsent: false)
        guard let url = settings.redis.url else {
            throw ServeError.settings("the robot needs the address of a Redis")
        }
        let endpoint = try RedisEndpoint.parse(url)
        let connection = RedisConnection(
            loop: loop, endpoint: endpoint, options: RedisOptions(settings.redis))
        self.connection = connection
        // Only site files are read: nothing is listened to, and the subscriber is never started.
        stores.store = RedisStore(
            loop: loop, connection: connection,
            subscriber: RedisSubscriber(loop: loop, endpoint: endpoint),
            onReply: { [stores] in _ = stores.take($0, $1) }, onNotice: { _, _ in })
        connection.start()
        // Hubs that share a Redis have a robot each; one that is started again, by a restart or
        // because it died, is the same, and has its sessions back when it comes within its grace.
        let id = try DataFolder(path: settings.dataFolder).robotIdentifier()
        let (issuer, log) = (TokenIssuer(keys: keys), self.log)
        robots = try RobotDesk(
            loop: loop, address: Self.loopback(settings.listen.host), port: UInt16(port), log: log
        ) { link in
            do {
                return try issuer.token(
                    site: link.site, role: .bot, id: id, name: link.name,
                    now: WallClock.milliseconds(), lifetime: Self.tokenMilliseconds)
            } catch {
                log.error("no token for the robot", metadata: ["why": "\(error)"])
                return nil
            }
        }
    }

    /// Where our own hub is reached from here.
    private static func loopback(_ host: String) -> String {
        switch host {
        case "0.0.0.0", "localhost": "127.0.0.1"
        case "::", "[::]": "::1"
        default: host
        }
    }

    private func look() async {
        guard !isStopping, let connection else { return }
        do {
            for site in try await RedisHouse(connection).sites() { await load(site) }
        } catch {
            log.debug("sites not read now", metadata: ["why": "\(error)"])
        }
        loop.schedule(afterMilliseconds: Self.lookMilliseconds) { [weak self] in
            guard let self else { return }
            Task(executorPreference: self.loop) { await self.look() }
        }
    }

    private func load(_ site: SiteID) async {
        guard case .site(let stored?) = await stores.ask(.loadSite, site: site),
            stored.version != versions[site]
        else { return }
        versions[site] = stored.version
        let file = SiteFile.load(text: stored.text, name: "\(site), version \(stored.version)")
        // The nodes tell what is wrong with it; the robot keeps to what it knew.
        guard let settings = file.settings else { return }
        robots?.siteChanged(site, settings.robot)
    }

    private func stop() {
        guard !isStopping else { return }
        isStopping = true
        connection?.stop()
        guard let robots else { return loop.stop() }
        robots.stop { self.loop.stop() }
    }
}
