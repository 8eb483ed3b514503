/// The site every test speaks of, and the randomness every test uses.
import ChatModel
import HubCore
import Routing

extension SiteRules {
    /// One group of two agents, four sessions each, a level parameter of the page.
    static func demo(
        offerMilliseconds: Int64? = 20_000, capacity: Int = 4, second: Bool = false,
        mode: ReceptionMode = .humanFirst, hours: [HourSpan] = [],
        change: (inout SiteRules) -> Void = { _ in }
    ) -> SiteRules {
        let group = GroupID("after-sales")!
        let floaters = GroupID("floaters")!
        var steps = [PlanStep(target: .group(group), duration: second ? 5_000 : nil)]
        if second { steps.append(PlanStep(target: .group(floaters))) }
        var vip = VipSettings()
        vip.source = .parameter
        vip.parameter = LevelParameter(name: "level", trust: .unsigned, maximum: .highest)
        var agents: [PersonID: AgentProfile] = [:]
        for name in ["chen", "dina", "eve"] {
            let id = PersonID(name)!
            agents[id] = AgentProfile(
                id: id, name: name.prefix(1).uppercased() + name.dropFirst(), capacity: capacity,
                groups: name == "eve" ? [floaters] : [group])
        }
        do {
            var rules = SiteRules(
                site: SiteID("demo")!, version: 1,
                strategy: try Strategy(
                    rules: [
                        Rule(
                            name: "everybody", mode: mode, plan: Plan(steps: steps),
                            whenClosed: hours.isEmpty ? nil : .queue,
                            waitLimitMilliseconds: second ? 4_000 : nil)
                    ], vip: vip, calendars: ["days": OpeningCalendar(hours: hours)],
                    groupHours: hours.isEmpty ? [:] : [group: "days"]),
                groups: [
                    GroupRules(
                        id: group, name: "After sales", maximumWaiting: nil, reopenBelow: nil),
                    GroupRules(
                        id: floaters, name: "Floaters", maximumWaiting: nil, reopenBelow: nil),
                ],
                agents: agents, selection: .leastLoaded, offerMilliseconds: offerMilliseconds,
                declinePauseMilliseconds: 30_000,
                graces: Graces(customerMilliseconds: 60_000, agentMilliseconds: 30_000),
                origins: [], limits: SiteLimits(), durability: "accepted")
            change(&rules)
            return rules
        } catch {
            preconditionFailure("the demo strategy is good: \(error)")
        }
    }

    /// The group goes; whoever is in it and whatever names it goes to the other.
    mutating func merge(_ group: GroupID, into other: GroupID) {
        groups.removeAll { $0.id == group }
        agents = agents.mapValues {
            var profile = $0
            profile.groups = [other]
            return profile
        }
        let plan = Plan(steps: [PlanStep(target: .group(other))])
        do {
            strategy = try Strategy(
                rules: [Rule(name: "everybody", plan: plan)], vip: strategy.vip)
        } catch {
            preconditionFailure("the demo strategy is good: \(error)")
        }
    }
}

/// SplitMix64: small, fast, and the same everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
