// Loop basics: posting, timers, hooks, descriptors and the end. Each loop runs on the test's own
// thread unless the test needs two.
import Glibc
import Testing

import EventLoop

@Suite struct EventLoopTests {
    @Test func postedWorkRunsInOrderOnTheLoopThread() throws {
        let loop = try EventLoop()
        let seen = Recorder<Int>()
        for number in 0..<100 { loop.post { seen.add(loop.isOnLoopThread ? number : -1) } }
        loop.post { loop.stop() }
        loop.run()
        #expect(seen.all == Array(0..<100))
        #expect(loop.handlesLeftOpen == 0)
    }

    @Test func timersFireInTheOrderOfTheirDeadlines() throws {
        let loop = try EventLoop()
        let seen = Recorder<Int>()
        for delay in [30, 5, 20, 1, 10] {
            loop.schedule(afterMilliseconds: Int64(delay)) { seen.add(delay) }
        }
        let cancelled = loop.schedule(afterMilliseconds: 15) { seen.add(-1) }
        loop.cancel(cancelled)
        loop.schedule(afterMilliseconds: 40) { loop.stop() }
        let began = loop.nowMicroseconds()
        loop.run()
        #expect(seen.all == [1, 5, 10, 20, 30])
        #expect(loop.nowMicroseconds() - began >= 39_000)
    }

    @Test func anIdleLoopDoesNotTick() throws {
        let loop = try EventLoop()
        loop.cancel(loop.schedule(afterMilliseconds: 5) {})
        let turnsBefore = Recorder<UInt64>()
        loop.post { turnsBefore.add(loop.turns) }
        loop.schedule(afterMilliseconds: 400) { loop.stop() }
        loop.run()
        // The turn of the post, at most seven looks of the wheel, the last one.
        #expect(loop.turns - turnsBefore.all[0] <= 10)
    }

    @Test func hooksRunInOrderAndAgainOnRequest() throws {
        let loop = try EventLoop()
        let seen = Recorder<String>()
        var hasWork = false
        var turn: UInt64 = 0
        var first: TurnHook?
        var asked = false
        first = loop.atTurnEnd {
            if hasWork { seen.add(loop.turns == turn ? "first" : "a turn late") }
            hasWork = false
        }
        let second = loop.atTurnEnd {
            guard !asked else { return }
            asked = true
            seen.add("second")
            turn = loop.turns
            hasWork = true
            first?.request()
            loop.schedule(afterMilliseconds: 1000) { seen.add("too late"); loop.stop() }
            loop.post { loop.stop() }
        }
        loop.run()
        #expect(seen.all == ["second", "first"])
        second.cancel()
    }

    @Test func aPipeIsWatchedUntilStopped() throws {
        let loop = try EventLoop()
        let pipe = try Pipe()
        let seen = Recorder<FileEvents>()
        var watcher: FileWatcher?
        watcher = try loop.watch(descriptor: pipe.reading, .readable) { events in
            seen.add(events)
            watcher?.stop()
            loop.schedule(afterMilliseconds: 5) { loop.stop() }
        }
        pipe.write("x")
        loop.run()
        #expect(seen.all == [.readable])
        #expect(loop.handlesLeftOpen == 0)
    }

    @Test func aRegularFileCannotBeWatched() throws {
        let loop = try EventLoop()
        let file = open("/etc/hostname", O_RDONLY)
        defer { close(file) }
        #expect(throws: EventLoopError.self) {
            _ = try loop.watch(descriptor: file, .readable) { _ in }
        }
        loop.stop()
        loop.run()
        #expect(loop.handlesLeftOpen == 0)
    }

    @Test func aSignalArrivesOnTheLoop() throws {
        let loop = try EventLoop()
        let seen = Recorder<Bool>()
        loop.onSignal(SIGUSR2) { seen.add(false) }
        loop.onSignal(SIGUSR2) {
            seen.add(loop.isOnLoopThread)
            loop.stop()
        }
        loop.post { kill(getpid(), SIGUSR2) }
        loop.run()
        #expect(seen.all == [true])
        #expect(loop.handlesLeftOpen == 0)
    }
}
