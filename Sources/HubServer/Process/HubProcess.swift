/// The two ways a hub's process runs, for the executable: as the parent or as a worker. Each call
/// blocks until the process should end.
import EventLoop
import Foundation
public import HubConfig
import Logging

public enum HubProcess {
    /// The parent: returns after a clean stop, throws when the hub could not be brought up.
    public static func serve(_ request: ServeRequest) throws {
        outliveReaders()
        let log = logger("chathub", request.settings.log)
        let loop = try EventLoop()
        let parent = ParentProcess(loop: loop, request: request, log: log)
        Task(executorPreference: loop) { await parent.start() }
        loop.run()
        if let failure = parent.assumeIsolated({ $0.failure }) { throw failure }
    }

    /// A worker: returns whether it ended well.
    public static func work(settings: NodeSettings, index: Int) throws -> Bool {
        outliveReaders()
        takeName("chathub-w\(index)")
        let log = logger("worker-\(index)", settings.log)
        let loop = try EventLoop()
        let worker = WorkerProcess(loop: loop, settings: settings, index: index, log: log)
        Task(executorPreference: loop) { await worker.start() }
        loop.run()
        return worker.assumeIsolated { !$0.hasFailed }
    }

    /// The built-in robot: returns whether it ended well.
    public static func answer(settings: NodeSettings, port: Int) throws -> Bool {
        outliveReaders()
        takeName("chathub-robot")
        let log = logger("robot", settings.log)
        let loop = try EventLoop()
        let robot = RobotProcess(loop: loop, settings: settings, port: port, log: log)
        Task(executorPreference: loop) { await robot.start() }
        loop.run()
        return robot.assumeIsolated { !$0.hasFailed }
    }

    /// Whoever reads our output may go (`serve 2>&1 | head`): that is an error of one write and not
    /// the end of the hub.
    private static func outliveReaders() { signal(SIGPIPE, SIG_IGN) }

    /// Started by the kernel's name for our file, `ps` and `top` would call it `exe` (proc(5)). At
    /// most 15 bytes; without it nothing but the name is wrong.
    private static func takeName(_ name: String) {
        let descriptor = open("/proc/self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = name.withCString { write(descriptor, $0, name.utf8.count) }
        close(descriptor)
    }

    private static func logger(_ label: String, _ settings: NodeSettings.Log) -> Logger {
        var logger = Logger(label: label) { label in
            LogLines(
                label: label, format: settings.format == .json ? .json : .text,
                level: Logger.Level(rawValue: settings.level.rawValue) ?? .info)
        }
        logger.logLevel = Logger.Level(rawValue: settings.level.rawValue) ?? .info
        return logger
    }
}
