// Work beside the loop: where it runs, where its result goes, and what the loop's end makes of it.
import Glibc
import Synchronization
import Testing

import EventLoop

@Suite struct BackgroundWorkTests {
    @Test func workRunsBesideTheLoopAndItsResultComesToIt() throws {
        let loop = try EventLoop()
        let seen = Recorder<Bool>()
        loop.offload {
            loop.isOnLoopThread
        } then: { wasOnLoop in
            seen.add(wasOnLoop)
            seen.add(loop.isOnLoopThread)
            loop.stop()
        }
        loop.run()
        #expect(seen.all == [false, true])
        #expect(loop.handlesLeftOpen == 0)
    }

    @Test func theLoopGoesOnMeanwhile() throws {
        let loop = try EventLoop()
        let turns = Recorder<Int>()
        loop.offload {
            usleep(50_000)
        } then: {
            loop.stop()
        }
        func tick() {
            turns.add(1)
            loop.schedule(afterMilliseconds: 5) { tick() }
        }
        tick()
        loop.run()
        #expect(turns.count >= 3)
    }

    @Test func theEndOfTheLoopWaitsForWorkAndDropsItsResult() throws {
        let loop = try EventLoop()
        let done = Recorder<String>()
        loop.offload {
            usleep(50_000)
            done.add("worked")
        } then: {
            done.add("told")
        }
        loop.post { loop.stop() }
        loop.run()
        #expect(done.all == ["worked"])
        #expect(loop.handlesLeftOpen == 0)
    }
}
