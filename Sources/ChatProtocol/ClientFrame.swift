/// What clients say to the hub (DESIGN section 8): the values the codec makes and `HubCore` acts
/// on. One page, one schema and vectors per frame live in `Protocol/`.
public import ChatModel

/// One line from a client.
public struct ClientLine: Hashable, Sendable {
    /// The request number its answer repeats; nil on `typing`, `read` and `pong` sent without one.
    public var id: Int64?
    public var frame: ClientFrame

    public init(id: Int64?, frame: ClientFrame) {
        self.id = id
        self.frame = frame
    }
}

public enum ClientFrame: Hashable, Sendable {
    indirect case hello(Hello)
    case messageSend(MessageSend)
    case typing(Typing)
    case read(ReadMark)
    case history(HistoryRequest)
    indirect case sessionStart(SessionStart)
    case sessionLeave(SessionReference)
    case sessionClose(SessionReference)
    case statusSet(StatusSet)
    case queueSubscribe(GroupList)
    case queueUnsubscribe(GroupList)
    case offerAccept(SessionReference)
    case offerDecline(OfferDecline)
    case sessionHuman(SessionHuman)
    case pong
    case sessionPick(SessionReference)
    case sessionAssign(SessionAssign)
    case sessionExplain(SessionReference)
    indirect case sessionTransfer(SessionTransfer)
    case sessionTransferCancel(SessionReference)
    indirect case sessionInvite(SessionInvite)
    indirect case sessionInviteCancel(SessionInviteCancel)
    case sessionJoin(SessionReference)
    case sessionTake(SessionReference)
    case sessionWatch(SessionReference)
    case sessionUnwatch(SessionReference)
    indirect case sessionNote(SessionNote)
    indirect case sessionWhisper(SessionNote)
    case sessionNotes(HistoryRequest)
    indirect case messageLeave(MessageLeave)
    case messageTake(LeftMessageID)
    indirect case queueChoose(QueueChoose)
    indirect case sessionRate(SessionRate)
    case customerGet(CustomerReference)
    indirect case fileOffer(FileOffer)
    case fileLink(FileReference)
    indirect case customerSet(CustomerSet)
    case boardSubscribe
    case boardUnsubscribe
    indirect case sessionsList(SessionsList)
    case agentsList
    case cannedList
    indirect case cannedSet(CannedSet)
    indirect case sessionWrap(SessionWrap)
    indirect case sessionTag(SessionTag)
    indirect case agentSet(AgentSet)
    indirect case customerSessions(CustomerSessions)
    case messageDelete(MessageDelete)
    indirect case sessionReopen(SessionReopen)
}

public struct Hello: Hashable, Sendable {
    public var role: Role
    /// Checked to be a site's name, not yet to be one this hub serves.
    public var site: SiteID
    /// A signed token (JWT); agents and supervisors must have one.
    public var token: String?
    /// The secret of a returning anonymous visitor.
    public var secret: String?
    public var page: Page?
    /// BCP 47, at most 35 bytes.
    public var locale: String?
    public var attributes: [String: AttributeValue]
    public var resume: [ResumePoint]
    /// Sessions a robot takes at once, 1...100,000; nil: 1,000.
    public var capacity: Int?

    public init(
        role: Role, site: SiteID, token: String? = nil, secret: String? = nil, page: Page? = nil,
        locale: String? = nil, attributes: [String: AttributeValue] = [:],
        resume: [ResumePoint] = [], capacity: Int? = nil
    ) {
        self.role = role
        self.site = site
        self.token = token
        self.secret = secret
        self.page = page
        self.locale = locale
        self.attributes = attributes
        self.resume = resume
        self.capacity = capacity
    }
}

/// What the page a widget lives in says of itself; never trusted.
public struct Page: Hashable, Sendable {
    public var url: String?
    public var referrer: String?
    public var title: String?
    public var device: String?
    /// Every other member with a scalar value, as text: the level parameter is looked up here.
    public var parameters: [String: String]

    public init(
        url: String? = nil, referrer: String? = nil, title: String? = nil, device: String? = nil,
        parameters: [String: String] = [:]
    ) {
        self.url = url
        self.referrer = referrer
        self.title = title
        self.device = device
        self.parameters = parameters
    }
}

/// How far a client has read a session before it was cut off.
public struct ResumePoint: Hashable, Sendable {
    public var session: SessionID
    /// The last `seq` it holds without a hole; 0 for none.
    public var after: Int
    public var epoch: String?

    public init(session: SessionID, after: Int, epoch: String?) {
        self.session = session
        self.after = after
        self.epoch = epoch
    }
}

public struct MessageSend: Hashable, Sendable {
    public var session: SessionID
    /// 1...64 bytes; the same key gives the first result.
    public var key: String
    /// 1 byte...the site's `message_bytes` of UTF-8; with a file also nothing.
    public var text: String
    /// One of the sender's own in this session.
    public var file: FileID?
    /// Texts the customer may send with one touch: at most 8 of 1...80 bytes. A robot's only.
    public var quickReplies: [String]
    /// "I don't know": a miss. A robot's only.
    public var isUnknown: Bool

    public init(
        session: SessionID, key: String, text: String, file: FileID? = nil,
        quickReplies: [String] = [], isUnknown: Bool = false
    ) {
        self.session = session
        self.key = key
        self.text = text
        self.file = file
        self.quickReplies = quickReplies
        self.isUnknown = isUnknown
    }

    public static let quickReplyBound = 8
    public static let quickReplyBytes = 80
}

/// A customer asks for a human, or his robot hands him over.
public struct SessionHuman: Hashable, Sendable {
    public var session: SessionID
    /// The robot's, for the agent: at most 200 bytes.
    public var reason: String?

    public init(session: SessionID, reason: String? = nil) {
        self.session = session
        self.reason = reason
    }
}

public struct Typing: Hashable, Sendable {
    public var session: SessionID
    public var isTyping: Bool

    public init(session: SessionID, isTyping: Bool) {
        self.session = session
        self.isTyping = isTyping
    }
}

public struct ReadMark: Hashable, Sendable {
    public var session: SessionID
    /// Everything up to and including this number has been seen.
    public var seq: Int

    public init(session: SessionID, seq: Int) {
        self.session = session
        self.seq = seq
    }
}

public struct HistoryRequest: Hashable, Sendable {
    public enum Direction: Hashable, Sendable {
        /// Messages with a greater number, oldest first.
        case after(Int)
        /// Messages with a smaller number; the newest of them, oldest first.
        case before(Int)
    }
    public var session: SessionID
    public var direction: Direction
    /// 1...200.
    public var limit: Int

    public init(session: SessionID, direction: Direction, limit: Int) {
        self.session = session
        self.direction = direction
        self.limit = limit
    }
}

public struct SessionStart: Hashable, Sendable {
    /// 1...64 bytes; makes a resent start return the first one's session. Optional, because a
    /// customer has one open session anyway.
    public var key: String?
    /// Each at most 64 bytes.
    public var topic: String?
    public var channel: String?
    public var attributes: [String: AttributeValue]
    /// The first message, if the customer already wrote one.
    public var text: String?

    public init(
        key: String? = nil, topic: String? = nil, channel: String? = nil,
        attributes: [String: AttributeValue] = [:], text: String? = nil
    ) {
        self.key = key
        self.topic = topic
        self.channel = channel
        self.attributes = attributes
        self.text = text
    }
}

public struct SessionReference: Hashable, Sendable {
    public var session: SessionID

    public init(session: SessionID) { self.session = session }
}

public struct OfferDecline: Hashable, Sendable {
    public var session: SessionID
    /// At most 200 bytes.
    public var reason: String?

    public init(session: SessionID, reason: String?) {
        self.session = session
        self.reason = reason
    }
}

public struct StatusSet: Hashable, Sendable {
    public var status: AgentStatus
    /// At most 64 bytes.
    public var reason: String?
    /// 1...50: so many sessions more than he holds, at first.
    public var ramp: Int?

    public init(status: AgentStatus, reason: String? = nil, ramp: Int? = nil) {
        self.status = status
        self.reason = reason
        self.ramp = ramp
    }
}

public struct GroupList: Hashable, Sendable {
    /// 1...100 groups.
    public var groups: [GroupID]

    public init(groups: [GroupID]) { self.groups = groups }
}

public struct SessionAssign: Hashable, Sendable {
    public var session: SessionID
    public var agent: PersonID
    /// Also when he holds as many as he may.
    public var overCapacity: Bool

    public init(session: SessionID, agent: PersonID, overCapacity: Bool = false) {
        self.session = session
        self.agent = agent
        self.overCapacity = overCapacity
    }
}
