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
}

extension Plan {
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
