/// What happens to a hub, and what it wants done. `Hub.handle(_:now:)` turns one into the other;
/// `HubServer` performs the effects. Nothing here knows of sockets, Redis or clocks.
public import ChatModel
public import ChatProtocol

/// A connection of this node; made by `HubServer`, never used twice in the life of a process.
public typealias ConnectionNumber = UInt64

/// What is known of a connection before its first frame.
public struct Peer: Hashable, Sendable {
    /// The remote address, numeric, without port.
    public var address: String
    /// The `Origin` header as sent; nil when there was none.
    public var origin: String?
    /// The origin the hub itself is reached under by this connection (scheme and `Host`).
    public var ownOrigin: String?

    public init(address: String, origin: String?, ownOrigin: String?) {
        self.address = address
        self.origin = origin
        self.ownOrigin = ownOrigin
    }
}

public enum HubEvent: Sendable {
    indirect case opened(ConnectionNumber, Peer)
    case closed(ConnectionNumber)
    /// One line of a message, decoded. Lines of one message come one by one, in order.
    case line(ConnectionNumber, Result<ClientLine, FrameError>)
    /// The answer to `authenticate`.
    indirect case authenticated(ConnectionNumber, generation: UInt32, Authentication)
    case stored(OperationID, StoreReply)
    case noticed(SiteID, StoreNotice)
    case timer(HubTimer)
    /// A site came into force, at start or by a later version.
    indirect case siteChanged(SiteRules)
    /// The look that `loadSite` asked for is over; a new version, if there was one, came before as
    /// `siteChanged`.
    case siteLoaded(SiteID)
    /// Nothing is left of these files.
    case filesDeleted(SiteID, [FileID])
    /// Stop: tells everybody, refuses new work, closes when told so by `drained`.
    case drain
}

public enum Authentication: Hashable, Sendable {
    /// `expiresAt`: milliseconds since 1970, nil for an anonymous visitor. `secret` is new for a
    /// visitor who came without one. `attributes` are the token's claims, trusted.
    /// `parameterLevel`: a signed level parameter that was good.
    case granted(
        Participant, name: String?, secret: String?, expiresAt: Int64?,
        attributes: [String: AttributeValue], parameterLevel: Int?)
    case refused(ErrorCode, message: String)
}

/// What `HubServer` is asked to check outside the hub's own thread of thought.
public struct Credential: Hashable, Sendable {
    public var site: SiteID
    public var role: Role
    public var token: String?
    public var secret: String?
    /// The text of a level parameter the site wants signed.
    public var levelToken: String?

    public init(
        site: SiteID, role: Role, token: String?, secret: String?, levelToken: String?
    ) {
        self.site = site
        self.role = role
        self.token = token
        self.secret = secret
        self.levelToken = levelToken
    }
}

/// Timers the hub arms. Arming one again moves it.
public enum HubTimer: Hashable, Sendable {
    /// Until `hello` has come.
    case greeting(ConnectionNumber)
    case heartbeat(ConnectionNumber)
    case tokenExpiry(ConnectionNumber)
    /// Positions, queue updates, per site.
    case tick(SiteID)
    case lease(SiteID)
    case sweep(SiteID)
    /// A hole in a session's numbers that was not filled.
    case gap(SiteID, SessionID)
    case retry(OperationID)
    /// The end of the time people had to leave after `drain`.
    case drain
}

public enum HubEffect: Sendable {
    /// One frame to one connection; what a turn sends leaves together.
    case send(ConnectionNumber, [UInt8])
    /// A frame that may be replaced by a newer one of the same key, or dropped, while it waits.
    case sendVolatile(ConnectionNumber, [UInt8], key: UInt64)
    case close(ConnectionNumber, CloseCode)
    indirect case authenticate(ConnectionNumber, generation: UInt32, Credential)
    case store(StoreCall)
    /// The contents of files that belong to nobody; `filesDeleted` answers.
    case deleteFiles(SiteID, [FileID])
    /// Look at once for the version in force; `siteLoaded` answers.
    case loadSite(SiteID)
    case arm(HubTimer, afterMilliseconds: Int64)
    case disarm(HubTimer)
    case report(HubReport)
    /// Nobody is left: the node may stop.
    case drained
}

/// What logs and metrics are made of; never a customer's text.
public enum HubReport: Hashable, Sendable {
    case greeted(SiteID, Role)
    case refused(ErrorCode)
    case frameReceived(name: StaticName)
    case delivered(count: Int)
    case acknowledged(milliseconds: Int64)
    case resumed(recovered: Bool)
    case matchedBySweep(SiteID, count: Int)
    case fenced(SiteID)
    case gapFetched(SiteID)
    case levelCapped(SiteID, asked: Int, used: Int)
    case waited(SiteID, GroupID, Level, milliseconds: Int64)
    case queueLength(SiteID, GroupID, Level, waiting: Int)
    case sessionClosed(SiteID, reason: String)
    /// A page of this origin said hello and the site does not name it.
    case originRefused(SiteID, origin: String)

    /// A frame's `type`: one of a fixed set, safe as a metric label.
    public typealias StaticName = String
}
