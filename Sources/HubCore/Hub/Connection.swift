/// One connection of this node as the hub knows it. Only the hub touches it, on its own thread.
import ChatModel
import ChatProtocol

final class Connection {
    /// What a connection may do is a matter of how far its greeting has come.
    enum Phase {
        case unauthenticated
        /// `HubServer` is judging the token or secret.
        case authenticating
        /// The store is asked for the person's sessions.
        case joining
        case ready
        case closed
    }

    let number: ConnectionNumber
    let address: String
    /// For the judgement of the origin at `hello`; nil afterwards.
    var peer: Peer?
    var phase = Phase.unauthenticated
    /// Rises with each `hello`: an answer to an earlier one is known by it.
    var generation: UInt32 = 0
    var joining: Joining?
    /// Requests that came before `hello` was answered, in order; at most 64.
    var waiting: [ClientLine] = []

    // Once greeted.
    var site: LocalSite?
    var person: LocalPerson?
    var role = Role.customer
    /// Shown with his messages.
    var name: String?
    /// What routing may want to know of a customer.
    var visit: Visit?
    /// Sessions whose messages come here.
    var sessions: [SessionID] = []
    /// Those of them it is in unseen, as a supervisor's.
    var watched: Set<SessionID> = []
    /// The session whose end he was last asked about here.
    var surveyed: SessionID?
    /// Queues watched from here.
    var groups: [GroupID] = []
    /// Sessions about to come here by an answer: a notice shall not be faster.
    var expected: [SessionID] = []
    /// `session.start` requests on their way.
    var starting = 0

    var heardAt: Int64
    var bucket: TokenBucket
    /// Bytes of its lines.
    var byteBucket: TokenBucket
    /// `agents.list`, each of which costs more than other requests.
    var listings: TokenBucket
    /// Errors in a row.
    var errors = 0
    /// Lines other than a good `hello` while one is due.
    var falseStarts = 0

    init(number: ConnectionNumber, peer: Peer, now: Int64) {
        self.number = number
        self.address = peer.address
        self.peer = peer
        heardAt = now
        bucket = TokenBucket(now: now)
        byteBucket = TokenBucket(now: now)
        listings = TokenBucket(now: now)
    }

    var participant: Participant? { person.map { Participant(role: role, id: $0.key.id) } }
    var isReady: Bool { phase == .ready }

    /// The session's messages do not come here any more.
    func leave(_ session: SessionID) {
        sessions.removeAll { $0 == session }
        watched.remove(session)
    }
}

/// What a customer's `hello` said, kept for the routing of his sessions.
final class Visit {
    let page: Page?
    let locale: String?
    /// What the page said of him.
    let claims: [String: AttributeValue]
    /// What his token says of him.
    let trusted: [String: AttributeValue]
    let hasToken: Bool
    /// The level of a signed parameter that was good.
    let parameterLevel: Int?
    let hasLevelToken: Bool

    init(
        hello: Hello, trusted: [String: AttributeValue], parameterLevel: Int?,
        hasLevelToken: Bool
    ) {
        page = hello.page
        locale = hello.locale
        claims = hello.attributes
        hasToken = hello.token != nil
        self.trusted = trusted
        self.parameterLevel = parameterLevel
        self.hasLevelToken = hasLevelToken
    }
}

/// A `hello` on its way to its answer.
final class Joining {
    let request: Int64
    let hello: Hello
    let site: LocalSite
    let hasLevelToken: Bool
    /// A new visitor's, told once.
    var secret: String?
    var agent: AgentRecord?
    /// In the order of the answer; nil until the session's history is there.
    var snapshots: [SessionSnapshot?] = []
    var enrollments: [Enrollment] = []
    var outstanding = 0

    init(request: Int64, hello: Hello, site: LocalSite, hasLevelToken: Bool) {
        self.request = request
        self.hello = hello
        self.site = site
        self.hasLevelToken = hasLevelToken
    }
}
