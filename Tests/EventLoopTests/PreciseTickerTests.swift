// Ticks finer than a millisecond.
import Testing

import EventLoop

@Suite struct PreciseTickerTests {
    @Test func ticksComeBetweenMillisecondsAndEndWithStop() throws {
        let loop = try EventLoop()
        var ticks = 0
        var ticker: PreciseTicker?
        let began = loop.nowMicroseconds()
        ticker = try PreciseTicker(loop, everyMicroseconds: 200) {
            ticks += 1
            guard ticks == 20 else { return }
            ticker?.stop()
            ticker?.stop()
            loop.schedule(afterMilliseconds: 20) { loop.stop() }
        }
        loop.run()
        // Late ticks are told as one, so there may be fewer than time allows, never more.
        #expect(ticks == 20)
        #expect(loop.nowMicroseconds() - began >= 20 * 200)
        #expect(loop.handlesLeftOpen == 0)
    }

    @Test func aTickerNobodyKeepsIsStopped() throws {
        let loop = try EventLoop()
        _ = try PreciseTicker(loop, everyMicroseconds: 100) { Issue.record("it ticks on") }
        loop.schedule(afterMilliseconds: 10) { loop.stop() }
        loop.run()
        #expect(loop.handlesLeftOpen == 0)
    }
}
