/// Agents: what they set, what they hold, and who comes first when work is given out.
import ChatModel

struct MemoryAgent {
    let id: PersonID
    var capacity = 4
    var groups: [GroupID] = []
    var status = AgentStatus.offline
    var reachability = Reachability.gone
    /// Offers to him and sessions he owns; his load is this and nothing else.
    var held: Set<SessionID> = []
    /// When he last came to hold fewer sessions, or last became online and connected.
    var freeSince: Int64 = 0
    /// The site's assignment count when he last got something; 0 never.
    var lastAssignment = 0
    var qualities: [String: Int] = [:]
    /// The last session a search has passed, while one goes on: all up to it pass him over.
    var cursor: SessionID?
    /// Why he has his status, and since when; who set it, if that was a supervisor.
    var reason = ""
    var since: Int64
    var setBy: PersonID?
    var ramp: Int?
    var rampEvery: Int64 = 0
    /// How lines name him.
    var label: [UInt8]

    init(id: PersonID, since: Int64) {
        self.id = id
        label = AgentProfile(id: id).label
        self.since = since
    }

    var isPresent: Bool { status == .online && reachability == .connected }
    /// Sessions he may be given: his capacity, or less while he comes in slowly.
    var limit: Int { min(capacity, ramp ?? capacity) }
    var isAvailable: Bool { isPresent && held.count < limit }

    /// Without the time he has been so.
    var record: AgentRecord {
        var record = AgentRecord(
            id: id, status: status, reachability: reachability, capacity: capacity,
            held: held.count, groups: groups)
        record.reason = reason.isEmpty ? nil : reason
        record.ramp = ramp
        record.setBy = setBy
        return record
    }

    /// Lower is chosen first; equal ones by identifier. Load is in thousandths of the capacity,
    /// rounded down. Where skills are asked for, proficiency is their sum, and free since counts in
    /// seconds.
    func score(by selection: Selection, for target: Placement.Target) -> (Int, Int, Int64) {
        let load = held.count * 1000 / max(capacity, 1)
        switch selection {
        case .proficiency:
            guard case .group(_, let requirement?) = target,
                case let sum = requirement.proficiency(of: qualities), sum > 0
            else { return (0, load, freeSince) }
            return (-sum, load, freeSince / 1000)
        case .leastLoaded: return (0, load, freeSince)
        case .longestIdle: return (0, 0, freeSince)
        case .roundRobin: return (0, lastAssignment, 0)
        }
    }
}

extension MemorySite {
    /// Who is present first, then by identifier.
    func agentRecords(atMost limit: Int) -> [AgentRecord] {
        agents.values.sorted {
            $0.isPresent == $1.isPresent ? $0.id < $1.id : $0.isPresent
        }.prefix(limit).map(shown)
    }

    /// Agents never attached get no record; those no longer listed keep what they hold.
    mutating func syncAgents(
        _ profiles: [AgentProfile], groups: [GroupID], selection: Selection
    ) -> StoreReply {
        self.selection = selection
        siteGroups = Set(groups)
        let listed = Dictionary(profiles.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        for id in agents.keys {
            let profile = AgentProfile(id: id, capacity: agents[id]!.capacity)
            setProfile(of: id, to: listed[id] ?? profile)
        }
        _ = matchEverybody()
        return .done
    }

    /// Takes what the site file says of him. What he serves may be different then: a search begins
    /// anew.
    mutating func setProfile(of id: PersonID, to profile: AgentProfile) {
        let before = agents[id]!
        agents[id]!.capacity = profile.capacity
        agents[id]!.qualities = profile.qualities
        agents[id]!.label = profile.label
        setGroups(of: id, to: profile.groups)
        let agent = agents[id]!
        let isAsBefore =
            before.capacity == agent.capacity && before.groups == agent.groups
            && before.qualities == agent.qualities
        if !isAsBefore { agents[id]!.cursor = nil }
    }

    /// Takes the groups of the site file; one that was removed from it stays with him as long as
    /// an open session names it, so that nobody who waits there is left behind.
    private mutating func setGroups(of id: PersonID, to groups: [GroupID]) {
        let kept = agents[id]!.groups.filter {
            isRemoved($0) && isInUse($0) && !groups.contains($0)
        }
        agents[id]!.groups = groups + kept
    }

    /// Removed groups that no open session names any more lose their agents.
    mutating func leaveRemovedGroups() {
        for id in agents.keys {
            let kept = agents[id]!.groups.filter { !isRemoved($0) || isInUse($0) }
            agents[id]!.groups = kept
        }
    }

    private func isRemoved(_ group: GroupID) -> Bool {
        siteGroups.map { !$0.contains(group) } ?? false
    }

    private func isInUse(_ group: GroupID) -> Bool {
        open.contains { sessions[$0]!.openings.contains { $0.target.group == group } }
    }

    /// Changes status or reachability, and notes the moment he came in.
    mutating func setPresence(of id: PersonID, _ change: (inout MemoryAgent) -> Void) {
        guard var agent = agents[id] else { return }
        let wasPresent = agent.isPresent
        change(&agent)
        if agent.isPresent && !wasPresent { agent.freeSince = siteNow }
        agents[id] = agent
    }

    /// By arrival.
    func heldSessions(of id: PersonID) -> [SessionID] {
        (agents[id]?.held ?? []).sorted {
            sessions[$0]!.record.arrival < sessions[$1]!.record.arrival
        }
    }

    /// The available agents of a target, best first.
    func availableAgents(of target: Placement.Target) -> [MemoryAgent] {
        agents.values
            .filter { $0.isAvailable && serves($0, target) }
            .sorted {
                let left = $0.score(by: selection, for: target)
                let right = $1.score(by: selection, for: target)
                return left == right ? $0.id < $1.id : left < right
            }
    }

    func presentAgents(of group: GroupID) -> Int {
        agents.values.count { $0.isPresent && serves($0, .group(group, nil)) }
    }
}
