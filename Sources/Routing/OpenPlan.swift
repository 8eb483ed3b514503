/// What of a plan can be used at a time: groups out of hours, and those found full, are no targets.
public import ChatModel

extension Strategy {
    /// The groups of the plan that are out of hours at a time (milliseconds since 1970).
    public func closedGroups(of plan: Plan, at milliseconds: Int64) -> Set<GroupID> {
        Set(plan.groups.filter { !isOpen($0, at: milliseconds) })
    }

    /// When a group that is out of hours opens next, in milliseconds since 1970; nil while it is
    /// open, and when it stays closed for 400 days.
    public func nextOpening(of group: GroupID, from milliseconds: Int64) -> Int64? {
        guard let calendar = groupHours[group].flatMap({ calendars[$0] }),
            !calendar.isOpen(at: zone.localTime(at: milliseconds))
        else { return nil }
        return calendar.nextOpening(from: milliseconds, zone: zone)
    }

    /// When the groups that have hours open and close, from an hour ago on for eight days, by
    /// group; at most 64 changes of each.
    public func groupHours(around milliseconds: Int64) -> [GroupHours] {
        let start = milliseconds - 3_600_000
        return groupHours.keys.sorted().compactMap { group in
            guard let calendar = groupHours[group].flatMap({ calendars[$0] }) else { return nil }
            let changes = calendar.changes(
                after: start, before: milliseconds + 8 * 86_400_000, zone: zone)
            return GroupHours(
                group: group, isOpen: calendar.isOpen(at: zone.localTime(at: start)),
                changes: Array(changes.prefix(64)))
        }
    }
}

/// When a group opens and closes.
public struct GroupHours: Hashable, Sendable {
    public let group: GroupID
    /// Before the first change.
    public let isOpen: Bool
    /// Instants at which that turns, in milliseconds since 1970, ascending.
    public let changes: [Int64]

    public init(group: GroupID, isOpen: Bool, changes: [Int64]) {
        self.group = group
        self.isOpen = isOpen
        self.changes = changes
    }

    public func isOpen(at milliseconds: Int64) -> Bool {
        changes.count { $0 <= milliseconds }.isMultiple(of: 2) ? isOpen : !isOpen
    }
}

extension Plan {
    /// Its first group that is not one of these.
    public func home(besides groups: Set<GroupID>) -> GroupID? {
        self.groups.first { !groups.contains($0) }
    }

    /// The plan without its steps to these groups; the time of a step that is left out is not
    /// waited for, and the first group that remains is home. Nil when no group remains of a plan
    /// that had one.
    public func leavingOut(_ groups: Set<GroupID>) -> Plan? {
        let part = Plan(
            steps: steps.filter { step in
                guard case .group(let group) = step.target else { return true }
                return !groups.contains(group)
            })
        return part.home == nil && home != nil ? nil : part
    }
}
