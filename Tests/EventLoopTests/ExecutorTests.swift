// The loop as an executor: where Swift jobs run, and who may enter an actor from a callback.
import Glibc
import Testing

import EventLoop

/// An actor that lives on a loop.
private actor Counter {
    private let loop: EventLoop
    private(set) var count = 0
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ loop: EventLoop) { self.loop = loop }

    func add() -> Bool {
        count += 1
        return loop.isOnLoopThread
    }

    nonisolated func addFromCallback() {
        assumeIsolated { counter in counter.count += 1 }
    }
}

@Suite struct ExecutorTests {
    @Test func jobsFromOtherThreadsAndFromTheLoopRunOnTheLoop() throws {
        let loop = try EventLoop()
        let counter = Counter(loop)
        let places = Recorder<Bool>()
        Task.detached {
            for _ in 0..<1000 { places.add(await counter.add()) }
            loop.post {
                Task(executorPreference: loop) {
                    places.add(loop.isOnLoopThread)
                    for _ in 0..<1000 { places.add(await counter.add()) }
                    // After a hop to another executor and back it is on the loop again.
                    await Task.detached {}.value
                    places.add(loop.isOnLoopThread)
                    loop.post { loop.stop() }
                }
            }
        }
        loop.run()
        #expect(places.all.count == 2002)
        #expect(!places.all.contains(false))
        #expect(loop.handlesLeftOpen == 0)
    }

    @Test func aJobMadeOnTheLoopRunsInTheSameTurn() throws {
        let loop = try EventLoop()
        let turns = Recorder<UInt64>()
        loop.schedule(afterMilliseconds: 1) {
            let turn = loop.turns
            Task(executorPreference: loop) {
                // The timer fired before the turn end of this turn.
                turns.add(loop.turns - turn)
                loop.stop()
            }
        }
        loop.run()
        #expect(turns.all == [1])
    }

    @Test func anActorIsEnteredFromACallback() async throws {
        let loop = try EventLoop()
        let counter = Counter(loop)
        #expect(loop.isIsolatingCurrentContext() == true)
        loop.schedule(afterMilliseconds: 1) {
            counter.addFromCallback()
            #expect(loop.isIsolatingCurrentContext() == true)
            loop.stop()
        }
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            onNewThread {
                loop.run()
                done.resume()
            }
        }
        #expect(loop.isIsolatingCurrentContext() == false)
    }

    @Test func aJobThatYieldsForEverDoesNotStarveIO() throws {
        let loop = try EventLoop()
        let pipe = try Pipe()
        let task = Task(executorPreference: loop) {
            while !Task.isCancelled { await Task.yield() }
            loop.stop()
        }
        var watcher: FileWatcher?
        watcher = try loop.watch(descriptor: pipe.reading, .readable) { _ in
            watcher?.stop()
            task.cancel()
        }
        loop.schedule(afterMilliseconds: 20) { pipe.write("x") }
        loop.run()
    }

    @Test func theWrongThreadTraps() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop()
            loop.post { loop.stop() }
            let counter = Counter(loop)
            onNewThread { counter.addFromCallback() }
            sleep(20)
        }
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop()
            onNewThread { loop.checkIsolated() }
            sleep(20)
        }
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop()
            onNewThread { loop.schedule(afterMilliseconds: 1) {} }
            sleep(20)
        }
    }

    @Test func theRightThreadDoesNotTrap() async {
        await #expect(processExitsWith: .success) {
            let loop = try EventLoop()
            let counter = Counter(loop)
            loop.schedule(afterMilliseconds: 1) {
                counter.addFromCallback()
                loop.checkIsolated()
                loop.stop()
            }
            loop.run()
            exit(0)
        }
    }

    @Test func postingFromManyThreadsLosesNothing() throws {
        let loop = try EventLoop()
        let seen = Recorder<Int>()
        for thread in 0..<4 {
            onNewThread {
                for number in 0..<5000 {
                    loop.post {
                        seen.add(thread * 5000 + number)
                        if seen.count == 20_000 { loop.stop() }
                    }
                }
            }
        }
        loop.run()
        for thread in 0..<4 {
            let own = seen.all.filter { $0 / 5000 == thread }
            #expect(own == Array(thread * 5000..<(thread + 1) * 5000))
        }
    }

    @Test func postingAfterTheEndIsHarmless() throws {
        let loop = try EventLoop()
        loop.stop()
        loop.run()
        loop.post { Issue.record("ran after the end") }
    }
}
