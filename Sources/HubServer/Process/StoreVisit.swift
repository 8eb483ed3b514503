/// One command's visit to the store of a hub: connect, ask, leave. `SiteStore` makes one for each
/// thing it is asked; nothing of a node runs in it.
import ChatModel
import EventLoop
import Foundation
import HubConfig
import HubCore
import Redis
import RedisStore

actor StoreVisit<Value: Sendable> {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let door: StoreDoor
    let desk = StoreDesk()
    private var connection: RedisConnection?
    private var result: Result<Value, ServeError>?
    /// Why Redis was lost last; for people.
    private var lastLoss = ""
    /// The site whose layout was checked.
    private var looked: SiteID?

    typealias Work = @Sendable (isolated StoreVisit) async throws(ServeError) -> Value

    /// Blocks until `work` is done or the store turns out to be away.
    static func make(_ door: StoreDoor, _ work: @escaping Work) throws -> Value {
        let loop = try EventLoop()
        let visit = StoreVisit(loop: loop, door: door)
        Task(executorPreference: loop) { await visit.run(work) }
        loop.run()
        guard let result = visit.assumeIsolated({ $0.result }) else {
            throw ServeError.redisAway(door.shown)
        }
        return try result.get()
    }

    private init(loop: EventLoop, door: StoreDoor) {
        self.loop = loop
        self.door = door
    }

    private func run(_ work: Work) async {
        do throws(ServeError) {
            try await connect()
            result = .success(try await work(self))
        } catch {
            result = .failure(error)
        }
        connection?.stop()
        loop.stop()
    }

    private func connect() async throws(ServeError) {
        let connection = RedisConnection(
            loop: loop, endpoint: door.endpoint, options: RedisOptions(door.options))
        self.connection = connection
        // Nothing is listened to: the subscriber is never started.
        let store = RedisStore(
            loop: loop, connection: connection,
            subscriber: RedisSubscriber(loop: loop, endpoint: door.endpoint),
            onReply: { [desk] in _ = desk.take($0, $1) }, onNotice: { _, _ in })
        store.onConnectionState = {
            if case .lost(_, let detail) = $0 { self.lastLoss = detail }
        }
        desk.store = store
        connection.start()
        let limit = loop.nowMilliseconds() + StoreDoor.patienceMilliseconds
        while !store.isReady {
            guard loop.nowMilliseconds() < limit else { throw door.away(lastLoss) }
            await withCheckedContinuation { continuation in
                loop.schedule(afterMilliseconds: 5) { continuation.resume() }
            }
        }
    }

    /// The store's answer; a store that went away is an error, and so are data that would be
    /// misread.
    func ask(_ request: StoreRequest, site: SiteID) async throws(ServeError) -> StoreReply {
        if site != looked, let connection {
            try await RedisHouse(connection).checkLayout(of: site)
            looked = site
        }
        let reply = await desk.ask(request, site: site)
        guard reply != .unavailable else { throw ServeError.storeLost }
        return reply
    }

    /// The answer of Redis itself, for what no step of the store tells.
    func command(_ command: RedisCommand) async throws(ServeError) -> RedisReply {
        guard let connection else { throw ServeError.storeLost }
        let result = await withCheckedContinuation { continuation in
            connection.send(command) { continuation.resume(returning: $0) }
        }
        guard case .success(let reply) = result else { throw ServeError.storeLost }
        return reply
    }

    func pause(milliseconds: Int64) async {
        await withCheckedContinuation { continuation in
            loop.schedule(afterMilliseconds: milliseconds) { continuation.resume() }
        }
    }

    func sites() async throws(ServeError) -> [SiteID] {
        guard let connection else { return [] }
        return try await RedisHouse(connection).sites()
    }

    /// What to say when a site has no version here, with the names of those that have one.
    func unknown(_ site: SiteID) async throws(ServeError) -> ServeError {
        let names = try await sites().map(\.text)
        let known =
            names.isEmpty
            ? "it knows none yet; `chathub apply FILE` brings one into force"
            : "it knows \(names.joined(separator: ", "))"
        return .site("the hub knows no site `\(site)`; \(known)")
    }

    /// Nodes look at the list of sites; a site is in it before it has its first version.
    func announce(_ site: SiteID) async throws(ServeError) {
        guard let connection else { return }
        try await RedisHouse(connection).add(site)
    }
}

/// Where a command finds the store: the Redis it is told, or the private one of a data folder.
struct StoreDoor: Sendable {
    let endpoint: RedisEndpoint
    let options: NodeSettings.Redis
    /// The data folder, when the Redis is its private one.
    let dataFolder: String?

    /// How long a command waits for Redis. A private one may just be starting again.
    static let patienceMilliseconds: Int64 = 3_000

    init(_ settings: NodeSettings) throws {
        options = settings.redis
        if let url = settings.redis.url {
            endpoint = try RedisEndpoint.parse(url)
            dataFolder = nil
            return
        }
        let path = settings.dataFolder
        guard FileManager.default.fileExists(atPath: path) else {
            throw ServeError.noHub(dataFolder: path)
        }
        let socket = PrivateRedis.socketPath(try DataFolder(path: path))
        guard FileManager.default.fileExists(atPath: socket) else {
            throw ServeError.noHub(dataFolder: path)
        }
        endpoint = RedisEndpoint(.unix(path: socket))
        dataFolder = path
    }

    var shown: String { endpoint.description }
    func away(_ why: String) -> ServeError {
        dataFolder.map { .noHub(dataFolder: $0) } ?? .redisAway(shown, why: why)
    }
}
