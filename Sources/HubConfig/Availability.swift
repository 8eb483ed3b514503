/// What the site file's language already knows and the hub does not carry out yet. Such a construct
/// is checked like any other and then refused by name, never ignored. This table is the only place
/// that says so: whoever makes a construct work takes its line away.
public enum Construct: String, Hashable, Sendable, CaseIterable {
    case idleReminder = "idle.remind_after"
}

public struct Availability: Hashable, Sendable {
    public var notYet: Set<Construct>

    public init(notYet: Set<Construct>) { self.notYet = notYet }

    /// What this hub does not carry out.
    public static let current = Availability(notYet: [.idleReminder])

    /// The whole language: for tests of the rules themselves.
    public static let everything = Availability(notYet: [])

    /// Reports the construct when it is not available.
    func require(_ construct: Construct, at place: Place, _ log: ProblemLog) {
        guard notYet.contains(construct) else { return }
        log.error("not available yet: \(construct.rawValue)", at: place)
    }
}
