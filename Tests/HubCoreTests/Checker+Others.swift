/// Several agents in one conversation: only while it goes on, only who is reachable, no slot taken,
/// and whoever joined it is told everything, but whoever is only invited nothing.
import ChatModel
import ChatProtocol

@testable import HubCore

extension Checker {
    func checkOthers(_ site: MemorySite) {
        for session in site.sessions.values where !session.record.others.isEmpty {
            let (id, record) = (session.record.id, session.record)
            if record.state != .active { fail(7, "\(id) is \(record.state) and has others in it") }
            if record.agent.map({ record.other($0) != nil }) ?? true {
                fail(1, "\(id) is \(record.agent?.text ?? "-")'s, and he is beside himself")
            }
            for other in record.others {
                let isInvited = site.deadlines[.join(id, other.agent)] != nil
                if isInvited != (other.standing == .invited) {
                    fail(3, "\(other.agent) is \(other.standing) in \(id), ends: \(isInvited)")
                }
            }
            for other in record.others where site.agents[other.agent]?.reachability == .gone {
                fail(8, "\(other.agent) is lost and still in \(id)")
            }
        }
    }

    /// Who has joined it may read what follows, like its owners.
    func noteJoined(_ record: SessionRecord, _ change: SessionChange) {
        if change == .agentJoined { joins += 1 }
        for other in record.joined {
            owners.insert(OwnedSession(agent: other.agent, session: record.id))
        }
    }

    /// In an answer: he is asked to come in, and not in it.
    func isInvited(_ client: Client, _ tree: JSONValue) -> Bool {
        tree["others"]?.elements?.contains {
            $0["id"]?.string == client.person && $0["as"]?.string == "invited"
        } ?? false
    }
}
