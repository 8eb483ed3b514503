/// Hours of groups: nobody is matched by one that is out of hours.
import ChatModel
import Routing

extension MemorySite {
    /// Those who come to be served now are matched.
    mutating func setHours(_ hours: [GroupHours], version: Int) -> StoreReply {
        if let inForce = files.inForce, inForce != version { return .done }
        self.hours = hours
        keepHours()
        return .done
    }

    /// What has closed leaves its people without work from there; what has opened finds some for
    /// them, by identifier. A search begins anew: there are more to have.
    mutating func keepHours() {
        let before = shut
        shut = Set(hours.filter { !$0.isOpen(at: now) }.map(\.group))
        let opened = before.subtracting(shut)
        let freed = agents.values.filter { !opened.isDisjoint(with: $0.groups) }.map(\.id).sorted()
        for id in freed { agents[id]!.cursor = nil }
        for id in freed { match(agent: id) }
    }

    /// Whether every group of its plan is out of hours.
    func isShut(_ session: MemorySession) -> Bool {
        let groups = session.openings.map(\.target).groups
        return !groups.isEmpty && groups.allSatisfy(shut.contains)
    }
}
