/// Keeps the built-in robot's process: starts it when the first site with question and answer pairs
/// is in force, starts it again when it dies, ends it with the hub. The parent owns one.
import EventLoop
import Foundation
import Logging

final class RobotKeeper {
    private static let firstDelay: Int64 = 200
    private static let longestDelay: Int64 = 5_000
    /// A robot that lived this long did not die of its start.
    private static let soundMilliseconds: Int64 = 10_000

    private let loop: EventLoop
    private let command: WorkerCommand
    private let environment: [String: String]
    private let log: Logger
    private var process: ChildProcess?
    private var channel: ControlChannel?
    private var isWanted = false
    private var startedAt: Int64 = 0
    private var delay = firstDelay
    private var onGone: (() -> Void)?

    init(loop: EventLoop, command: WorkerCommand, environment: [String: String], log: Logger) {
        self.loop = loop
        self.command = command
        self.environment = environment
        self.log = log
    }

    /// A site with pairs is in force. Once is enough.
    func want() {
        guard !isWanted, onGone == nil else { return }
        isWanted = true
        launch()
    }

    /// `then` is called when it is gone.
    func stop(then: @escaping () -> Void) {
        isWanted = false
        guard let process, process.isRunning else { return then() }
        onGone = then
        process.kill(SIGTERM)
        loop.schedule(afterMilliseconds: 2_000) { [weak self] in self?.process?.kill(SIGKILL) }
    }

    private func launch() {
        guard isWanted else { return }
        startedAt = loop.nowMilliseconds()
        do {
            let (ours, theirs) = try ControlChannel.pair()
            defer { close(theirs) }
            // Its end tells the robot that the parent is gone.
            let channel = ControlChannel(loop: loop, descriptor: ours)
            self.channel = channel
            try channel.open()
            process = try loop.spawn(
                ChildSpecification(
                    executable: command.executable, shownName: command.shownName,
                    arguments: command.arguments,
                    environment: environment,
                    descriptors: [1: 1, 2: 2, WorkerCommand.controlDescriptor: theirs],
                    ownProcessGroup: true)
            ) { [weak self] in self?.ended(status: $0, signal: $1) }
        } catch {
            log.error("the robot does not start", metadata: ["why": "\(error)"])
            again()
        }
    }

    private func ended(status: Int64, signal: Int32) {
        channel?.close()
        channel = nil
        process = nil
        if let onGone {
            self.onGone = nil
            return onGone()
        }
        guard isWanted else { return }
        log.error(
            "the robot ended and is started again",
            metadata: ["status": "\(status)", "signal": "\(signal)", "in_ms": "\(delay)"])
        again()
    }

    private func again() {
        if loop.nowMilliseconds() - startedAt > Self.soundMilliseconds { delay = Self.firstDelay }
        loop.schedule(afterMilliseconds: delay) { [weak self] in self?.launch() }
        delay = min(delay * 2, Self.longestDelay)
    }
}
