/// Who may take a session by his capacity and by its steps (DESIGN section 2, *eligible*), and that
/// steps open when they should. Derived from the records and the plan alone.
import ChatModel
import Routing

@testable import HubCore

extension Checker {
    /// Above his capacity one session comes by a supervisor's word alone, who said so or took it
    /// herself; a limit that was lowered takes none away and lets none in.
    func checkCapacity(_ agent: MemoryAgent) {
        var added = agent.held.subtracting(lastHeld[agent.id] ?? [])
        lastHeld[agent.id] = agent.held
        guard agent.held.count > agent.capacity else { return }
        switch world.lastStep?.request {
        case .assign(let assign) where assign.overCapacity && assign.agent == agent.id:
            added.remove(assign.session)
        case .takeOver(let session, let supervisor) where supervisor == agent.id:
            added.remove(session)
        default: break
        }
        if !added.isEmpty {
            fail(2, "\(agent.id) holds \(agent.held.count) of \(agent.capacity), \(added) new")
        }
    }

    /// In a target opened by now, requirements met, not excluded. A pause that time has ended
    /// counts until a sweep has seen it, which takes no second.
    func isEligible(_ agent: MemoryAgent, _ session: MemorySession) -> Bool {
        guard session.excluded[agent.id] == nil else { return false }
        return session.openings.prefix(session.opened).contains { serves(agent, $0.target) }
    }

    /// Whoever got him without anybody's word is in a target that is open, within its hours.
    func checkTarget(_ record: SessionRecord, _ agent: MemoryAgent, _ site: MemorySite) {
        guard let session = site.sessions[record.id] else { return }
        let targets = session.openings.prefix(session.opened).map(\.target)
        if !targets.contains(where: { serves(agent, $0) }) {
            fail(3, "\(agent.id) got \(record.id), and no open target has him")
        }
    }

    /// What the calendars say holds within a second, as soon as a sweep has looked.
    func checkHours() {
        let strategy = (world.rulesInForce ?? world.rules).strategy
        let now = world.now.wallMilliseconds
        for group in site.shut.union(strategy.groupHours.keys) {
            let isShut = !strategy.isOpen(group, at: now)
            guard isShut == !strategy.isOpen(group, at: now - 1_000) else { continue }
            if site.shut.contains(group) != isShut { fail(3, "\(group) is not as its hours say") }
        }
    }

    /// A group that the last sweep found out of hours has nobody.
    private func serves(_ agent: MemoryAgent, _ target: Placement.Target) -> Bool {
        switch target {
        case .agent(let id): return agent.id == id
        case .group(let group, let requirement):
            guard agent.groups.contains(group), !site.shut.contains(group) else { return false }
            for clause in requirement?.clauses ?? [] {
                let isMet = clause.anyOf.contains { (agent.qualities[$0] ?? 0) >= clause.least }
                if !isMet { return false }
            }
            return true
        }
    }

    /// The newest step of a session, and when it opened by the site's clock.
    struct Newest {
        var step: Int
        var instant: Int64
    }

    /// A step gives way before its time only when it is to be skipped and nobody of it is there;
    /// and then at once.
    func checkSteps(_ site: MemorySite) {
        // One that is opened again begins with its first step.
        steps = steps.filter { site.open.contains($0.key) }
        for id in site.open {
            guard let session = site.sessions[id] else { continue }
            if session.record.state == .bot {
                talking.insert(id)
                continue
            }
            // From a robot to the queue: the step he is at begins now.
            if talking.remove(id) != nil {
                steps[id] = Newest(step: steps[id]?.step ?? 1, instant: site.siteNow)
            }
            let newest = session.openings[session.opened - 1]
            if session.opened < session.openings.count, newest.skipsWhenOffline,
                !isAnybodyThere(newest.target, site)
            {
                fail(3, "\(id) waits for \(newest.target), where nobody is")
            }
            var known = steps[id] ?? Newest(step: 1, instant: session.record.arrivedAt)
            while known.step < session.opened {
                let left = session.openings[known.step - 1]
                let due = known.instant + (left.durationMilliseconds ?? .max / 2)
                if due > site.siteNow, !left.skipsWhenOffline || isAnybodyThere(left.target, site) {
                    fail(4, "\(id) went on from \(left.target) \(due - site.siteNow) ms early")
                }
                known = Newest(step: known.step + 1, instant: min(due, site.siteNow))
            }
            if known.step > session.opened { fail(4, "\(id) went back a step") }
            steps[id] = known
        }
    }

    private func isAnybodyThere(_ target: Placement.Target, _ site: MemorySite) -> Bool {
        site.agents.values.contains { $0.isPresent && serves($0, target) }
    }
}
