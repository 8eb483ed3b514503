/// What an answer of the store is for. The hub keeps one for every request on its way; an answer
/// without one is for nobody any more.
import ChatModel
import ChatProtocol

struct Operation {
    let site: LocalSite
    let lease: Lease?
    let purpose: Purpose
}

enum Purpose {
    // The node's own.
    case openLease, renewLease, closeLease, sweep
    case syncAgents
    case attach(LocalPerson)
    case detach(LocalPerson)
    case watch(LocalSession)
    case catchUp(LocalSession)
    case tickets(LocalClass)
    case queueSnapshot(GroupWatch)
    case reread(LocalPerson)
    case rereadSession(SessionID)
    /// Nobody waits for it.
    case nothing

    // A greeting's.
    case attachAgent(Joining, Connection)
    case findSessions(Joining, Connection)
    case endedSession(Joining, Connection, slot: Int, ResumePoint)
    case enroll(Enrollment)

    // A request's.
    case append(LocalSession)
    case start(Starting)
    case accept(Request, SessionID)
    case decline(Request)
    /// `session.close` and `session.leave`.
    case end(Request)
    case setStatus(Request)
    case history(Request, SessionID)
    case handoverPage(HandingOver)
    case handOver(HandingOver)
}

/// A `session.start` on its way: what was asked, because it is placed again when another version of
/// the site came into force meanwhile.
final class Starting {
    let request: Request
    let start: SessionStart
    /// How often it was placed by a version that was not in force.
    var reloads = 0
    static let reloadBound = 3

    init(request: Request, start: SessionStart) {
        self.request = request
        self.start = start
    }
}

/// Whom to answer.
struct Request {
    let connection: Connection
    let id: Int64
}
