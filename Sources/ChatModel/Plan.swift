/// What a rule asks for, as plain data (DESIGN section 4).

public struct Plan: Hashable, Sendable {
    public var steps: [PlanStep]

    public init(steps: [PlanStep]) { self.steps = steps }

    /// The first group of the plan: it gives the queue class and the ticket.
    public var home: GroupID? {
        for step in steps {
            if case .group(let group) = step.target { return group }
        }
        return nil
    }
}

/// Targets are cumulative: a later step adds its target, none is taken away.
public struct PlanStep: Hashable, Sendable {
    public enum Target: Hashable, Sendable {
        case dedicatedAgent
        case lastAgent
        case group(GroupID)
    }

    public enum WhenOffline: String, Hashable, Sendable, CaseIterable { case skip, wait }

    public var target: Target
    /// Milliseconds until the next step is tried as well. Nil on the last step: without end.
    public var duration: Int64?
    public var whenOffline: WhenOffline
    public var requirements: AgentRequirements

    public init(
        target: Target, duration: Int64? = nil, whenOffline: WhenOffline = .skip,
        requirements: AgentRequirements = AgentRequirements()
    ) {
        self.target = target
        self.duration = duration
        self.whenOffline = whenOffline
        self.requirements = requirements
    }
}

/// What a step asks of the agent. Empty means anyone of the target.
public struct AgentRequirements: Hashable, Sendable {
    /// Least skill level by skill.
    public var skills: [String: Int]
    public var languages: [String]
    /// Attributes in which agent and customer must be alike.
    public var same: [String]

    public init(skills: [String: Int] = [:], languages: [String] = [], same: [String] = []) {
        self.skills = skills
        self.languages = languages
        self.same = same
    }

    public var isEmpty: Bool { skills.isEmpty && languages.isEmpty && same.isEmpty }
}
