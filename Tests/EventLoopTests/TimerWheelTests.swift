// The wheel alone, with a clock of its own: order, far deadlines, stale ids, and a naive twin.
import Testing

@testable import EventLoop

@Suite struct TimerWheelTests {
    @Test func aHundredThousandTimersFireInOrder() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed)
        var wheel = TimerWheel(now: 1000)
        var expected: [(deadline: Int64, number: Int)] = []
        let fired = Fired()
        for number in 0..<100_000 {
            let deadline = 1000 + Int64.random(in: 1...300_000, using: &random)
            expected.append((deadline, number))
            _ = wheel.insert(deadline: deadline, now: 1000) { fired.numbers.append(number) }
        }
        expected.sort { ($0.deadline, $0.number) < ($1.deadline, $1.number) }
        var now: Int64 = 1000
        while let look = wheel.nextLook {
            now = max(look, now)
            while let body = wheel.popDue(now: now) { body() }
        }
        #expect(fired.numbers == expected.map(\.number), "seed \(seed)")
        #expect(wheel.count == 0)
    }

    @Test func everyTimerFiresAtItsMillisecondWhateverTheStepsOfTime() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed)
        var wheel = TimerWheel(now: 0)
        var twin: [Int: (deadline: Int64, id: TimerID)] = [:]
        let fired = Fired()
        var now: Int64 = 0
        var next = 0
        for _ in 0..<20_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let far = Int64(1) << Int64.random(in: 0...30, using: &random)
                let deadline = now + Int64.random(in: 1...far, using: &random)
                let number = next
                let id = wheel.insert(deadline: deadline, now: now) { fired.numbers.append(number) }
                twin[number] = (deadline, id)
                next += 1
            case 5..<7:
                guard let victim = twin.randomElement(using: &random) else { continue }
                wheel.cancel(victim.value.id)
                twin[victim.key] = nil
                wheel.cancel(victim.value.id)
            default:
                now += Int64(1) << Int64.random(in: 0...16, using: &random)
                fired.numbers = []
                while let body = wheel.popDue(now: now) { body() }
                let due = twin.filter { $0.value.deadline <= now }
                let order = due.sorted {
                    ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key)
                }
                #expect(fired.numbers == order.map(\.key), "seed \(seed)")
                for key in due.keys { twin[key] = nil }
            }
            #expect(wheel.count == twin.count, "seed \(seed)")
            let earliest = twin.values.map(\.deadline).min()
            #expect((wheel.nextLook ?? .max) <= (earliest ?? .max), "seed \(seed)")
        }
    }

    @Test func anIdOfAFiredTimerDoesNotHitTheNextOneInItsPlace() {
        var wheel = TimerWheel(now: 0)
        let fired = Fired()
        let old = wheel.insert(deadline: 1, now: 0) { fired.numbers.append(1) }
        wheel.popDue(now: 1)?()
        _ = wheel.insert(deadline: 2, now: 1) { fired.numbers.append(2) }
        wheel.cancel(old)
        wheel.popDue(now: 2)?()
        #expect(fired.numbers == [1, 2])
    }

    @Test func aFarTimerCostsAtMostSixLooks() {
        var wheel = TimerWheel(now: 12_345)
        let deadline = 12_345 + TimerWheel.maximumDelay
        _ = wheel.insert(deadline: deadline, now: 12_345) {}
        var looks = 0
        while let look = wheel.nextLook {
            looks += 1
            if wheel.popDue(now: look) != nil { #expect(look == deadline) }
        }
        #expect(looks <= 7)
    }
}

private final class Fired {
    var numbers: [Int] = []
}

/// SplitMix64, so that a printed seed repeats a run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
