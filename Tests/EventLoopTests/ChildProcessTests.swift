// Children: exits, signals, descriptors, groups, and programs that are not there.
import Glibc
import Testing

import EventLoop

@Suite struct ChildProcessTests {
    private func run(
        _ child: ChildSpecification, _ started: @escaping (ChildProcess) -> Void = { _ in }
    ) throws -> (status: Int64, signal: Int32)? {
        let loop = try EventLoop()
        var end: (Int64, Int32)?
        let process = try loop.spawn(child) { status, signal in
            end = (status, signal)
            loop.stop()
        }
        #expect(process.pid > 0)
        started(process)
        loop.schedule(afterMilliseconds: 20_000) { loop.stop() }
        loop.run()
        #expect(loop.handlesLeftOpen == 0)
        #expect(!process.isRunning)
        #expect(!process.kill(SIGTERM))
        return end
    }

    @Test func theExitStatusArrives() throws {
        let end = try run(.init(executable: "sh", arguments: ["-c", "exit 7"]))
        #expect(end?.status == 7)
        #expect(end?.signal == 0)
    }

    @Test func theEndingSignalArrives() throws {
        let end = try run(.init(executable: "sleep", arguments: ["60"])) { $0.kill(SIGKILL) }
        #expect(end?.signal == SIGKILL)
    }

    @Test func environmentFolderAndDescriptorsAreHandedOver() throws {
        let pipe = try Pipe()
        let end = try run(
            .init(
                executable: "/bin/sh", arguments: ["-c", "printf %s \"$WORD:$PWD\" >&5"],
                environment: ["WORD": "é"], descriptors: [5: pipe.writing],
                workingDirectory: "/"))
        #expect(end?.status == 0)
        #expect(pipe.readText() == "é:/")
    }

    @Test func ownProcessGroupIsItsOwn() throws {
        let pipe = try Pipe()
        _ = try run(
            .init(
                executable: "sh", arguments: ["-c", "ps -o pgid= -p $$ | tr -d ' \\n'"],
                descriptors: [1: pipe.writing], ownProcessGroup: true)
        ) { child in #expect(getpgid(child.pid) == child.pid) }
    }

    @Test func aProgramThatIsNotThereIsAnError() throws {
        let loop = try EventLoop()
        #expect(throws: EventLoopError.self) {
            _ = try loop.spawn(.init(executable: "/no/such/program")) { _, _ in
                Issue.record("exit of a program that never ran")
            }
        }
        loop.stop()
        loop.run()
        #expect(loop.handlesLeftOpen == 0)
    }
}
