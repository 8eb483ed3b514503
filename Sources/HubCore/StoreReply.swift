/// What comes back from the store: answers to requests, and notices of what any node did.
public import ChatModel

public enum StoreReply: Hashable, Sendable {
    case done
    case lease(Lease)
    indirect case attached(Attached)
    case sessions([SessionRecord])
    indirect case agent(AgentRecord)
    case agents([AgentRecord])
    indirect case started(Started)
    indirect case session(SessionRecord)
    case appended([AppendOutcome])
    indirect case history(HistoryPage)
    case noted(number: Int, at: Int64)
    indirect case notes(NotePage)
    indirect case queue(QueueSnapshot)
    indirect case tickets(ClassTickets)
    indirect case swept(SweepReport)
    case cleaned(CleanReport)
    indirect case site(StoredSite?)
    indirect case versions(SiteVersions)
    indirect case explained(SessionExplanation)
    indirect case queueOutlook(QueueOutlook)
    indirect case board(BoardSnapshot)
    indirect case sessionList(SessionPage)

    case left(LeftMessageID)
    indirect case customer(CustomerRecord)
    indirect case customers([CustomerRecord])
    indirect case file(FileFinding)
    /// `created`: of how many nothing had been known.
    case customersChanged(created: Int)
    case canned([OwnReply])
    indirect case past(PastPage)

    /// The step was understood and not done; nothing changed.
    case refused(StoreRefusal)
    /// The lease has ended: open a new one and register every connection again first.
    case fenced
    /// The store is away. Nothing is known of the step: it may or may not have been done.
    case unavailable
    /// Done, but not confirmed by enough replicas (durability `replicated`).
    case uncertain
}

/// Expected refusals; each is one named string in the scripts.
public enum StoreRefusal: String, Hashable, Sendable, CaseIterable {
    case notFound = "not_found"
    case notParticipant = "not_participant"
    case sessionClosed = "session_closed"
    case noOffer = "no_offer"
    case queueFull = "queue_full"
    case unknownAgent = "unknown_agent"
    case agentUnavailable = "agent_unavailable"
    /// No robot is there, and nobody else was to take the session.
    case noRobot = "no_robot"
    /// The session's reception knows robots only, or nobody is there at this hour.
    case noHuman = "no_human"
    /// Out of hours, and the rule lets nobody wait for the opening.
    case closed
    /// He holds as many sessions as he may.
    case agentFull = "agent_full"
    /// Another has it, or its customer is not connected.
    case notWaiting = "not_waiting"
    /// Nobody talks with its customer, or somebody else is asked already.
    case notActive = "not_active"
    /// He owns it: he can give it away, and not leave it.
    case isOwner = "is_owner"
    /// He is in it: his invitation is none any more.
    case hasJoined = "has_joined"
    /// It waits for none of his groups.
    case otherGroup = "other_group"
    /// Made by another version of the site than the one in force: load that one and try again.
    case reload
    case keyConflict = "key_conflict"
    /// The customer has a session that is open.
    case sessionOpen = "session_open"
    /// It ended too long ago to be opened again.
    case notReopenable = "not_reopenable"
    case tooManyMessages = "too_many_messages"
    /// No such left message for him to take (any more).
    case noMessage = "no_message"
    /// The customer is not asked what he wants (any more).
    case noChoice = "no_choice"
    /// The session is not being written up.
    case noWrap = "no_wrap"
    /// More than a bound allows.
    case tooMany = "too_many"
    /// The session has as many files as it may.
    case tooManyFiles = "too_many_files"
    /// The site's files together have the bytes they may have.
    case noSpace = "no_space"
    /// Not there, not his, or without content yet.
    case noFile = "no_file"
}

public struct Attached: Hashable, Sendable {
    /// All open sessions of the person: a customer's own, an agent's offers and held ones.
    public var sessions: [SessionRecord]
    /// An agent's state; nil for customers.
    public var agent: AgentRecord?

    public init(sessions: [SessionRecord], agent: AgentRecord?) {
        self.sessions = sessions
        self.agent = agent
    }
}

public struct Started: Hashable, Sendable {
    public var session: SessionRecord
    /// True when the customer had this one already: open, or led to by the same key before.
    public var existing: Bool
    /// 1 + live tickets of the class below its own; exact at this moment. Nil unless queued with a
    /// ticket.
    public var position: Int?
    /// The class's version at that moment: departures up to it are in `position`.
    public var classVersion: Int
    public var outlook: Outlook
    /// What became of the message that came with it; nil without one.
    public var kept: AppendOutcome?

    public init(
        session: SessionRecord, existing: Bool, position: Int?, classVersion: Int,
        outlook: Outlook, kept: AppendOutcome? = nil
    ) {
        self.session = session
        self.existing = existing
        self.position = position
        self.classVersion = classVersion
        self.outlook = outlook
        self.kept = kept
    }
}

public struct CleanReport: Hashable, Sendable {
    /// Sessions deleted.
    public var sessions: Int
    /// More are due than the limit allowed.
    public var more: Bool
    /// Files that belong to nobody any more, told until they are among `Cleaning.gone`: at most
    /// `Cleaning.fileBound`, ascending.
    public var files: [FileID]

    public init(sessions: Int, more: Bool, files: [FileID] = []) {
        self.sessions = sessions
        self.more = more
        self.files = files
    }
}

public enum AppendOutcome: Hashable, Sendable {
    /// `isRepeat`: the key was known with this body; this is the first result.
    case kept(seq: Int, at: Int64, epoch: Int, isRepeat: Bool)
    case keyConflict
    /// The stream is gone, or the session is.
    case gone
    case sessionClosed
    case notParticipant
    /// A robot that may not speak any more: the customer is a human's.
    case noFloor
}

public struct HistoryPage: Hashable, Sendable {
    public var messages: [MessageRecord]
    public var lastSeq: Int
    /// Further messages lie in the asked direction.
    public var more: Bool
    public var epoch: Int
    /// Where older epochs forked: up to `seq` inclusive the stream of `epoch` is still this one.
    public var forks: [Fork]
    public var session: SessionRecord

    public struct Fork: Hashable, Sendable {
        public var epoch: Int
        public var seq: Int
        public init(epoch: Int, seq: Int) {
            self.epoch = epoch
            self.seq = seq
        }
    }

    public init(
        messages: [MessageRecord], lastSeq: Int, more: Bool, epoch: Int, forks: [Fork],
        session: SessionRecord
    ) {
        self.messages = messages
        self.lastSeq = lastSeq
        self.more = more
        self.epoch = epoch
        self.forks = forks
        self.session = session
    }
}

public struct QueueSnapshot: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var session: SessionID
        public var level: Level
        public var topic: String?
        /// Milliseconds waited so far.
        public var waited: Int64

        public init(session: SessionID, level: Level, topic: String?, waited: Int64) {
            self.session = session
            self.level = level
            self.topic = topic
            self.waited = waited
        }
    }

    public var group: GroupID
    /// Waiting sessions that may be matched from this group's queue, by level; absent means none.
    public var levels: [Level: Int]
    public var longestWaitMilliseconds: Int64
    /// The first ones in true order, at most 50.
    public var head: [Entry]
    public var agentsOnline: Int
    public var left: LeftSummary

    public init(
        group: GroupID, levels: [Level: Int], longestWaitMilliseconds: Int64, head: [Entry],
        agentsOnline: Int, left: LeftSummary = LeftSummary()
    ) {
        self.group = group
        self.levels = levels
        self.longestWaitMilliseconds = longestWaitMilliseconds
        self.head = head
        self.agentsOnline = agentsOnline
        self.left = left
    }
}

public struct ClassTickets: Hashable, Sendable {
    public var queueClass: QueueClass
    public var version: Int
    /// Live tickets, ascending.
    public var tickets: [Int]

    public init(queueClass: QueueClass, version: Int, tickets: [Int]) {
        self.queueClass = queueClass
        self.version = version
        self.tickets = tickets
    }
}

public struct SweepReport: Hashable, Sendable {
    public var offersExpired: Int
    public var gracesEnded: Int
    public var stepsOpened: Int
    public var nodesEnded: Int
    /// Matches that only the sweep found: each one is a bug worth counting.
    public var lateMatches: Int
    /// More is due than the limit allowed: call again.
    public var more: Bool
    /// Milliseconds until the next deadline; nil when there is none.
    public var nextDeadline: Int64?

    public init(
        offersExpired: Int = 0, gracesEnded: Int = 0, stepsOpened: Int = 0, nodesEnded: Int = 0,
        lateMatches: Int = 0, more: Bool = false, nextDeadline: Int64? = nil
    ) {
        self.offersExpired = offersExpired
        self.gracesEnded = gracesEnded
        self.stepsOpened = stepsOpened
        self.nodesEnded = nodesEnded
        self.lateMatches = lateMatches
        self.more = more
        self.nextDeadline = nextDeadline
    }
}

public struct StoredSite: Hashable, Sendable {
    public var version: Int
    public var digest: String
    public var text: String

    public init(version: Int, digest: String, text: String) {
        self.version = version
        self.digest = digest
        self.text = text
    }
}

/// What happened at a site, told to every node of it, also to the one that did it.
public enum StoreNotice: Hashable, Sendable {
    /// To the watchers of the session.
    case message(SessionID, epoch: Int, MessageRecord, origin: ConnectionReference)
    indirect case volatile(VolatileEvent)
    indirect case note(SessionID, NoteRecord, origin: ConnectionReference)

    /// To every node of the site, numbered without holes by the store.
    indirect case session(SessionRecord, change: SessionChange)
    indirect case agent(AgentRecord)
    /// These live tickets have left the class; versions count up by one.
    indirect case departed(QueueClass, version: Int, tickets: [Int])
    case siteApplied(version: Int)
    /// A step found 64 sessions that pass over a free agent and left the search there: whoever has
    /// him connected sends `lookOn`, else the next sweep goes on.
    case looking(agent: PersonID)
    /// A message was left for the group, or taken.
    case left(GroupID)
    indirect case rated(RatingNotice)
    /// A message's text is gone.
    indirect case deleted(DeletionNotice)

    /// Something may have been missed (reconnect, a hole in the numbering): read again whatever
    /// matters here. All watches are in force when this is told.
    case missed
}

/// Why a session notice was sent; `record` is the state afterwards.
public enum SessionChange: String, Hashable, Sendable, CaseIterable {
    case started, offered, assigned, accepted, declined
    case offerExpired = "offer_expired"
    case released
    case agentLost = "agent_lost"
    case closed
    case stepOpened = "step_opened"
    case customerLost = "customer_lost"
    case customerBack = "customer_back"
    /// A robot's session went to its queue.
    case toHumans = "to_humans"
    case botLost = "bot_lost"
    /// An agent took it from the queue himself.
    case picked
    /// A supervisor gave it to an agent.
    case handedOver = "handed_over"
    /// A supervisor made it his own.
    case taken
    /// A colleague is asked to take it over; he did, did not want to, or let it pass; it was taken
    /// back. Its owner owns it until then.
    case transferAsked = "transfer_asked"
    case transferred
    case transferDeclined = "transfer_declined"
    case transferExpired = "transfer_expired"
    case transferCancelled = "transfer_cancelled"
    /// Its owner gave it to a group's queue.
    case sentToGroup = "sent_to_group"
    /// A colleague was asked to come in, did, or left.
    case agentInvited = "agent_invited"
    case agentJoined = "agent_joined"
    case agentLeft = "agent_left"
    /// He was invited, and is no longer: it was taken back, or he let it pass.
    case inviteCancelled = "invite_cancelled"
    case inviteExpired = "invite_expired"
    /// A left message became this session.
    case messageTaken = "message_taken"
    /// The wait limit has passed: the customer is asked what he wants.
    case choiceDue = "choice_due"
    case choiceMade = "choice_made"
    /// He talks with a robot instead of waiting on.
    case robotChosen = "robot_chosen"
    /// The talk is over; its agent writes it up.
    case wrapup
    case wrapExtended = "wrap_extended"
    /// Its customer has opened it again.
    case reopened
    /// Tags or disposition are others.
    case tagged
    /// What a newer version of this program did, which this one has no name for.
    case changed

    /// As a store keeps it.
    public init(kept: String) { self = Self(rawValue: kept) ?? .changed }

    /// Whether an agent begins to talk with the customer by it; an offer alone is no talk.
    var beginsServing: Bool {
        switch self {
        case .assigned, .accepted, .picked, .handedOver, .taken, .transferred, .messageTaken:
            true
        default: false
        }
    }
}
