/// How important a customer is: 0 (ordinary) to 10. Bigger is more important, everywhere.
public struct Level: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let value: Int

    /// Nil outside 0...10.
    public init?(_ value: Int) {
        guard (0...10).contains(value) else { return nil }
        self.value = value
    }

    private init(known value: Int) { self.value = value }

    public static let ordinary = Level(known: 0)
    public static let highest = Level(known: 10)

    public var description: String { String(value) }
    public static func < (left: Level, right: Level) -> Bool { left.value < right.value }
}

/// Where a session's level came from (DESIGN section 4).
public enum LevelSource: String, Hashable, Sendable, CaseIterable {
    case parameter, attribute, none
}

/// The customers who see each other in the queue: one group, one level.
public struct QueueClass: Hashable, Sendable {
    public let group: GroupID
    public let level: Level

    public init(group: GroupID, level: Level) {
        self.group = group
        self.level = level
    }
}
