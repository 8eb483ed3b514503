/// Leases and presence: which nodes hold which people, and what happens when the last one lets go.
import ChatModel

/// A person as presence knows him: supervisors count as agents.
struct MemoryPerson: Hashable, Comparable {
    let isAgent: Bool
    var isBot = false
    let id: PersonID

    init(isAgent: Bool, id: PersonID) {
        self.isAgent = isAgent
        self.id = id
    }

    init(_ participant: Participant) {
        let isBot = participant.role == .bot
        self.init(isAgent: participant.role != .customer && !isBot, id: participant.id)
        self.isBot = isBot
    }

    var text: String { (isBot ? "bot:" : isAgent ? "agent:" : "customer:") + id.text }
    static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension MemorySite {
    mutating func openLease(milliseconds: Int64, graces: Graces) -> StoreReply {
        if lastSweep == nil { lastSweep = now }
        lastIncarnation += 1
        leases[lastIncarnation] = MemoryLease(deadline: siteNow + milliseconds, graces: graces)
        return .lease(Lease(incarnation: lastIncarnation))
    }

    mutating func attach(_ attach: Attach, to incarnation: Int64) -> StoreReply {
        let person = MemoryPerson(attach.person)
        presence[person, default: []].insert(incarnation)
        if person.isBot {
            attachBot(person.id, capacity: attach.botCapacity)
        } else if person.isAgent {
            attachAgent(person.id, profile: attach.profile)
        } else {
            attachCustomer(person.id)
        }
        let agent = person.isAgent ? agents[person.id].map(shown) : nil
        return .attached(Attached(sessions: openSessions(of: attach.person), agent: agent))
    }

    private mutating func attachCustomer(_ id: PersonID) {
        deadlines[.customerGrace(id)] = nil
        guard let session = openSession(ofCustomer: id) else { return }
        deadlines[.gone(session)] = nil
        guard !sessions[session]!.record.customerConnected else { return }
        sessions[session]!.record.customerConnected = true
        changed(session, .customerBack)
        enterQueues(session)
        match(session: session)
    }

    private mutating func attachAgent(_ id: PersonID, profile: AgentProfile?) {
        deadlines[.agentGrace(id)] = nil
        if agents[id] == nil { agents[id] = MemoryAgent(id: id, since: siteNow) }
        if let profile { setProfile(of: id, to: profile) }
        setPresence(of: id) { $0.reachability = .connected }
        match(agent: id)
    }

    mutating func detach(_ detach: Detach, from incarnation: Int64) -> StoreReply {
        remove(MemoryPerson(detach.person), from: incarnation, grace: detach.graceMilliseconds)
        return .done
    }

    /// Takes one person off one node; the grace begins when no other node has him. Somebody who
    /// was not there is left alone.
    mutating func remove(_ person: MemoryPerson, from incarnation: Int64, grace: Int64) {
        guard presence[person]?.remove(incarnation) != nil else { return }
        guard presence[person]!.isEmpty else { return }
        presence[person] = nil
        if person.isBot {
            begin(.botGrace(person.id), after: grace)
        } else if person.isAgent {
            setPresence(of: person.id) { $0.reachability = .grace }
            begin(.agentGrace(person.id), after: grace)
        } else if let session = openSession(ofCustomer: person.id) {
            sessions[session]!.record.customerConnected = false
            leaveQueues(session)
            changed(session, .customerLost)
            begin(.customerGrace(person.id), after: grace)
        }
    }

    /// A grace of 0 ends in the same step.
    private mutating func begin(_ grace: MemoryDeadline, after milliseconds: Int64) {
        if milliseconds > 0 {
            deadlines[grace] = siteNow + milliseconds
        } else {
            graceEnded(grace)
        }
    }

    mutating func graceEnded(_ grace: MemoryDeadline) {
        deadlines[grace] = nil
        switch grace {
        case .customerGrace(let customer):
            guard let session = openSession(ofCustomer: customer) else { return }
            let state = sessions[session]!.record.state
            if state == .bot || state == .queued || state == .offered {
                end(session, reason: "gone")
            } else if let more = sessions[session]!.closeGone {
                // A conversation waits for him a little longer: its agent may still write.
                deadlines[.gone(session)] = siteNow + more
            }
        case .agentGrace(let agent):
            setPresence(of: agent) { $0.reachability = .gone }
            leaveAll(agent)
            for session in asked(agent) { endTransfer(of: session, .transferExpired) }
            for id in heldSessions(of: agent) where sessions[id]!.record.state == .wrapup {
                endWrap(id)
            }
            giveBack(heldSessions(of: agent), change: .agentLost)
        case .botGrace(let bot): botGone(bot)
        case .offer, .step, .pause, .limit, .gone, .idle, .join, .transfer, .ramp, .wrap:
            preconditionFailure("not a grace")
        }
    }

    func people(of incarnation: Int64) -> [MemoryPerson] {
        presence.filter { $0.value.contains(incarnation) }.keys.sorted()
    }

    func openSession(ofCustomer id: PersonID) -> SessionID? {
        open.first { sessions[$0]!.record.customer == id }
    }

    /// A customer's one open session, or what an agent holds, by arrival, and then what he is in
    /// beside its owner.
    func openSessions(of participant: Participant) -> [SessionRecord] {
        let person = MemoryPerson(participant)
        if person.isBot { return sessions(ofBot: person.id).map(record(of:)) }
        if person.isAgent {
            let held = heldSessions(of: person.id)
            return (held + joined(by: person.id).filter { !held.contains($0) }).map(record(of:))
        }
        return openSession(ofCustomer: person.id).map { [record(of: $0)] } ?? []
    }

    /// The same; of a customer without one, what was closed while he was away.
    func sessions(of participant: Participant) -> [SessionRecord] {
        let found = openSessions(of: participant)
        guard found.isEmpty, participant.role == .customer, let id = unseen[participant.id] else {
            return found
        }
        return [record(of: id)]
    }
}
