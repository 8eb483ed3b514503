/// What the checker knows of left messages.
import ChatModel

@testable import HubCore

extension Checker {
    var leftMessages: Int { lefts.count }

    /// A left message is kept, and is work for one agent at most.
    func checkLeft(_ site: MemorySite) {
        var taken: Set<LeftMessageID> = []
        for session in site.open.compactMap({ site.sessions[$0] }) {
            guard let origin = session.origin?.message else { continue }
            if !taken.insert(origin).inserted || site.leftMessages[origin]?.taken == nil {
                fail(1, "\(origin) was taken, and waits or was taken again")
            }
        }
        for message in lefts where site.leftMessages[message] == nil {
            fail(6, "\(message) was acknowledged and is gone")
        }
    }
}
