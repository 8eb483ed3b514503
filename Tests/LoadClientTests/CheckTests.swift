/// What the load client finds wrong, seen to be found; and what it must not find.
import ChatModel
import Testing

@testable import LoadClient

@Suite struct CheckTests {
    private static func session(_ number: UInt64) -> SessionID { SessionID(high: 1, low: number) }

    @Test func whoCameLaterAndWasCertainlyServedEarlierIsFound() {
        var order = OrderCheck()
        // B starts at 20 and is assigned at 30.
        let first = order.note(started: 20, answered: 25, placeFree: 0, assigned: 30)
        #expect(first)
        // A was answered at 10, before B started; his place was freed at 40, after B was served.
        let earlier = order.note(started: 5, answered: 10, placeFree: 40, assigned: 50)
        #expect(!earlier)
        #expect(order.checked == 1)
    }

    @Test func whatMayBeTheLinesDelayIsNotFound() {
        var order = OrderCheck()
        let first = order.note(started: 20, answered: 25, placeFree: 0, assigned: 30)
        #expect(first)
        // His place may have been free before B was served: nothing is certain.
        let perhapsEarlier = order.note(started: 5, answered: 10, placeFree: 29, assigned: 50)
        #expect(perhapsEarlier)
        // He was answered only after B had started: nobody knows who was first.
        let perhapsLater = order.note(started: 5, answered: 21, placeFree: 60, assigned: 70)
        #expect(perhapsLater)
    }

    @Test func anAgentOverHisCapacityAndASessionTwiceAreFound() {
        var places = AgentPlaces(capacity: 2, onlineSince: 5)
        let one = places.take(Self.session(1))
        #expect(one == .taken(since: 5))
        let oneAgain = places.take(Self.session(1))
        #expect(oneAgain == .twice)
        let two = places.take(Self.session(2))
        #expect(two == .taken(since: 5))
        places.release(Self.session(1), at: 9)
        #expect(places.lastFreed == 9)
        let three = places.take(Self.session(3))
        #expect(three == .taken(since: 9))
        let four = places.take(Self.session(4))
        #expect(four == .overCapacity)
        // Above the limit a release makes no place free.
        places.release(Self.session(2), at: 11)
        #expect(places.freeCount == 0)
    }

    @Test func whatIsLostLateOrDoubledIsFoundAndWhatWasRefusedIsNot() {
        var way = TalkWay()
        for request in Int64(7)..<13 { way.send(by: request) }
        let heard = [way.hear(0), way.hear(2), way.hear(2)]
        #expect(heard == [.inOrder, .inOrder, .twice])
        #expect(way.lost == 4)
        let late = way.hear(1)
        #expect(late == .late)
        // Numbers 3 and 5 of 0...5.
        let refusals = [10, 12, 6, 13, 12].map { way.refused($0) }
        #expect(refusals == [true, true, false, false, false])
        let passing = way.hear(4)
        #expect(passing == .inOrder)
        #expect(way.lost == 0 && way.refusals == 2)
        // It may have been kept all the same.
        let refused = way.hear(5)
        #expect(refused == .inOrder)
        way.send(by: 13)
        #expect(way.lost == 1)
        // Refused, passed over, and there after all.
        let turnedUp = [way.hear(3), way.hear(3)]
        #expect(turnedUp == [.inOrder, .twice])
    }

    /// A hub that tells once in a while how many wait, with all that came about in between.
    @Test func everyEventIsSeenHoweverSeldomTheHubTells() {
        for seed in UInt64(1)...200 {
            var random = SplitMix(seed: seed)
            var book = BroadcastBook(half: 4, subscribers: 3)
            var seen = [0, 0, 0]
            var waiting = 0
            var steps = 0
            while !book.isComplete, steps < 1000 {
                steps += 1
                if Bool.random(using: &random), !book.isPlayed, !book.waitsForTurn {
                    waiting += book.play() < 4 ? 1 : -1
                }
                if Int.random(in: 0..<5, using: &random) == 0 {
                    let subscriber = Int.random(in: 0..<3, using: &random)
                    seen[subscriber] += book.told(waiting, subscriber: subscriber).count
                }
            }
            #expect(seen == [8, 8, 8] && book.missing == 0, "seed \(seed)")
        }
    }

    @Test func aSubscriberWhoIsToldNothingHoldsTheTurnAndIsCounted() {
        var book = BroadcastBook(half: 2, subscribers: 2)
        _ = book.play()
        _ = book.play()
        let first = book.told(2, subscriber: 0)
        #expect(first == 0..<2)
        #expect(book.waitsForTurn && book.missing == 2 && !book.isPlayed)
        let second = book.told(1, subscriber: 1)
        #expect(second == 0..<1)
        #expect(book.waitsForTurn)
        let third = book.told(2, subscriber: 1)
        #expect(third == 1..<2)
        #expect(!book.waitsForTurn && book.missing == 0)
    }

    @Test func anAnswerTwiceOrToNobodyIsFound() {
        var pending = PendingSends()
        for id in Int64(3)...5000 { pending.add(id, plannedMicroseconds: id * 10) }
        let before = pending.take(2)
        #expect(before == nil)
        let after = pending.take(5001)
        #expect(after == nil)
        for id in (Int64(3)...5000).reversed() where id % 2 == 0 {
            let planned = pending.take(id)
            #expect(planned == id * 10)
        }
        for id in Int64(3)...5000 where id % 2 == 1 {
            let planned = pending.take(id)
            #expect(planned == id * 10)
        }
        let again = pending.take(4000)
        #expect(again == nil)
        pending.add(6000, plannedMicroseconds: 1)
        pending.add(6002, plannedMicroseconds: 2)
        let never = pending.take(6001)
        #expect(never == nil)
        let last = pending.take(6002)
        #expect(last == 2)
        let first = pending.take(6000)
        #expect(first == 1)
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
