/// The Store port on Redis. One a node, over its two connections; `HubServer` makes it.
///
/// Each request is one call of a function in Redis (see `Lua/`), so it is one atomic step; steps
/// leave in the order they were submitted, in one write a loop turn. The appends of a turn leave as
/// one call a site.
public import ChatModel
public import EventLoop
public import HubCore
public import Redis

/// What an acknowledgement stands for (DESIGN section 9).
public enum StoreDurability {
    /// The script has returned. With Redis's `appendfsync everysec` a killed hub or Redis loses
    /// nothing, a dead machine the last second; with `always` (class `synced`) nothing.
    case accepted
    /// So many replicas have it too, or the answer is `uncertain`. They are asked over a connection
    /// of its own, once a loop turn.
    case replicated(atLeast: Int, withinMilliseconds: Int64, over: RedisConnection)
}

/// Used on the loop's thread only.
public final class RedisStore: Store {
    /// Called on the loop, never inside `submit`.
    public typealias OnReply = (OperationID, StoreReply) -> Void
    /// Called on the loop.
    public typealias OnNotice = (SiteID, StoreNotice) -> Void

    /// Redis answers, knows the steps, and its replication is known. Told at each (re)connect.
    public var onReady: (() -> Void)?
    /// A script failed or answered nonsense: our own mistake, for the log. No customer's text.
    public var onFault: ((_ what: String) -> Void)?
    /// Changes of the connections; this store takes their own `onStateChange`.
    public var onConnectionState: ((RedisState) -> Void)?

    /// Whether steps reach Redis now.
    public var isReady: Bool { connection.isReady && replication != nil }
    /// Whether notices reach this node now.
    public var isHearing: Bool { subscriber.isHealthy }

    /// Given by a test harness only: the clock and the replication instead of Redis's own.
    var harnessClock: Int64?
    var harnessReplication: [UInt8]? {
        didSet { if harnessReplication != nil { replication = harnessReplication } }
    }

    let loop: EventLoop
    let connection: RedisConnection
    let subscriber: RedisSubscriber
    let onNotice: OnNotice
    var sites: [SiteID: SiteChannels] = [:]
    private let functions = StepScript.functions
    private let onReply: OnReply
    private let gate: ReplicaGate?
    /// The first characters of the primary's replication id: another one begins a new epoch.
    private(set) var replication: [UInt8]?
    /// Answers that were known inside `submit`.
    private var refused: [OperationID] = []
    var unwatched: [OperationID] = []
    private(set) var hook: TurnHook?
    private var naming: TimerID?
    /// Times that the library was named since the connection was made.
    private var namings = 0

    /// Nodes name the library they use every three minutes; a name counts for ten. A node that is
    /// new here has heard of all others after that.
    private static let namingMilliseconds: Int64 = 180_000
    private static let namingsBeforeTidying = 4
    private static let namedMilliseconds = 600_000

    /// Call before the connections are started; both then belong to this store. A probe for the
    /// subscriber is the caller's to set.
    public init(
        loop: EventLoop, connection: RedisConnection, subscriber: RedisSubscriber,
        durability: StoreDurability = .accepted, onReply: @escaping OnReply,
        onNotice: @escaping OnNotice
    ) {
        self.loop = loop
        self.connection = connection
        self.subscriber = subscriber
        self.onReply = onReply
        self.onNotice = onNotice
        if case .replicated(let replicas, let milliseconds, let over) = durability {
            gate = ReplicaGate(
                replicas: replicas, milliseconds: milliseconds, connection: over)
        } else {
            gate = nil
        }
        connection.load(StepScript.library)
        connection.onStateChange = { [weak self] in self?.didChange($0) }
        subscriber.onMessage = { [weak self] in self?.didHear($0, $1) }
        subscriber.onReset = { [weak self] in self?.didSubscribeAgain() }
        // The hook ends itself when the store is gone.
        var made: TurnHook?
        made = loop.atTurnEnd { [weak self] in
            if let self { self.endTurn() } else { made?.cancel() }
        }
        hook = made
    }

    public func submit(_ call: StoreCall) {
        precondition(loop.isOnLoopThread)
        if case .unwatch(let session) = call.request { return unwatch(session, call) }
        guard isReady, let replication else { return refuse(call.operation) }
        let site = channels(of: call.site)
        if case .append(let append) = call.request {
            return add(append, call, site, replication)
        }
        flush(site)
        switch call.request {
        case .openLease:
            join(site) { [weak self] isHearing in
                guard let self else { return }
                guard isHearing, let replication = self.replication else {
                    return self.onReply(call.operation, .unavailable)
                }
                self.run(call, site, replication)
            }
        case .watch(let session): watch(session, call, site)
        case .history(let query) where site.readsBehindWatch[query.session] != nil:
            site.readsBehindWatch[query.session]?.append(call)
        default: run(call, site, replication)
        }
    }

    // MARK: Steps

    /// The channel is in force, or cannot be had: what was to be read behind it is read now.
    func readBehindWatch(_ session: SessionID, _ site: SiteChannels) {
        for call in site.readsBehindWatch.removeValue(forKey: session) ?? [] {
            if let replication { run(call, site, replication) } else { refuse(call.operation) }
        }
    }

    private func run(_ call: StoreCall, _ site: SiteChannels, _ replication: [UInt8]) {
        guard
            let step = StepCall(
                call, site: site, clock: harnessClock, replication: replication)
        else { preconditionFailure("a request that is not one step") }
        let request = call.request
        evaluate(step, changes: request.changesSomething, [call.operation]) {
            (bytes) throws(MalformedAnswer) in [try StepAnswer.reply(to: request, bytes)]
        }
    }

    /// Answers `done` if the lease holds, for what changes nothing in Redis; `answered` first.
    func fence(
        _ call: StoreCall, _ site: SiteChannels, _ answered: @escaping (StoreReply) -> Void
    ) {
        let step = StepCall(.fence, site: site, lease: call.lease, clock: harnessClock)
        evaluate(step, changes: false, [call.operation]) { (bytes) throws(MalformedAnswer) in
            let reply = try StepAnswer.reply(to: call.request, bytes)
            answered(reply)
            return [reply]
        }
    }

    private func evaluate(
        _ step: StepCall, changes: Bool, _ operations: [OperationID],
        _ decode: @escaping ([UInt8]) throws(MalformedAnswer) -> [StoreReply]
    ) {
        connection.evaluate(functions[step.script]!, step.call) { [weak self] result in
            guard let self else { return }
            let replies = self.replies(result, step.script, operations.count, decode)
            if changes, let gate = self.gate {
                gate.hold(zip(operations, replies)) { [weak self] in self?.onReply($0, $1) }
            } else {
                for (operation, reply) in zip(operations, replies) {
                    self.onReply(operation, reply)
                }
            }
        }
    }

    private func replies(
        _ result: Result<RedisReply, RedisFailure>, _ script: StepScript, _ count: Int,
        _ decode: ([UInt8]) throws(MalformedAnswer) -> [StoreReply]
    ) -> [StoreReply] {
        switch result {
        case .success(let reply):
            do {
                return try decode(reply.bytes ?? [])
            } catch {
                onFault?("\(script.rawValue): \(error.what)")
            }
        case .failure(.server(let error)) where !error.isTransient:
            onFault?("\(script.rawValue): \(error.code)")
        case .failure:
            break  // Redis is away: the hub is told, and its clients try again.
        }
        return Array(repeating: .unavailable, count: count)
    }

    // MARK: Appends

    private func add(
        _ append: Append, _ call: StoreCall, _ site: SiteChannels, _ replication: [UInt8]
    ) {
        if let batch = site.batch, !batch.takes(append, lease: call.lease) { flush(site) }
        let batch: AppendBatch
        if let waiting = site.batch {
            batch = waiting
        } else {
            batch = AppendBatch(
                site: site, lease: call.lease, clock: harnessClock, replication: replication)
            site.batch = batch
            hook?.request()
        }
        batch.add(append, call.operation)
    }

    private func flush(_ site: SiteChannels) {
        guard let batch = site.batch else { return }
        site.batch = nil
        evaluate(batch.step, changes: true, batch.operations.map(\.operation)) {
            (bytes) throws(MalformedAnswer) in try batch.replies(to: bytes)
        }
    }

    private func endTurn() {
        for site in sites.values where site.batch != nil { flush(site) }
        gate?.endTurn()
        let done = unwatched
        unwatched = []
        for operation in done { onReply(operation, .done) }
        if refused.isEmpty { return }
        let operations = refused
        refused = []
        for operation in operations { onReply(operation, .unavailable) }
    }

    func refuse(_ operation: OperationID) {
        refused.append(operation)
        hook?.request()
    }

    func reply(_ operation: OperationID, _ reply: StoreReply) { onReply(operation, reply) }

    // MARK: Connection

    func channels(of site: SiteID) -> SiteChannels {
        if let known = sites[site] { return known }
        let made = SiteChannels(site)
        sites[site] = made
        return made
    }

    private func didChange(_ state: RedisState) {
        if case .ready = state {
            namings = 0
            nameSteps()
            replication = harnessReplication
            if replication == nil { askReplication() } else { onReady?() }
        } else {
            replication = nil
        }
        onConnectionState?(state)
    }

    /// Says which library of steps this node uses, again and again.
    private func nameSteps() {
        if let naming { loop.cancel(naming) }
        naming = loop.schedule(afterMilliseconds: Self.namingMilliseconds) { [weak self] in
            self?.naming = nil
            self?.nameSteps()
        }
        namings += 1
        if namings > Self.namingsBeforeTidying { tidy() } else { tellSteps { _ in } }
    }

    /// Libraries that no node uses any more, because all have another version of this program by
    /// now, go from Redis. A node that lost the one it uses would load it again, and its steps
    /// would not take effect in their order.
    func tidy(then: @escaping () -> Void = {}) {
        tellSteps { [weak self] used in
            self?.connection.deleteOtherLibraries(
                withPrefix: StepScript.prefix, except: used, then: then)
        }
    }

    private func tellSteps(_ then: @escaping (Set<String>) -> Void) {
        guard let function = functions[.liveSteps] else { return }
        var call = RedisFunctionCall()
        call.appendKey("chathub:steps")
        call.append(Self.namedMilliseconds)
        call.append(StepScript.library.name)
        connection.evaluate(function, call) { result in
            guard case .success(.array(let names)) = result else { return }
            then(Set(names.compactMap(\.string)))
        }
    }

    /// A restart or a fail-over has another replication id: what was not saved is gone.
    private func askReplication() {
        let generation = connection.generation
        connection.send(RedisCommand("INFO", "replication")) { [weak self] result in
            guard let self, generation == self.connection.generation else { return }
            guard case .success(let reply) = result, let text = reply.string,
                let line = text.split(separator: "\r\n").first(where: {
                    $0.hasPrefix("master_replid:")
                })
            else {
                if case .failure(.server(let error)) = result { self.onFault?(error.code) }
                return
            }
            self.replication = Array(line.dropFirst("master_replid:".count).utf8.prefix(12))
            self.onReady?()
        }
    }
}

extension StoreRequest {
    /// Whether an answer is a promise that replicas can make firmer.
    fileprivate var changesSomething: Bool {
        switch self {
        case .sessions, .session, .explain, .agents, .history, .notes, .queueSnapshot, .tickets,
            .loadSite, .loadVersion, .siteVersions, .readCustomer, .readFacts, .listCustomers,
            .watch, .unwatch, .publishVolatile, .renewLease, .sweep, .board, .listSessions,
            .file, .readCanned, .queueOutlook, .customerSessions:
            false
        default: true
        }
    }
}
