// The parent and its workers, which are played by shell scripts that speak its few words.
import EventLoop
import Foundation
import Logging
import Testing
import WebSockets

@testable import HubServer

struct SupervisorTests {
    /// Runs workers by a script, whose `$0` is the worker's number, until `finish` is called.
    private func run(
        _ script: String, workers: Int, log: Logger,
        ready: @escaping (Supervisor, _ finish: @escaping () -> Void) -> Void,
        started: (Supervisor, EventLoop, _ finish: @escaping () -> Void) -> Void = { _, _, _ in }
    ) throws {
        let loop = try EventLoop()
        let supervisor = Supervisor(
            loop: loop, command: WorkerCommand(executable: "bash", arguments: ["-c", script]),
            environment: ProcessInfo.processInfo.environment, log: log)
        let finish = { supervisor.stop { loop.stop() } }
        let listeners = try ListenerSocket.group(address: "127.0.0.1", port: 0, count: workers)
        try supervisor.start(listeners: listeners) { ready(supervisor, finish) }
        started(supervisor, loop, finish)
        loop.schedule(afterMilliseconds: 15_000) { finish() }
        loop.run()
        listeners.forEach { $0.close() }
    }

    @Test func aWorkerThatDoesNotAnswerIsNotWell() throws {
        let script = """
            printf 'ready 0 0\\n' >&3
            while read -r name id length <&3; do
                [ "$name" = drain ] && exit 0
                [ "$0" = 0 ] && printf 'figures %s 2\\nok' "$id" >&3
            done
            """
        var lines: [String]?
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try run(
            script, workers: 2, log: log,
            ready: { supervisor, finish in
                supervisor.answer("health") {
                    lines = $0
                    finish()
                }
            })
        #expect(lines?.sorted() == ["ok", "worker 1 does not answer"])
    }

    @Test func theReasonOfAnEarlierEndIsNotTheReasonOfALaterOne() throws {
        let mark = NSTemporaryDirectory() + "chathub-\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(mark) }
        let script = """
            [ -e \(mark) ] && kill -9 $$
            touch \(mark)
            printf 'failed 0 9\\nno reason' >&3
            exit 1
            """
        let lines = KeptLines()
        try run(
            script, workers: 1, log: Logger(label: "test") { _ in lines }, ready: { _, _ in },
            started: { _, loop, finish in
                lines.onLine = { if lines.whys.count == 2 { finish() } }
            })
        #expect(lines.whys.prefix(2) == ["no reason", "unknown"])
    }
}

/// `@unchecked Sendable`: used on the loop's thread only, which is the test's.
private final class KeptLines: LogHandler, @unchecked Sendable {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    var whys: [String] = []
    var onLine: () -> Void = {}

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if let why = event.metadata?["why"] { whys.append("\(why)") }
        onLine()
    }
}
