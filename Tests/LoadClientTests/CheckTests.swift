/// What the load client finds wrong, seen to be found; and what it must not find.
import ChatModel
import Testing

@testable import LoadClient

@Suite struct CheckTests {
    private static func session(_ number: UInt64) -> SessionID { SessionID(high: 1, low: number) }

    @Test func whoCameLaterAndWasCertainlyServedEarlierIsFound() {
        var order = OrderCheck()
        // B starts at 20 and is assigned at 30.
        #expect(order.note(started: 20, answered: 25, placeFree: 0, assigned: 30))
        // A was answered at 10, before B started; his place was freed at 40, after B was served.
        #expect(!order.note(started: 5, answered: 10, placeFree: 40, assigned: 50))
        #expect(order.checked == 1)
    }

    @Test func whatMayBeTheLinesDelayIsNotFound() {
        var order = OrderCheck()
        #expect(order.note(started: 20, answered: 25, placeFree: 0, assigned: 30))
        // His place may have been free before B was served: nothing is certain.
        #expect(order.note(started: 5, answered: 10, placeFree: 29, assigned: 50))
        // He was answered only after B had started: nobody knows who was first.
        #expect(order.note(started: 5, answered: 21, placeFree: 60, assigned: 70))
    }

    @Test func anAgentOverHisCapacityAndASessionTwiceAreFound() {
        var places = AgentPlaces(capacity: 2, onlineSince: 5)
        #expect(places.take(Self.session(1)) == .taken(since: 5))
        #expect(places.take(Self.session(1)) == .twice)
        #expect(places.take(Self.session(2)) == .taken(since: 5))
        places.release(Self.session(1), at: 9)
        #expect(places.lastFreed == 9)
        #expect(places.take(Self.session(3)) == .taken(since: 9))
        #expect(places.take(Self.session(4)) == .overCapacity)
        // Above the limit a release makes no place free.
        places.release(Self.session(2), at: 11)
        #expect(places.freeCount == 0)
    }

    @Test func anAnswerTwiceOrToNobodyIsFound() {
        var pending = PendingSends()
        for id in Int64(3)...5000 { pending.add(id, plannedMicroseconds: id * 10) }
        #expect(pending.take(2) == nil)
        #expect(pending.take(5001) == nil)
        for id in (Int64(3)...5000).reversed() where id % 2 == 0 {
            #expect(pending.take(id) == id * 10)
        }
        for id in Int64(3)...5000 where id % 2 == 1 { #expect(pending.take(id) == id * 10) }
        #expect(pending.take(4000) == nil)
        pending.add(6000, plannedMicroseconds: 1)
        pending.add(6002, plannedMicroseconds: 2)
        #expect(pending.take(6001) == nil)
        #expect(pending.take(6002) == 2)
        #expect(pending.take(6000) == 1)
    }

    @Test func aDayHasItsCurveAndIsTheSameFromTheSameSeed() {
        var options = CrowdOptions()
        options.customers = 5000
        options.topics = ["refund", "order"]
        let day = ServicePlan.day(options)
        #expect(day.arriving == ServicePlan.day(options).arriving)
        #expect(day.count == 5000)
        let hours = day.arriving.map { Double($0.arrivalMicroseconds) * options.factor / 3.6e9 }
        #expect(hours == hours.sorted())
        #expect(hours.allSatisfy { (0..<24).contains($0) })
        #expect(hours.count { $0 < 6 } < hours.count { (10..<11).contains($0) })
        let important = Double(day.arriving.count { $0.level > 0 }) / 5000
        #expect(abs(important - 0.2) < 0.03)
        options.hours = 12
        #expect(
            ServicePlan.day(options).arriving.allSatisfy {
                Double($0.arrivalMicroseconds) * options.factor <= 12 * 3.6e9
            })
    }

    @Test func halfOfAQueueWaitsBeforeTheAgentsCome() {
        var options = CrowdOptions()
        options.customers = 7
        options.arrivalRate = 2
        let plan = ServicePlan.queue(options)
        #expect(plan.waiting.count == 4)
        #expect(plan.arriving.map(\.arrivalMicroseconds) == [0, 500_000, 1_000_000])
    }
}
