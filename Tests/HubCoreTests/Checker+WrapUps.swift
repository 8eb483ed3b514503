/// What must be so of talks that are over and not written up yet.
import ChatModel

@testable import HubCore

extension Checker {
    /// A talk that is over holds its agent's slot until it is written up or the limit has come, and
    /// not its customer.
    func checkWrapUps(_ site: MemorySite, _ owner: [SessionID: PersonID]) {
        for session in site.sessions.values where session.record.state == .wrapup {
            let id = session.record.id
            if owner[id] == nil { fail(2, "\(id) is being written up and held by nobody") }
            if site.deadlines[.wrap(id)] == nil { fail(3, "\(id) is written up without an end") }
            if site.open.contains(id) { fail(3, "\(id) is over and keeps its customer") }
            wrapUps += 1
        }
    }
}
