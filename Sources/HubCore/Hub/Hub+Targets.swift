/// From the steps of a plan to the targets a session waits for, and whom it passes over.
import ChatModel
import ChatProtocol
import Routing

/// A placement and, for the explanation, what became of each step.
struct Placing {
    struct Step {
        let step: PlanStep
        /// The agent the step stands for; nil for groups, and where the customer has none.
        var agent: PersonID?
        /// Why the step was left out; nil when it is an opening.
        var leftOut: LeftOut?
        /// Attributes that were to be compared and the customer lacks: nobody meets the step.
        var missing: [String] = []
    }

    enum LeftOut: String {
        /// The customer has no such agent.
        case none
        case notInSiteFile = "not_in_site_file"
        case badRating = "bad_rating"
        case requirements
        /// An earlier step has the same target.
        case repeated
    }

    var placement: Placement
    var steps: [Step]
}

extension Hub {
    /// How long an agent rated badly is passed over in the soft mode, from the start.
    static let softSkipMilliseconds: Int64 = 20_000

    /// `plan`: what is left of the rule's. `closed`: its groups that are out of hours, whose steps
    /// take no time. Nil when it names no group.
    func placement(
        _ decision: Decision, _ plan: Plan, closed: Set<GroupID>, _ rules: SiteRules,
        facts: Facts, customer: CustomerRecord?
    ) -> Placing? {
        // Where robots alone answer nobody ever waits: a group only names where figures belong.
        let first = decision.mode == .robotOnly ? rules.groups.first?.id : nil
        guard let home = plan.home(besides: closed) ?? plan.home ?? first else { return nil }
        let exclusions = exclusions(rules.skipBad(for: decision.rule), customer)
        var openings: [Placement.Opening] = []
        var notes: [Placing.Step] = []
        for step in plan.steps.prefix(20) {
            var note = Placing.Step(step: step)
            note.missing = step.requirements.same.filter { facts.attributes[$0] == nil }.sorted()
            let found = target(of: step, rules, facts, customer, exclusions, &note)
            if let found, openings.contains(where: { $0.target == found }) {
                note.leftOut = .repeated
            } else if let found {
                openings.append(
                    Placement.Opening(
                        target: found, durationMilliseconds: step.duration ?? 0,
                        skipsWhenOffline: step.whenOffline == .skip
                            || found.group.map(closed.contains) == true))
            }
            notes.append(note)
        }
        if openings.isEmpty { openings = [Placement.Opening(target: .group(home, nil))] }
        openings[openings.count - 1].durationMilliseconds = nil
        let group = rules.groups.first { $0.id == home }
        var placement = Placement(
            level: decision.level, levelSource: decision.levelSource,
            headStartMilliseconds: decision.headStartMilliseconds, home: home, openings: openings,
            exclusions: exclusions, offerMilliseconds: rules.offerMilliseconds,
            maximumWaiting: group?.maximumWaiting, reopenBelow: group?.reopenBelow,
            waitLimitMilliseconds: decision.rule.waitLimitMilliseconds)
        placement.closeGoneMilliseconds = rules.closeGoneMilliseconds
        placement.idle = rules.idle
        placement.wrapUpMilliseconds = rules.wrapUp
        return Placing(placement: placement, steps: notes)
    }

    /// Nil when the step is no step for this customer; the note says why.
    private func target(
        of step: PlanStep, _ rules: SiteRules, _ facts: Facts, _ customer: CustomerRecord?,
        _ exclusions: [Placement.Exclusion], _ note: inout Placing.Step
    ) -> Placement.Target? {
        let requirement = Requirement(step.requirements, of: facts.attributes)?
            .limited(to: rules.qualities)
        switch step.target {
        case .group(let group): return .group(group, requirement)
        case .dedicatedAgent: note.agent = customer?.dedicatedAgent
        case .lastAgent: note.agent = customer?.lastAgent
        }
        guard let agent = note.agent else {
            note.leftOut = Placing.LeftOut.none
            return nil
        }
        guard let profile = rules.agents[agent] else {
            note.leftOut = .notInSiteFile
            return nil
        }
        if exclusions.contains(where: { $0.agent == agent }) { note.leftOut = .badRating }
        if requirement?.isMet(by: profile.qualities) == false { note.leftOut = .requirements }
        return note.leftOut == nil ? .agent(agent) : nil
    }

    /// Agents this customer rated badly, by identifier.
    private func exclusions(_ skipBad: SkipBad?, _ customer: CustomerRecord?)
        -> [Placement.Exclusion]
    {
        guard let skipBad, let ratings = customer?.ratings else { return [] }
        let oldest = now.wallMilliseconds - skipBad.milliseconds
        return ratings.filter { $0.value.score <= skipBad.atOrBelow && $0.value.at > oldest }
            .keys.sorted().map {
                Placement.Exclusion(
                    agent: $0,
                    forMilliseconds: skipBad.mode == .soft ? Self.softSkipMilliseconds : nil)
            }
    }

    /// A search for an agent's next session was left; whoever has him here goes on with it.
    func lookOn(_ agent: PersonID, at site: LocalSite) {
        guard site.lease != nil, site.people[PersonKey(isAgent: true, id: agent)] != nil else {
            return
        }
        submit(.lookOn(agent: agent), at: site, .nothing)
    }
}

extension SiteRules {
    func skipBad(for rule: Rule) -> SkipBad? { rule.skipBad ?? skipBad }
}

extension Placing {
    /// Two members of the explanation: `steps` and `passed_over`.
    func write(to json: inout JSONWriter) {
        json.name("steps")
        json.raw("[")
        for (index, step) in steps.enumerated() {
            if index > 0 { json.raw(",") }
            write(step, to: &json)
        }
        json.raw("]")
        guard !placement.exclusions.isEmpty else { return }
        json.name("passed_over")
        json.raw("[")
        for (index, exclusion) in placement.exclusions.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{")
            json.member("agent", exclusion.agent.text)
            if let milliseconds = exclusion.forMilliseconds {
                json.member("for_ms", milliseconds)
            }
            json.raw("}")
        }
        json.raw("]")
    }

    /// The members of an explanation without what `write` tells of bad ratings: where there are
    /// any, `steps` and `passed_over` go. Agents' names hold no brackets.
    static func withoutRatings(_ members: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let rated = members.firstRange(of: Array(#","passed_over":["#.utf8)),
            let from = members.firstRange(of: Array(#","steps":["#.utf8)),
            from.lowerBound < rated.lowerBound,
            let end = members[rated.upperBound...].firstIndex(of: UInt8(ascii: "]"))
        else { return members }
        return ArraySlice(Array(members[..<from.lowerBound]) + members[(end + 1)...])
    }

    private func write(_ step: Step, to json: inout JSONWriter) {
        json.raw("{")
        switch step.step.target {
        case .dedicatedAgent: json.member("to", "dedicated")
        case .lastAgent: json.member("to", "last-agent")
        case .group(let group):
            json.member("to", "group")
            json.member("group", group.text)
        }
        json.optional("agent", step.agent?.text)
        json.optional("left_out", step.leftOut?.rawValue)
        if !step.missing.isEmpty {
            json.name("customer_lacks")
            write(step.missing, to: &json)
        }
        json.raw("}")
    }

    private func write(_ texts: [String], to json: inout JSONWriter) {
        json.raw("[")
        for (index, text) in texts.enumerated() {
            if index > 0 { json.raw(",") }
            json.text(text)
        }
        json.raw("]")
    }
}
