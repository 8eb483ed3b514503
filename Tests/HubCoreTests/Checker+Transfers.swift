/// Conversations on their way to a colleague or a group: he who is asked holds a slot and hears
/// nothing, the giver owns it until he says yes, and what comes to nothing leaves all as it was.
import ChatModel
import ChatProtocol

@testable import HubCore

extension Checker {
    /// What a step finds of a session that somebody has.
    struct Before {
        let owner: PersonID?
        let asked: PersonID?
        let arrival: Int
        let arrivedAt: Int64
    }

    func isAsked(_ agent: PersonID, _ record: SessionRecord?) -> Bool {
        record?.transfer?.to == agent && record?.agent != agent
    }

    func checkTransfers(_ site: MemorySite) {
        for told in site.told {
            // It has a plan of its own from then on, of one step.
            if case .session(let record, .sentToGroup) = told.notice { steps[record.id] = nil }
        }
        for session in site.sessions.values {
            guard let transfer = session.record.transfer else { continue }
            let (id, record) = (session.record.id, session.record)
            if record.state != .active || record.agent != transfer.from {
                fail(1, "\(transfer.to) is asked about \(id), which is not \(transfer.from)'s")
            }
            if site.agents[transfer.to]?.held.contains(id) != true {
                fail(2, "\(transfer.to) is asked about \(id), and none of his slots is taken")
            }
            if site.deadlines[.transfer(id)] == nil { fail(3, "\(id) is asked about for ever") }
        }
    }

    func checkTransfer(_ record: SessionRecord, _ change: SessionChange, _ site: MemorySite) {
        guard let before = before[record.id] else { return }
        switch change {
        case .transferAsked: transfers += 1
        case .transferDeclined, .transferExpired, .transferCancelled:
            if record.state != .active || record.agent != before.owner {
                fail(1, "\(record.id) was not \(change.rawValue): it is not its owner's any more")
            }
        case .transferred:
            if site.sessions[record.id]?.offerMilliseconds != nil, record.agent != before.asked {
                fail(1, "\(record.id) went to \(record.agent?.text ?? "-"), who was not asked")
            }
        case .sentToGroup:
            if record.arrival != before.arrival || record.arrivedAt != before.arrivedAt {
                fail(4, "\(record.id) lost its place when it was sent to \(record.group)")
            }
            if record.hasTicket { fail(5, "\(record.id) was sent to a group and is counted there") }
        default: break
        }
    }

    func noteOwners(_ site: MemorySite) {
        before = [:]
        for id in site.open {
            guard let record = site.sessions[id]?.record, record.state.isHeld else { continue }
            before[id] = Before(
                owner: record.agent, asked: record.transfer?.to, arrival: record.arrival,
                arrivedAt: record.arrivedAt)
        }
    }

    /// In an answer: he is asked about it and not in it.
    func isAsked(_ client: Client, _ tree: JSONValue) -> Bool {
        let isIn = tree["others"]?.elements?.contains {
            $0["id"]?.string == client.person && $0["as"]?.string == "joined"
        }
        return tree["transfer"]?["to"]?["agent"]?.string == client.person && isIn != true
    }
}
