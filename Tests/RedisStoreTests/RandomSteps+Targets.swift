/// Random plans: whom a session waits for, and whom it passes over.
import ChatModel
import HubCore

extension RandomSteps {
    /// One to four targets: groups, groups with a requirement, agents.
    mutating func openings() -> [Placement.Opening] {
        var openings: [Placement.Opening] = []
        for _ in 0...roll(4) {
            let target: Placement.Target =
                switch roll(10) {
                case 0..<2: .agent(person(pick(agents + ["nobody"])))
                case 2..<5: .group(group(pick(groups)), requirement())
                default: .group(group(pick(groups)), nil)
                }
            if openings.contains(where: { $0.target == target }) { continue }
            openings.append(
                Placement.Opening(
                    target: target, durationMilliseconds: Int64(roll(4) * 1_500),
                    skipsWhenOffline: roll(3) > 0))
        }
        openings[openings.count - 1].durationMilliseconds = nil
        return openings
    }

    private mutating func requirement() -> Requirement? {
        var clauses: [Requirement.Clause] = []
        if roll(2) == 0 {
            clauses.append(.init(least: 1 + roll(4), anyOf: [Quality.skill("refund")]))
        }
        if roll(3) == 0 { clauses.append(.init(least: 1, anyOf: [Quality.language("en")])) }
        if roll(3) == 0 {
            let regions = ["east", "west"].prefix(roll(3))
            clauses.append(
                .init(least: 1, anyOf: regions.map { Quality.attribute("region", $0) }))
        }
        return Requirement(clauses)
    }

    mutating func exclusions() -> [Placement.Exclusion] {
        guard roll(3) == 0 else { return [] }
        return agents.shuffled(using: &random).prefix(1 + roll(2)).map {
            Placement.Exclusion(
                agent: person($0), forMilliseconds: roll(2) == 0 ? nil : Int64(1 + roll(4) * 900))
        }
    }
}
