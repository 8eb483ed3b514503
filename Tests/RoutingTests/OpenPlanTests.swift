/// What remains of a plan when groups are out of hours or full, and when they open.
import ChatModel
import Testing

@testable import Routing

@Suite struct OpenPlanTests {
    private let care = GroupID("care")!
    private let night = GroupID("night")!
    private let floaters = GroupID("floaters")!

    private func strategy() throws -> Strategy {
        let days = OpeningCalendar(hours: [HourSpan(startSecond: 32_400, endSecond: 61_200)!])
        let nights = OpeningCalendar(hours: [HourSpan(startSecond: 79_200, endSecond: 21_600)!])
        return try Strategy(
            rules: [Rule(name: "everybody", plan: plan)],
            calendars: ["days": days, "nights": nights, "never": OpeningCalendar(weekdays: [])],
            groupHours: [care: "days", night: "nights"])
    }

    private var plan: Plan {
        Plan(steps: [
            PlanStep(target: .dedicatedAgent, duration: 10_000),
            PlanStep(target: .group(care), duration: 30_000),
            PlanStep(target: .group(night), duration: 40_000),
            PlanStep(target: .group(floaters)),
        ])
    }

    /// Milliseconds of an hour of the first day of 1970.
    private func hour(_ hour: Int64) -> Int64 { hour * 3_600_000 }

    @Test func closedGroupsAreThoseOutOfHours() throws {
        let strategy = try strategy()
        #expect(strategy.closedGroups(of: plan, at: hour(10)) == [night])
        #expect(strategy.closedGroups(of: plan, at: hour(23)) == [care])
        #expect(strategy.closedGroups(of: plan, at: hour(20)) == [care, night])
    }

    @Test func stepsThatAreLeftOutTakeNoTime() {
        let part = plan.leavingOut([care])
        #expect(part?.home == night)
        #expect(part?.steps.map(\.duration) == [10_000, 40_000, nil])
        #expect(plan.leavingOut([]) == plan)
        #expect(plan.leavingOut([care, night, floaters]) == nil)
        // A plan that never had a group is not emptied by this.
        #expect(Plan(steps: []).leavingOut([care]) == Plan(steps: []))
    }

    @Test func aPlanOpensWhenItsFirstGroupDoes() throws {
        let strategy = try strategy()
        #expect(strategy.nextOpening(of: care, from: hour(10)) == nil)
        #expect(strategy.nextOpening(of: care, from: hour(20)) == hour(33))
        #expect(strategy.nextOpening(of: floaters, from: hour(20)) == nil)
        let both = Plan(steps: [
            PlanStep(target: .group(care), duration: 1), PlanStep(target: .group(night)),
        ])
        #expect(strategy.nextOpening(of: both, from: hour(20)) == hour(22))
        let strange = try Strategy(
            rules: [Rule(name: "everybody", plan: both)],
            calendars: ["never": OpeningCalendar(weekdays: [])],
            groupHours: [care: "never", night: "never"])
        #expect(strange.nextOpening(of: both, from: 0) == nil)
        #expect(strange.decide(Facts(), at: 0).isOpen == false)
    }
}
