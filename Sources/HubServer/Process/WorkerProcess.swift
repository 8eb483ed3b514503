/// `chathub worker`: one node process. Comes up in this order: keys, Redis, scripts, sites; only
/// then does it listen, so the first `hello` after a successful connect works. Started by
/// `Supervisor`, whose line it watches: when the parent goes, it drains.
import ChatModel
import EventLoop
import Foundation
import HubConfig
import HubCore
import Logging
import Redis
import RedisStore
import WebSockets

actor WorkerProcess {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let settings: NodeSettings
    private let index: Int
    private let log: Logger
    private let control: ControlChannel
    private var node: Node?
    private var commands: RedisConnection?
    private var subscriber: RedisSubscriber?
    private var isStopping = false
    private(set) var hasFailed = false

    init(loop: EventLoop, settings: NodeSettings, index: Int, log: Logger) {
        self.loop = loop
        self.settings = settings
        self.index = index
        self.log = log
        control = ControlChannel(loop: loop, descriptor: WorkerCommand.controlDescriptor)
    }

    func start() async {
        control.onMessage = { self.heard($0) }
        control.onEnd = { self.drain() }
        // The parent decides when we stop; Ctrl-C does not reach our process group anyway.
        loop.onSignal(SIGTERM) { self.drain() }
        loop.onSignal(SIGINT) {}
        do {
            try control.open()
            try await comeUp()
            if isStopping { return }
            control.send(ControlMessage("ready"))
        } catch {
            hasFailed = true
            log.error("cannot serve", metadata: ["why": "\(error)"])
            control.send(ControlMessage("failed", body: Array("\(error)".utf8)))
            loop.stop()
        }
    }

    private func comeUp() async throws {
        let keys = try await KeyRing(
            dataFolder: settings.dataFolder, environment: ProcessInfo.processInfo.environment
        ).load(makeIfAbsent: false)
        guard let url = settings.redis.url else {
            throw ServeError.settings("a worker needs the address of a Redis")
        }
        let endpoint = try RedisEndpoint.parse(url)
        let options = RedisOptions(settings.redis)
        let commands = RedisConnection(loop: loop, endpoint: endpoint, options: options)
        let subscriber = RedisSubscriber(loop: loop, endpoint: endpoint, options: options)
        self.commands = commands
        self.subscriber = subscriber
        let node = Node(
            loop: loop, name: Self.nodeName(), settings: settings,
            verifier: TokenVerifier(keys: keys), signer: FileSigner(keys: keys),
            metrics: NodeMetrics(worker: index), log: log)
        self.node = node
        await node.whenRobotIsWanted {
            self.assumeIsolated { $0.control.send(ControlMessage("robot")) }
        }
        let replicas =
            settings.durability == .replicated
            ? RedisConnection(loop: loop, endpoint: endpoint, options: options) : nil
        let customers = CustomerApi(
            loop: loop, endpoint: endpoint, options: options, verifier: TokenVerifier(keys: keys))
        try await node.connect(
            commands: commands, subscriber: subscriber, replicas: replicas, customers: customers)
        try await node.watchSites()
        let files = await node.openFiles(
            in: settings.dataFolder + "/files", signer: FileSigner(keys: keys))
        try await node.listen(
            http: HttpDoor(
                pages: Pages(folder: settings.webFolder),
                api: customers, files: files, forwarded: settings.forwardedMetrics, ask: asker))
    }

    /// An opaque name for logs and the `hello` answer: nothing of the machine is told.
    private static func nodeName() -> String {
        "n" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
    }

    // MARK: The parent's words

    private var questions: [Int: ([String]) -> Void] = [:]
    private var nextQuestion = 1

    /// Asks the parent for what all workers say.
    private var asker: (String, @escaping ([String]) -> Void) -> Void {
        { name, finish in
            self.questions[self.nextQuestion] = finish
            self.control.send(
                ControlMessage("ask", id: self.nextQuestion, body: Array(name.utf8)))
            self.nextQuestion += 1
        }
    }

    private func heard(_ message: ControlMessage) {
        switch message.name {
        case "drain":
            drain()
        case "answer":
            let texts = String(decoding: message.body, as: UTF8.self)
            questions.removeValue(forKey: message.id)?(
                texts.split(separator: "\u{0}").map(String.init))
        case "metrics", "health":
            let text = node?.assumeIsolated { node in
                message.name == "metrics" ? node.metricsText() : node.healthText()
            }
            control.send(
                ControlMessage("figures", id: message.id, body: Array((text ?? "starting").utf8)))
        default:
            log.warning("unknown word from the parent", metadata: ["word": "\(message.name)"])
        }
    }

    /// Sends everybody to another node and stops.
    private func drain() {
        guard !isStopping else { return }
        isStopping = true
        guard let node else { return loop.stop() }
        // The parent kills us after this time; we leave a little before it.
        loop.schedule(afterMilliseconds: settings.drainMilliseconds - 500) { self.loop.stop() }
        let finish: @Sendable () -> Void = { self.assumeIsolated { $0.finish() } }
        node.assumeIsolated { $0.drain(then: finish) }
    }

    private func finish() {
        commands?.stop()
        subscriber?.stop()
        loop.stop()
    }
}
