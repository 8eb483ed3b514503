/// What the site file's language already knows and the hub does not carry out yet. Such a construct
/// is checked like any other and then refused by name, never ignored. This table is the only place
/// that says so: whoever makes a construct work takes its line away.
public enum Construct: String, Hashable, Sendable, CaseIterable {
    case stepDedicated = "plan step to dedicated"
    case stepLastAgent = "plan step to last-agent"
    case stepAgent = "agent requirements of a plan step"
    case skipBad = "skip_bad"
    case wrapUp = "wrap_up"
    case survey = "survey"
    case canned = "canned"
    case selectionProficiency = "selection proficiency"
}

public struct Availability: Hashable, Sendable {
    public var notYet: Set<Construct>

    public init(notYet: Set<Construct>) { self.notYet = notYet }

    /// What this hub does not carry out.
    public static let current = Availability(notYet: [
        .stepDedicated,
        .stepLastAgent,
        .stepAgent,
        .skipBad,
        .wrapUp,
        .survey,
        .canned,
        .selectionProficiency,
    ])

    /// The whole language: for tests of the rules themselves.
    public static let everything = Availability(notYet: [])

    /// Reports the construct when it is not available.
    func require(_ construct: Construct, at place: Place, _ log: ProblemLog) {
        guard notYet.contains(construct) else { return }
        log.error("not available yet: \(construct.rawValue)", at: place)
    }
}
