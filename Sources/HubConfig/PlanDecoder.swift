/// Reads the plan of a rule: its ordered steps.
import ChatModel
import Routing

struct PlanDecoder {
    static let stepLimit = 20

    let groups: [GroupID]

    func decode(_ entry: Entry) -> Plan? {
        guard let entries = entry.list() else { return nil }
        guard (1...Self.stepLimit).contains(entries.count) else {
            entry.error(
                "a plan of \(entries.count) steps", allowed: "1...\(Self.stepLimit) steps")
            return nil
        }
        let steps = entries.enumerated().map { index, entry in
            step(entry, isLast: index == entries.count - 1)
        }
        guard !steps.contains(where: { $0 == nil }) else { return nil }
        let found = steps.compactMap(\.self)
        for (index, step) in found.enumerated()
        where found[..<index].contains(where: { Self.covers($0, step) }) {
            entries[index].error("this target is in the plan already: steps only ever add targets")
        }
        return Plan(steps: found)
    }

    /// Whether nobody could take a session by the later step who cannot by the earlier one.
    private static func covers(_ earlier: PlanStep, _ later: PlanStep) -> Bool {
        earlier.target == later.target
            && (earlier.requirements.isEmpty || earlier.requirements == later.requirements)
    }

    private enum Target: String, CaseIterable {
        case dedicated
        case lastAgent = "last-agent"
        case group
    }

    private func step(_ entry: Entry, isLast: Bool) -> PlanStep? {
        guard let section = entry.section() else { return nil }
        let target = target(section)
        let duration = duration(section, isLast: isLast)
        var whenOffline = PlanStep.WhenOffline.skip
        if let value = section.value("if_offline") {
            whenOffline = value.choice(PlanStep.WhenOffline.self) ?? .skip
            if isLast {
                section.log.warning(
                    "`if_offline` of the last step changes nothing: no step comes after it",
                    at: value.place)
            }
        }
        var requirements = AgentRequirements()
        if let value = section.value("agent") {
            requirements = self.requirements(value)
        }
        section.finish()
        return target.map {
            PlanStep(
                target: $0, duration: duration, whenOffline: whenOffline,
                requirements: requirements)
        }
    }

    private func target(_ section: Section) -> PlanStep.Target? {
        let groupEntry = section.value("group")
        guard let entry = section.value("to") else {
            if !section.contains("to") {
                section.missing(
                    "to", allowed: Target.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return nil
        }
        guard let target = entry.choice(Target.self) else { return nil }
        if target != .group, let groupEntry {
            groupEntry.error("`group` is only for `to: group`")
        }
        switch target {
        case .dedicated: return .dedicatedAgent
        case .lastAgent: return .lastAgent
        case .group:
            guard let groupEntry else {
                if !section.contains("group") { section.missing("group", allowed: groupNames) }
                return nil
            }
            return group(groupEntry).map(PlanStep.Target.group)
        }
    }

    private func group(_ entry: Entry) -> GroupID? {
        guard let text = entry.text(maximumBytes: 40) else { return nil }
        if let group = groups.first(where: { $0.text == text }) { return group }
        entry.error(
            "unknown group `\(Entry.shortened(text))`", allowed: groupNames,
            suggestion: NearestName.of(text, among: groups.map(\.text)))
        return nil
    }

    private var groupNames: String {
        groups.isEmpty ? "none is defined" : groups.map(\.text).joined(separator: ", ")
    }

    private func duration(_ section: Section, isLast: Bool) -> Int64? {
        guard let entry = section.value("for") else {
            if !isLast, !section.contains("for") {
                section.missing("for", allowed: "how long to try it before also trying the next")
            }
            return nil
        }
        let duration = entry.duration(in: 0...86_400_000)
        if isLast {
            section.log.warning(
                "`for` of the last step changes nothing: no step comes after it", at: entry.place)
            return nil
        }
        return duration
    }

    private func requirements(_ entry: Entry) -> AgentRequirements {
        var requirements = AgentRequirements()
        guard let section = entry.section() else { return requirements }
        if let skills = section.value("skills")?.section() {
            for (name, _, value) in skills.all { requirements.skills[name] = leastLevel(value) }
        }
        requirements.languages =
            section.value("languages")?.listOrSelf()
            .compactMap { $0.text(maximumBytes: 35) } ?? []
        requirements.same =
            section.value("same")?.listOrSelf()
            .compactMap { $0.text(maximumBytes: 64) } ?? []
        section.finish()
        if !section.log.hasErrors, requirements.isEmpty { entry.error("nothing is asked for") }
        return requirements
    }

    private func leastLevel(_ entry: Entry) -> Int? {
        guard let text = entry.scalar?.text, text.hasPrefix(">="),
            let level = Int(text.dropFirst(2).drop { $0 == " " }), (1...10).contains(level)
        else {
            entry.error("expected a least level", allowed: "\">= 1\"...\">= 10\"")
            return nil
        }
        return level
    }
}
