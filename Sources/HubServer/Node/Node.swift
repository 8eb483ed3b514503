/// One hub process: the one actor on the one loop. Events come in from sockets, Redis and timers,
/// `Hub` turns them into effects, and this file's neighbours perform those. Nothing here decides.
import ChatModel
import ChatProtocol
import EventLoop
import HubConfig
import HubCore
import Logging
import Redis
import RedisStore
import WebSockets

actor Node {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Opaque: told to clients and logs.
    let name: String
    let settings: NodeSettings
    let log: Logger
    let metrics: NodeMetrics
    let verifier: TokenVerifier
    var hub: Hub
    var store: RedisStore?
    var server: WebSocketServer?
    /// Open sockets by the hub's connection number, which is the session's own.
    var sessions: [ConnectionNumber: WebSocketSession] = [:]
    var timers: [HubTimer: TimerID] = [:]
    /// Reused from event to event; empty between them.
    private var effects: [HubEffect] = []
    /// Those being performed; it changes places with `effects`, so that neither is made anew.
    private var batch: [HubEffect] = []
    /// Events that arise while effects are performed, such as an answer that is known at once.
    private var followUps: [HubEvent] = []
    private var isPerforming = false
    var random = SystemRandomNumberGenerator()
    /// Requests of the node itself, beside the hub's.
    let desk = StoreDesk()
    var onDrained: (() -> Void)?
    /// A site with question and answer pairs came into force here.
    var onRobotWanted: (() -> Void)?
    /// The version in force here, or the last one that could not be read.
    var siteVersions: [SiteID: Int] = [:]
    var commands: RedisConnection?
    var subscriber: RedisSubscriber?
    /// For `replicated` only: WAIT blocks its connection (DESIGN section 9).
    var replicaConnection: RedisConnection?
    var door: SocketDoor?
    var blobs: FolderBlobStore?
    /// Told already, not to be told again at every reload of a page.
    var refusedOrigins = SparseTelling()

    init(
        loop: EventLoop, name: String, settings: NodeSettings, verifier: TokenVerifier,
        signer: FileSigner, metrics: NodeMetrics, log: Logger
    ) {
        self.loop = loop
        self.name = name
        self.settings = settings
        self.verifier = verifier
        self.metrics = metrics
        self.log = log
        hub = Hub(
            node: name, timing: HubTiming(settings),
            frameBytes: settings.connections.frameBytes,
            frameLines: settings.connections.frameLines,
            random: SystemRandomNumberGenerator(), signedAddress: signer.address)
    }

    /// Milliseconds of both clocks: the monotonic one orders, the wall's is only told to people.
    var now: Instant {
        Instant(
            monotonicMilliseconds: loop.nowMilliseconds(),
            wallMilliseconds: WallClock.milliseconds())
    }

    /// Lets the hub take an event and performs what it wants done, with everything that follows
    /// from it at once.
    func handle(_ event: HubEvent) {
        guard !isPerforming else { return followUps.append(event) }
        hub.handle(event, now: now, into: &effects)
        perform()
    }

    /// A whole message from a socket: its lines, one by one.
    func receive(_ message: UnsafeRawBufferPointer, from connection: ConnectionNumber) {
        let now = now
        let limit = settings.connections.frameLines
        let fits = FrameDecoder.lines(in: message, atMost: limit) { line in
            hub.receive(line, from: connection, now: now, into: &effects)
        }
        if !fits {
            hub.handle(
                .line(connection, .failure(FrameDecoder.tooManyLines(limit: limit))), now: now,
                into: &effects)
        }
        perform()
    }

    private func perform() {
        isPerforming = true
        while !effects.isEmpty || !followUps.isEmpty {
            swap(&effects, &batch)
            for index in batch.indices { perform(batch[index]) }
            batch.removeAll(keepingCapacity: true)
            let events = followUps
            followUps.removeAll(keepingCapacity: true)
            for event in events { hub.handle(event, now: now, into: &effects) }
        }
        isPerforming = false
    }

    /// The store's answers, to whoever asked.
    func stored(_ operation: OperationID, _ reply: StoreReply) {
        if !desk.take(operation, reply) { handle(.stored(operation, reply)) }
    }
}
