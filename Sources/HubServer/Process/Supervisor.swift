/// The parent process of a hub: opens the listeners, starts one worker each, restarts the dead,
/// answers for all of them, and stops everything in order. It serves no customer itself, so it has
/// nothing to crash on. Started by `chathub serve`.
import EventLoop
import Foundation
import Logging
import WebSockets

public struct WorkerCommand: Sendable {
    /// Our own program, and the arguments that make it a worker; the worker's number is added.
    public var executable: String
    /// What `ps` shows instead; nil: the executable.
    public var shownName: String?
    public var arguments: [String]

    public init(executable: String, shownName: String? = nil, arguments: [String]) {
        self.executable = executable
        self.shownName = shownName
        self.arguments = arguments
    }

    /// Descriptors a worker finds its line to the parent and its listening socket under.
    static let controlDescriptor: Int32 = 3
    static let listenerDescriptor: Int32 = 4
}

final class Supervisor {
    private let loop: EventLoop
    private let command: WorkerCommand
    private let environment: [String: String]
    private let log: Logger
    private var workers: [WorkerSeat] = []
    private var isStopping = false
    /// A worker was ready once: from then on the dead are started again for ever.
    private var hasServed = false
    /// Called when no worker ever got ready and one of them died so many times.
    var onGiveUp: ((ServeError) -> Void)?

    /// A site with question and answer pairs is in force somewhere.
    var onRobotWanted: (() -> Void)?

    private static let patience = 3
    private var onAllReady: (() -> Void)?
    private var onAllGone: (() -> Void)?
    private var collections: [Int: Collection] = [:]
    private var nextCollection = 1

    /// How long workers have to send everybody away before they are killed.
    static let drainMilliseconds: Int64 = 10_000

    /// Figures being gathered from all workers for one question.
    private final class Collection {
        var texts: [String] = []
        var awaited: Set<Int>
        let finish: ([String], Set<Int>) -> Void

        init(awaited: Set<Int>, finish: @escaping ([String], Set<Int>) -> Void) {
            self.awaited = awaited
            self.finish = finish
        }
    }

    init(loop: EventLoop, command: WorkerCommand, environment: [String: String], log: Logger) {
        self.loop = loop
        self.command = command
        self.environment = environment
        self.log = log
    }

    /// Starts a worker for each listener. `ready` is called once all of them serve.
    func start(listeners: [ListenerSocket], ready: @escaping () -> Void) throws(ServeError) {
        onAllReady = ready
        for (index, listener) in listeners.enumerated() {
            let worker = WorkerSeat(index: index, listener: listener)
            workers.append(worker)
            try launch(worker)
        }
    }

    /// Drains every worker; `then` is called when none is left.
    func stop(then: @escaping () -> Void) {
        guard !isStopping else { return }
        isStopping = true
        onAllGone = then
        for worker in workers { worker.channel?.send(ControlMessage("drain")) }
        loop.schedule(afterMilliseconds: Self.drainMilliseconds) { [weak self] in
            self?.killTheRest()
        }
        checkAllGone()
    }

    private func launch(_ worker: WorkerSeat) throws(ServeError) {
        do {
            let (ours, theirs) = try ControlChannel.pair()
            defer { close(theirs) }
            let channel = ControlChannel(loop: loop, descriptor: ours)
            let specification = ChildSpecification(
                executable: command.executable, shownName: command.shownName,
                arguments: command.arguments + [String(worker.index)], environment: environment,
                descriptors: [
                    1: 1, 2: 2, WorkerCommand.controlDescriptor: theirs,
                    WorkerCommand.listenerDescriptor: worker.listener.descriptor,
                ],
                // Ctrl-C reaches the parent alone, which drains.
                ownProcessGroup: true)
            worker.isReady = false
            worker.failure = nil
            worker.startedAt = loop.nowMilliseconds()
            worker.channel = channel
            channel.onMessage = { [weak self, weak worker] message in
                if let worker { self?.heard(message, from: worker) }
            }
            try channel.open()
            worker.process = try loop.spawn(specification) { [weak self, weak worker] in
                if let worker { self?.ended(worker, status: $0, signal: $1) }
            }
        } catch {
            throw .worker("worker \(worker.index) does not start: \(error)")
        }
    }

    private func heard(_ message: ControlMessage, from worker: WorkerSeat) {
        switch message.name {
        case "ready":
            worker.isReady = true
            hasServed = true
            worker.restartDelay = WorkerSeat.firstRestartDelay
            if !isStopping, workers.allSatisfy(\.isReady) {
                onAllReady?()
                onAllReady = nil
            }
        case "robot":
            onRobotWanted?()
        case "failed":
            worker.failure = String(decoding: message.body, as: UTF8.self)
        case "figures":
            gathered(String(decoding: message.body, as: UTF8.self), id: message.id, worker)
        case "ask":
            // A worker was asked for everybody's figures; its own channel gets the answer.
            answer(String(decoding: message.body, as: UTF8.self)) { [weak worker] texts in
                let body = Array(texts.joined(separator: "\u{0}").utf8)
                worker?.channel?.send(ControlMessage("answer", id: message.id, body: body))
            }
        default:
            log.warning("unknown word from a worker", metadata: ["word": "\(message.name)"])
        }
    }

    private func ended(_ worker: WorkerSeat, status: Int64, signal: Int32) {
        worker.channel?.close()
        worker.channel = nil
        worker.process = nil
        worker.isReady = false
        rest(worker)
        for (id, collection) in collections where collection.awaited.contains(worker.index) {
            gathered("", id: id, worker)
        }
        if isStopping { return checkAllGone() }
        worker.earlyDeaths += 1
        if !hasServed, worker.earlyDeaths >= Self.patience {
            // It is not a worker that broke: the hub cannot run like this, and says so.
            onGiveUp?(.worker("a worker cannot start: \(worker.failure ?? "it ended at once")"))
            return
        }
        let delay = worker.nextRestartDelay(now: loop.nowMilliseconds())
        log.error(
            "a worker ended and is started again",
            metadata: [
                "worker": "\(worker.index)", "status": "\(status)", "signal": "\(signal)",
                "in_ms": "\(delay)", "why": "\(worker.failure ?? "unknown")",
            ])
        loop.schedule(afterMilliseconds: delay) { [weak self, weak worker] in
            guard let self, let worker, !self.isStopping else { return }
            do {
                try self.launch(worker)
            } catch {
                self.log.error("a worker does not start", metadata: ["why": "\(error)"])
                self.ended(worker, status: -1, signal: 0)
            }
        }
    }

    /// The kernel shares connections out among all sockets that listen on the port, also to the one
    /// of a dead worker, where they would wait until it is back. So it listens no more while others
    /// serve; the worker that comes back listens again by itself. The only one is better waited
    /// for.
    private func rest(_ worker: WorkerSeat) {
        if !isStopping, workers.contains(where: \.isReady) { worker.listener.pause() }
    }

    private func killTheRest() {
        for worker in workers {
            if let process = worker.process, process.isRunning {
                log.warning("a worker did not drain", metadata: ["worker": "\(worker.index)"])
                process.kill(SIGKILL)
            }
        }
    }

    private func checkAllGone() {
        guard workers.allSatisfy({ $0.process == nil }) else { return }
        onAllGone?()
        onAllGone = nil
    }
}

extension Supervisor {
    /// What all workers together say to `metrics` or `health`.
    func answer(_ name: String, finish: @escaping ([String]) -> Void) {
        gather(name) { [weak self] texts, silent in
            finish((name == "health" ? self?.unwell(silent) ?? [] : []) + texts)
        }
    }

    /// Asks all living workers for something. A worker that does not answer in a second is left
    /// out, and named among the silent.
    private func gather(
        _ name: String, finish: @escaping (_ texts: [String], _ silent: Set<Int>) -> Void
    ) {
        let asked = workers.filter { $0.isReady && $0.channel != nil }
        let id = nextCollection
        nextCollection += 1
        guard !asked.isEmpty else { return finish([], []) }
        collections[id] = Collection(awaited: Set(asked.map(\.index)), finish: finish)
        for worker in asked { worker.channel?.send(ControlMessage(name, id: id)) }
        loop.schedule(afterMilliseconds: 1000) { [weak self] in self?.finish(id) }
    }

    /// A line for each worker that does not serve now, or does not say whether it does.
    private func unwell(_ silent: Set<Int>) -> [String] {
        workers.compactMap { worker in
            if !worker.isReady { return "worker \(worker.index) is not ready" }
            return silent.contains(worker.index) ? "worker \(worker.index) does not answer" : nil
        }
    }

    private func gathered(_ text: String, id: Int, _ worker: WorkerSeat) {
        guard let collection = collections[id], collection.awaited.remove(worker.index) != nil
        else { return }
        if !text.isEmpty { collection.texts.append(text) }
        if collection.awaited.isEmpty { finish(id) }
    }

    private func finish(_ id: Int) {
        guard let collection = collections.removeValue(forKey: id) else { return }
        collection.finish(collection.texts, collection.awaited)
    }
}

/// What the parent knows of one worker.
final class WorkerSeat {
    static let firstRestartDelay: Int64 = 50
    /// A worker that lived this long did not die of its start.
    static let soundMilliseconds: Int64 = 10_000

    let index: Int
    let listener: ListenerSocket
    var process: ChildProcess?
    var channel: ControlChannel?
    var isReady = false
    var startedAt: Int64 = 0
    var restartDelay = firstRestartDelay
    /// How often it ended before any worker was ready.
    var earlyDeaths = 0
    /// What it said last before it ended.
    var failure: String?

    init(index: Int, listener: ListenerSocket) {
        self.index = index
        self.listener = listener
    }

    /// Doubles while it keeps dying young, up to 5 s.
    func nextRestartDelay(now: Int64) -> Int64 {
        if now - startedAt > Self.soundMilliseconds { restartDelay = Self.firstRestartDelay }
        defer { restartDelay = min(restartDelay * 2, 5000) }
        return restartDelay
    }
}
