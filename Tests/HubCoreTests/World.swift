/// Hubs that share one in-memory store, and the people connected to them. A test plays the network,
/// the clock, and the authentication; nothing happens between two calls.
import ChatModel
import ChatProtocol
import Foundation
import HubCore

final class World {
    /// Files of which nothing is left.
    var deleted: Set<FileID> = []
    let site: SiteID
    let store: MemoryStore
    private(set) var nodes: [WorldNode] = []
    private(set) var monotonic: Int64 = 0
    var rules: SiteRules
    /// What the store has in force, once something was applied there.
    var rulesInForce: SiteRules?
    private var lastConnection: UInt64 = 0
    private var lastVisitor = 0
    /// Secret by visitor: knowing the one makes the other.
    private(set) var clients: [Client] = []
    /// Told of each frame as it is sent; for checkers.
    var onFrame: ((Client, ServerEvent) -> Void)?
    /// Told of each volatile frame's key; those of one key replace each other for slow readers.
    var onVolatile: ((Client, UInt64) -> Void)?
    /// Told after each step of the store; for checkers.
    var afterStep: (() -> Void)?
    /// The step that was done last; nil when it was not.
    fileprivate(set) var lastStep: StoreCall?
    /// The last things that happened, for the report of a failure.
    private(set) var trace: [String] = []
    private static let traceBound = 1000

    func note(_ text: @autoclosure () -> String) {
        guard isTracing else { return }
        trace.append(text())
        if trace.count > 4 * Self.traceBound { trace.removeFirst(3 * Self.traceBound) }
    }

    /// Costs much: for looking at one seed.
    var isTracing = ProcessInfo.processInfo.environment["WALK_TRACE"] != nil

    /// A checker has seen enough. A world that was spoilt may never come to rest by itself.
    var isStopped = false

    /// What a test does to the world to see its checker catch it.
    var sabotage = Sabotage()
    /// Changes what nodes ask of the store: for what the hub's own rules seldom bring about.
    var rewrite: (StoreCall) -> StoreCall = { $0 }

    static let start: Int64 = 1_764_000_000_000

    init(nodes count: Int = 1, rules: SiteRules = .demo(), seed: UInt64 = 1) {
        site = rules.site
        self.rules = rules
        store = MemoryStore(now: Self.start)
        for index in 0..<count { addNode(seed: seed &+ UInt64(index)) }
        settle()
    }

    var now: Instant {
        Instant(monotonicMilliseconds: monotonic, wallMilliseconds: Self.start + monotonic)
    }

    @discardableResult
    func addNode(seed: UInt64) -> WorldNode {
        let node = WorldNode(
            Hub(
                node: "n\(nodes.count)", random: SeededRandom(seed: seed &* 977 &+ 13),
                signedAddress: address),
            store.connect(), self, index: nodes.count)
        nodes.append(node)
        node.handle(.siteChanged(rules))
        return node
    }

    /// Lets everything that is under way come to its end, in order, without time passing.
    func settle() {
        var isBusy = true
        while isBusy, !isStopped {
            isBusy = false
            for node in nodes where node.isAlive {
                while !isStopped, node.stepOnce() { isBusy = true }
            }
        }
    }

    /// Time passes in small steps; timers that come due are heard, and everything settles.
    func pass(_ milliseconds: Int64, step: Int64 = 50) {
        let end = monotonic + milliseconds
        while monotonic < end {
            advance(min(step, end - monotonic))
            settle()
        }
    }

    /// Moves the clock and nothing else.
    func skip(_ milliseconds: Int64) {
        monotonic += milliseconds
        store.advance(to: Self.start + monotonic)
    }

    /// Moves the clock and lets due timers be heard.
    func advance(_ milliseconds: Int64) {
        skip(milliseconds)
        for node in nodes where node.isAlive { node.fireTimers() }
    }

    func clearLastStep() { lastStep = nil }

    /// Another version comes into force in the store. Nodes load it when they are refused by it.
    func apply(_ next: SiteRules) {
        let request = StoreRequest.applySite(
            ApplySite(
                text: "", digest: "\(next.version)", source: "", author: "",
                condition: .replacing(nil)))
        let call = StoreCall(operation: OperationID(0), site: site, lease: nil, request: request)
        guard case .site(let stored?) = store.perform(call, from: nodes[0].port) else { return }
        rules = next
        rules.version = stored.version
        rulesInForce = rules
    }

    /// A new connection. It says nothing by itself.
    func connect(
        _ name: String, to node: Int = 0, address: String = "127.0.0.1", origin: String? = nil
    ) -> Client {
        lastConnection += 1
        let client = Client(name, lastConnection, nodes[node])
        clients.append(client)
        nodes[node].clients[lastConnection] = client
        nodes[node].handle(
            .opened(
                lastConnection,
                Peer(address: address, origin: origin, ownOrigin: "http://hub.example")))
        return client
    }

    /// A credential's judgement: `agent:chen` is a good token, a secret names its visitor.
    func judge(_ credential: Credential) -> Authentication {
        if let token = credential.token {
            let parts = token.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let role = Role(rawValue: String(parts[0])),
                role == credential.role, let id = PersonID(String(parts[1]))
            else { return .refused(.unauthorized, message: "the token is not good") }
            return granted(Participant(role: role, id: id), secret: nil)
        }
        guard credential.role == .customer else {
            return .refused(.unauthorized, message: "a token is needed")
        }
        if let secret = credential.secret, secret.hasPrefix("secret-"),
            let id = PersonID(String(secret.dropFirst(7)))
        {
            return granted(Participant(role: .customer, id: id), secret: nil)
        }
        lastVisitor += 1
        let id = PersonID("v_\(lastVisitor)")!
        return granted(Participant(role: .customer, id: id), secret: "secret-\(id)")
    }

    private func granted(_ who: Participant, secret: String?) -> Authentication {
        .granted(
            who, name: nil, secret: secret, expiresAt: nil, attributes: [:], parameterLevel: nil)
    }
}

/// One node: a hub, its connection to the store, and its timers.
final class WorldNode {
    let hub: Hub
    let port: MemoryStoreNode
    unowned let world: World
    var clients: [ConnectionNumber: Client] = [:]
    private(set) var timers: [HubTimer: Int64] = [:]
    private(set) var authentications: [(ConnectionNumber, UInt32, Credential)] = []
    private(set) var reports: [HubReport] = []
    /// Looks for the version in force that the hub asked for.
    private(set) var siteLooks = 0
    private var deletions: [(SiteID, [FileID])] = []
    private(set) var isDrained = false
    private(set) var isAlive = true
    let index: Int

    init(_ hub: Hub, _ port: MemoryStoreNode, _ world: World, index: Int) {
        self.index = index
        self.hub = hub
        self.port = port
        self.world = world
    }

    func handle(_ event: HubEvent) {
        world.note("n\(index) \(event)".cut)
        var effects: [HubEffect] = []
        hub.handle(event, now: world.now, into: &effects)
        perform(effects)
    }

    func receive(_ line: String, from number: ConnectionNumber) {
        world.note("n\(index) c\(number) says \(line.debugDescription)")
        var effects: [HubEffect] = []
        Array(line.utf8).withUnsafeBytes {
            hub.receive($0, from: number, now: world.now, into: &effects)
        }
        perform(effects)
    }

    private func perform(_ effects: [HubEffect]) {
        for effect in effects {
            switch effect {
            case .sendVolatile(let number, let frame, let key):
                guard let client = clients[number] else { break }
                world.onVolatile?(client, key)
                for frame in world.sabotage.frame(frame) { client.take(frame, world) }
            case .send(let number, let frame):
                guard let client = clients[number] else { break }
                for frame in world.sabotage.frame(frame) { client.take(frame, world) }
            case .close(let number, let code):
                clients[number]?.closed(code)
                clients[number] = nil
            case .authenticate(let number, let generation, let credential):
                authentications.append((number, generation, credential))
            case .store(let call): port.submit(world.rewrite(call))
            case .arm(let timer, let after): timers[timer] = world.monotonicNow + after
            case .disarm(let timer): timers[timer] = nil
            case .report(let report): reports.append(report)
            case .drained: isDrained = true
            case .loadSite: siteLooks += 1
            case .deleteFiles(let site, let files): deletions.append((site, files))
            }
        }
    }

    /// One thing of what is under way. False when nothing is.
    func stepOnce() -> Bool {
        answerAuthentication() || perform(fault: nil) || hearNotice() || hearAnswer(at: 0)
            || lookForSite() || deleteFiles()
    }

    @discardableResult
    func perform(fault: MemoryStoreNode.Fault?) -> Bool {
        guard let call = port.waiting.first else { return false }
        world.note(
            "n\(index) step \(call.operation.value) \(fault.map { "\($0)" } ?? "") \(call.request)"
                .cut)
        world.sabotage.beforeStep(world.store, call)
        port.performNext(fault: fault)
        world.sabotage.afterStep(world.store, call)
        // Ending a watch is no step of the store, and tells nothing.
        var isStep = fault != .notDone
        if case .unwatch = call.request { isStep = false }
        world.lastStep = isStep ? call : nil
        world.afterStep?()
        return true
    }

    /// What `HubServer` does: the version in force, if it is new here, then that it was looked for.
    @discardableResult
    func lookForSite() -> Bool {
        guard siteLooks > 0 else { return false }
        siteLooks -= 1
        if let rules = world.rulesInForce { handle(.siteChanged(rules)) }
        handle(.siteLoaded(world.site))
        return true
    }

    /// What `HubServer` does: nothing is left of them.
    @discardableResult
    func deleteFiles() -> Bool {
        guard !deletions.isEmpty else { return false }
        let (site, files) = deletions.removeFirst()
        world.deleted.formUnion(files)
        handle(.filesDeleted(site, files))
        return true
    }

    /// The content of a file has come to this node.
    func upload(
        _ file: FileID, of session: SessionID, type: String = "image/png"
    ) -> StoreReply {
        world.store.perform(
            StoreCall(
                operation: OperationID(0), site: world.site, lease: nil,
                request: .fileKept(
                    KeptFile(
                        session: session, file: file, type: type,
                        totalBytes: world.rules.files?.limits.totalBytes ?? 0))),
            from: port)
    }

    @discardableResult
    func hearNotice() -> Bool {
        guard let notice = port.nextNotice() else { return false }
        if case .siteApplied = notice.notice { siteLooks += 1 }
        handle(.noticed(notice.site, world.sabotage.notice(notice.notice)))
        return true
    }

    /// `count`: only when there are as many.
    @discardableResult
    func hearAnswer(at index: Int, of count: Int = 1) -> Bool {
        guard port.answers.count >= count else { return false }
        guard let answer = port.nextAnswer(at: index) else { return false }
        if world.sabotage.losesAnswer() { return true }
        handle(.stored(answer.operation, world.sabotage.reply(answer.reply)))
        return true
    }

    @discardableResult
    func answerAuthentication() -> Bool {
        guard !authentications.isEmpty else { return false }
        let (number, generation, credential) = authentications.removeFirst()
        handle(.authenticated(number, generation: generation, world.judge(credential)))
        return true
    }

    func fireTimers() {
        let now = world.monotonicNow
        for (timer, due) in timers.sorted(by: { ($0.value, "\($0.key)") < ($1.value, "\($1.key)") })
        where due <= now {
            guard timers[timer] == due else { continue }
            timers[timer] = nil
            handle(.timer(timer))
        }
        for (number, client) in clients.sorted(by: { $0.key < $1.key }) where client.owesPong {
            client.owesPong = false
            receive("{\"type\":\"pong\"}", from: number)
        }
    }

    /// As by `kill -9`: nobody is told anything.
    func die() {
        isAlive = false
        port.die()
        for client in clients.values { client.isOpen = false }
        clients = [:]
    }
}

extension World {
    var monotonicNow: Int64 { monotonic }
}

/// Ways to break a world on purpose.
struct Sabotage {
    var beforeStep: (MemoryStore, StoreCall) -> Void = { _, _ in }
    var afterStep: (MemoryStore, StoreCall) -> Void = { _, _ in }
    var notice: (StoreNotice) -> StoreNotice = { $0 }
    var reply: (StoreReply) -> StoreReply = { $0 }
    var frame: ([UInt8]) -> [[UInt8]] = { [$0] }
    var losesAnswer: () -> Bool = { false }
}
