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
    case openLease, renewLease, closeLease, sweep, clean
    case syncAgents
    case attach(LocalPerson)
    case detach(LocalPerson)
    case watch(LocalSession)
    case catchUp(LocalSession)
    case tickets(LocalClass)
    case queueSnapshot(GroupWatch)
    case outlook(GroupID)
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
    /// What is known of the customer, before his session is placed.
    case startingCustomer(Starting)
    case start(Starting)
    /// Whether he has an open session before he is turned away.
    case turnAway(Starting, TurnedAway)
    case accept(Request, SessionID)
    case decline(Request)
    /// `session.close` and `session.leave`.
    case end(Request)
    case setStatus(Request)
    /// `message.leave`.
    case leave(Request)
    case leavingCustomer(MessageLeave, Request)
    case take(Request, SessionID)
    case choose(Request)
    case history(Request, SessionID)
    case handoverPage(HandingOver)
    case handOver(HandingOver)
    case rate(Request)
    case customer(Request)
    case pick(Request, SessionID)
    case assign(Request)
    case takeOver(Request, SessionID)
    /// `session.transfer`, and with nil its taking back. `wasHis`: until now, as far as is known.
    case transfer(Request, TransferSession.Target?, wasHis: Bool)
    case invite(Request)
    case join(Request, SessionID)
    /// `session.invite.cancel`.
    case cancelInvite(Request)
    /// `session.leave` of an agent.
    case stepOut(Request)
    case explain(Request)
    case offerFile(Request)
    case linkFile(Request)
    /// The file of a message on its way, by its number in the session.
    case claim(LocalSession, Int)
    case look(Request, SessionID)
    case note(Request, SessionID)
    case notes(Request)
    case readNotes(LocalSession)
    case board(BoardWatch)
    case listSessions(Request)
    case agents(Request)
    case cannedList(Request)
    case cannedSet(Request)
    case describe(Request)
    case setAgent(Request)
    case past(Request)
    case deletion(Request)
    /// The session that is to be opened again, before it is placed.
    case reopening(SessionReopen, Request)

    /// Whether it reads whose sessions are whose, so that a notice may be newer than its answer.
    var readsOwnership: Bool {
        switch self {
        case .attach, .attachAgent, .findSessions, .reread, .rereadSession: true
        default: false
        }
    }
}

/// A `session.start` on its way: what was asked, because it is placed again when another version of
/// the site came into force meanwhile.
final class Starting {
    let request: Request
    let start: SessionStart
    /// How often it was placed by a version that was not in force.
    var reloads = 0
    static let reloadBound = 3
    /// The groups of the plan that were found full.
    var fullGroups: Set<GroupID> = []
    /// Where it was placed last.
    var home: GroupID?
    /// A full home is left for the next group of the plan.
    var goesToNext = false
    /// What the site knows of him, read before each placing.
    var customer: CustomerRecord?
    /// What he is told when no robot takes him and nobody else is asked.
    var otherwise = TurnedAway.noRobot
    /// The session of his that he wants to open again.
    var reopens: SessionRecord?
    /// He has one that is open: doors that are closed to others are not to him.
    var isForOpenSession = false

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
