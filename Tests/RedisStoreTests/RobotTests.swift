/// A robot with more sessions than one step takes from it, on both stores alike.
import ChatModel
import HubCore
import Routing
import Testing

@testable import RedisStore

@Suite(.serialized) struct RobotTests {
    private func start(_ pair: Pair, _ numbers: ClosedRange<Int>) throws {
        for number in numbers {
            try pair.ask(.attach(Attach(person: customer("v_\(number)"), profile: nil)))
            var start = StartSession.plain(
                UInt64(number), by: "v_\(number)",
                [Placement.Opening(target: .group(group("sales"), nil))])
            start.ways = [.robot]
            try pair.ask(.start(start))
        }
    }

    private func attach(_ pair: Pair, _ robot: Participant) throws {
        try pair.ask(.attach(Attach(person: robot, profile: nil, botCapacity: 1_000)))
    }

    private func waiting(_ pair: Pair) throws -> Int {
        try pair.ask(.queueSnapshot(group("sales")))
        return pair.waiting
    }

    @Test(arguments: [0, 2_000]) func itsSessionsLeaveItAHundredAtATime(grace: Int64) throws {
        let pair = try Pair(seed: 0)
        defer { pair.thread.end() }
        let robot = Participant(role: .bot, id: person("robot"))
        try attach(pair, robot)
        try start(pair, 1...250)
        #expect(try waiting(pair) == 0)
        try pair.ask(.detach(Detach(person: robot, graceMilliseconds: grace)))
        if grace > 0 {
            pair.advance(1_000)
            try pair.ask(.sweep(limit: 1_000))
            pair.advance(grace - 1_000)
            try pair.ask(.sweep(limit: 1_000))
        }
        #expect(try waiting(pair) == 100)
        try pair.ask(.sweep(limit: 1_000))
        #expect(try waiting(pair) == 200)
        // Back again, it keeps the rest.
        try attach(pair, robot)
        try pair.ask(.sweep(limit: 1_000))
        #expect(try waiting(pair) == 200)
        try pair.ask(.detach(Detach(person: robot, graceMilliseconds: 0)))
        #expect(try waiting(pair) == 250)
        try pair.compareStates()
        #expect(!pair.hasFailed)
        try pair.stop()
    }
}
