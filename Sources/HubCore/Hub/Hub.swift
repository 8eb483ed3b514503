/// The heart of a node: what happened comes in, what is to be done comes out. `HubServer` owns one,
/// calls it on its loop's thread, and performs the effects. Time and randomness are arguments; no
/// call waits for anything.
///
/// The parts lie in files beside this one: greeting (`Hub+Greeting`), requests (`Hub+Requests`),
/// messages (`Hub+Relay`), who hears which session (`Hub+Enrollment`), what the store tells
/// (`Hub+Notices`), queue positions (`Hub+Positions`), leases and people (`Hub+Leases`).
public import ChatModel
import ChatProtocol

public final class Hub {
    let node: String
    let timing: HubTiming
    let frameBytes: Int
    let frameLines: Int
    var random: any RandomNumberGenerator
    /// A path of the hub that proves what the ticket says. A pure function of it and the hub's key.
    let signedAddress: (FileTicket) -> String

    var connections: [ConnectionNumber: Connection] = [:]
    var sites: [SiteID: LocalSite] = [:]
    var addresses: [String: Address] = [:]
    var operations: [OperationID: Operation] = [:]
    private var lastOperation: UInt64 = 0
    /// Requests that could not even be asked; answered when the present event has been dealt with.
    private var refused: [Operation] = []
    var isDraining = false
    var isDrained = false

    /// The moment of the present event.
    var now = Instant(monotonicMilliseconds: 0, wallMilliseconds: 0)
    /// What the present event leads to.
    var effects: [HubEffect] = []

    /// Errors in a row after which a connection is closed.
    static let errorBound = 100
    static let errorBoundBeforeHello = 10
    /// Requests kept while `hello` is being answered.
    static let waitingBound = 64

    /// `node`: opaque, shown to clients. `frameBytes` and `frameLines`: of one message, told to
    /// clients and kept by whoever reads the sockets. `random` makes session identifiers: give the
    /// system's.
    public init(
        node: String, timing: HubTiming = HubTiming(),
        frameBytes: Int = 65_536, frameLines: Int = 64,
        random: any RandomNumberGenerator,
        signedAddress: @escaping (FileTicket) -> String
    ) {
        self.node = node
        self.timing = timing
        self.frameBytes = frameBytes
        self.frameLines = frameLines
        self.random = random
        self.signedAddress = signedAddress
    }

    /// Takes one event and appends what it leads to, in order.
    public func handle(_ event: HubEvent, now: Instant, into effects: inout [HubEffect]) {
        self.now = now
        swap(&self.effects, &effects)
        defer { swap(&self.effects, &effects) }
        switch event {
        case .opened(let number, let peer): opened(number, peer)
        case .closed(let number): connectionClosed(number)
        case .line(let number, let line):
            if let connection = connections[number] { received(line, bytes: 0, from: connection) }
        case .authenticated(let number, let generation, let result):
            authenticated(number, generation: generation, result)
        case .stored(let operation, let reply): answered(operation, reply)
        case .noticed(let site, let notice):
            if let site = sites[site] { noticed(notice, at: site) }
        case .timer(let timer): fired(timer)
        case .siteChanged(let rules): siteChanged(rules)
        case .siteLoaded(let site): if let site = sites[site] { siteLoaded(site) }
        case .filesDeleted(let site, let files):
            if let site = sites[site] { filesDeleted(files, at: site) }
        case .drain: drain()
        }
        settleRefused()
    }

    /// One line of a message, straight from the socket: the same as `.line` with a step less.
    public func receive(
        _ line: UnsafeRawBufferPointer, from number: ConnectionNumber, now: Instant,
        into effects: inout [HubEffect]
    ) {
        self.now = now
        swap(&self.effects, &effects)
        defer { swap(&self.effects, &effects) }
        guard let connection = connections[number] else { return }
        received(
            (connection.site?.decoder ?? Self.decoder).decode(line), bytes: line.count,
            from: connection)
        settleRefused()
    }

    /// What follows may be refused as well: it goes on until nothing is.
    private func settleRefused() {
        while !refused.isEmpty {
            let operations = refused
            refused = []
            for operation in operations { settle(operation, .unavailable) }
        }
    }

    private static let decoder = FrameDecoder()

    private func fired(_ timer: HubTimer) {
        switch timer {
        case .greeting(let number): greetingDue(number)
        case .heartbeat(let number): heartbeatDue(number)
        case .tokenExpiry(let number): tokenExpired(number)
        case .tick(let site): if let site = sites[site] { tick(site) }
        case .lease(let site): if let site = sites[site] { leaseDue(site) }
        case .sweep(let site): if let site = sites[site] { sweepDue(site) }
        case .gap(let site, let session):
            if let session = sites[site]?.sessions[session] { gapDue(session) }
        case .retry: break
        case .drain: drainDue()
        }
    }

    // MARK: Effects

    @inline(__always)
    func send(_ frame: [UInt8], to connection: Connection) {
        effects.append(.send(connection.number, frame))
    }

    /// Answers a request with an error, and counts it against the connection, unless it waits for
    /// the store: how fast that is, is not the client's doing.
    func refuse(
        _ id: Int64?, _ code: ErrorCode, _ message: String, to connection: Connection,
        retryAfter: Int? = nil, waitsForStore: Bool = false
    ) {
        guard connection.phase != .closed else { return }
        send(
            ServerFrame.error(
                id: id, code: code, message: message, retryAfterMilliseconds: retryAfter),
            to: connection)
        effects.append(.report(.refused(code)))
        // What a client does right does not count against it.
        if waitsForStore { return }
        if code == .rateLimited || !code.isRetryable { countError(connection) }
    }

    func refuse(_ request: Request, _ code: ErrorCode, _ message: String) {
        refuse(request.id, code, message, to: request.connection)
    }

    func countError(_ connection: Connection) {
        connection.errors += 1
        let bound = connection.person == nil ? Self.errorBoundBeforeHello : Self.errorBound
        if connection.errors >= bound { close(connection, .tooManyErrors) }
    }

    /// Ends a connection from here. Nothing is said to it afterwards.
    func close(_ connection: Connection, _ code: CloseCode) {
        guard connection.phase != .closed else { return }
        effects.append(.close(connection.number, code))
        forget(connection)
    }

    /// Asks the store, with the site's lease; holds the request while the lease is being opened.
    func submit(_ request: StoreRequest, at site: LocalSite, _ purpose: Purpose) {
        guard let lease = site.lease else { return hold(request, at: site, purpose) }
        submit(request, at: site, lease: lease, purpose)
    }

    func submit(_ request: StoreRequest, at site: LocalSite, lease: Lease?, _ purpose: Purpose) {
        lastOperation += 1
        let operation = OperationID(lastOperation)
        if purpose.readsOwnership { site.passedOver.readBegins() }
        operations[operation] = Operation(site: site, lease: lease, purpose: purpose)
        effects.append(
            .store(StoreCall(operation: operation, site: site.id, lease: lease, request: request)))
    }

    /// For what nobody waits for: its answer finds no entry.
    func submitUnanswered(_ request: StoreRequest, at site: LocalSite) {
        guard let lease = site.lease else { return }
        lastOperation += 1
        effects.append(
            .store(
                StoreCall(
                    operation: OperationID(lastOperation), site: site.id, lease: lease,
                    request: request)))
    }

    /// Ends a watch. That concerns this node's own ear alone: it needs no lease and cannot fail.
    func unwatch(_ session: SessionID, at site: LocalSite) {
        lastOperation += 1
        effects.append(
            .store(
                StoreCall(
                    operation: OperationID(lastOperation), site: site.id, lease: site.lease,
                    request: .unwatch(session))))
    }

    private func hold(_ request: StoreRequest, at site: LocalSite, _ purpose: Purpose) {
        guard !site.isWithoutStore, site.held.count < LocalSite.heldBound else {
            refused.append(Operation(site: site, lease: nil, purpose: purpose))
            return
        }
        site.held.append((request, purpose))
    }

    /// Of a site in force here.
    public func rules(of site: SiteID) -> SiteRules? { sites[site]?.rules }

    // MARK: Figures

    public func snapshot() -> HubSnapshot {
        var snapshot = HubSnapshot()
        for connection in connections.values {
            if connection.person == nil {
                snapshot.ungreetedConnections += 1
            } else {
                snapshot.connections[connection.role, default: 0] += 1
            }
        }
        for site in sites.values {
            snapshot.people += site.people.count
            if site.lease == nil { snapshot.sitesWithoutLease += 1 }
            for session in site.sessions.values {
                guard let state = session.record?.state, !session.members.isEmpty else { continue }
                snapshot.sessions[state, default: 0] += 1
            }
        }
        snapshot.storeRequestsInFlight = operations.count
        snapshot.isDraining = isDraining
        return snapshot
    }
}
