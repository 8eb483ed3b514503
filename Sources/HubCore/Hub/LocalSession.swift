/// A session of which somebody is here: its state as last told, how far its messages have been
/// delivered to the connections of this node, and what is on its way.
import ChatModel
import ChatProtocol

final class LocalSession {
    let id: SessionID
    unowned let site: LocalSite
    /// Nil for a session only its messages' keys are known of.
    var record: SessionRecord?
    var members: [Member] = []
    var isWatched = false

    // Messages.
    var epoch = 0
    /// Everything up to this number has been delivered here. Nil until the first page is read.
    var cursor: Int?
    /// Arrived, and not yet due: ascending.
    var early: [Arrival] = []
    /// Of an epoch that is not known yet: kept until the place of the fork is read.
    var forked: [Arrival] = []
    var isGapTimed = false
    var isCatchingUp = false
    /// Catch up once more when the present page is through.
    var catchUpAgain = false

    // Notes.
    /// The number of the last note told here; nil until somebody has entered.
    var lastNote: Int?
    var isReadingNotes = false
    /// Read once more when the present page is through.
    var readNotesAgain = false

    /// How far each person has read, as far as it was told while somebody was here. Volatile.
    var readMarks: [PersonKey: ReadMark] = [:]

    // What was sent from here.
    var unsent: [PendingAppend] = []
    var inFlight: [PendingAppend] = []
    /// Counts messages that waited for their file.
    var lastClaim = 0
    /// Asked for behind messages of the same connection that have not left yet.
    var ends: [PendingEnd] = []
    static let unsentBound = 256
    static let batchBound = 64
    static let earlyBound = 1000

    /// Its robot's misses in a row, as far as they were sent from here.
    var misses = 0
    /// A handover nobody asked for is under way.
    var isHandingOver = false

    /// It is closed, and its last messages are still to be delivered.
    var isEnding = false
    /// What people here have been shown so far, while it is ending.
    var beforeEnd: SessionRecord?
    /// Its customer waits and is here.
    var wait: Waiting?
    /// Where it lies among those of a class who wait here; nil outside.
    var placeInClass: (queueClass: QueueClass, index: Int)?

    init(_ id: SessionID, at site: LocalSite) {
        self.id = id
        self.site = site
    }

    /// Whether something the connection sent has not left for the store yet.
    func hasUnsent(of connection: Connection) -> Bool {
        if unsent.contains(where: { $0.connection === connection }) { return true }
        return memberIndex(of: connection).map { members[$0].enrollment?.sends.isEmpty == false }
            ?? false
    }

    func memberIndex(of connection: Connection) -> Int? {
        members.firstIndex { $0.connection === connection }
    }
}

/// A connection that gets a session's messages.
struct Member {
    let connection: Connection
    /// It has everything up to this number already.
    var after: Int
    /// The number in the queue it was shown last; customers only.
    var position: Int?
    /// It was asked what it wants after a long wait; customers only.
    var isAsked = false
    /// When it is shown its number again though that did not change. Monotonic; 0 before the first.
    var tickAt: Int64 = 0
    /// Its first page is on its way: what is delivered meanwhile is held back.
    var enrollment: Enrollment?
}

/// The way of a connection into a session: a page of history is read, then live messages follow.
final class Enrollment {
    enum Mode {
        /// The page belongs into the answer to `hello`.
        case hello(Joining, slot: Int)
        /// The page belongs into the answer to `offer.accept`.
        case accept(request: Int64)
        /// ... to a `session.start`; `existing` when it found an open session.
        case start(request: Int64, existing: Bool, text: (seq: Int, at: Int64)? = nil)
        /// ... to a `session.watch`.
        case watch(request: Int64)
        /// The messages follow as events.
        case events

        /// The request whose answer the page is.
        var request: Int64? {
            switch self {
            case .accept(let request), .watch(let request), .start(let request, _, _): request
            case .hello, .events: nil
            }
        }
    }

    let session: LocalSession
    let connection: Connection
    var mode: Mode
    /// Requests that asked for the same meanwhile: answered after the first, without messages.
    var others: [Mode] = []
    /// What the client holds; nil when it named nothing.
    var resume: ResumePosition?
    /// What the client holds above this number is void: its stream forked there.
    var voidAbove: Int?
    var page: HistoryPage?
    /// The state the client was last shown.
    var shown: SessionRecord?
    var held: [Arrival] = []
    static let heldBound = 1000
    /// Notes and deletions that came meanwhile, as frames.
    var notes: [[UInt8]] = []
    /// What the connection sent meanwhile: it goes on its way behind the page, so that no number
    /// of its own lies in it.
    var sends: [(send: MessageSend, request: Int64)] = []
    static let sendsBound = 64

    /// Whether what was held back leads from the page's end to the cursor without a hole.
    func reaches(_ cursor: Int, from lastSeq: Int) -> Bool {
        var end = lastSeq
        for arrival in held where arrival.record.seq == end + 1 { end += 1 }
        return end >= cursor
    }

    init(_ session: LocalSession, _ connection: Connection, mode: Mode, resume: ResumePosition?) {
        self.session = session
        self.connection = connection
        self.mode = mode
        self.resume = resume
    }
}

/// A message that came to this node.
struct Arrival {
    var record: MessageRecord
    /// The connection that sent it and gets the `ok` instead.
    var origin: Connection?
    /// The request to answer once everything before it is delivered.
    var acknowledgement: Acknowledgement?
    /// Sent from here, and the answer to its append is still to come.
    var isAwaitingAnswer = false
    /// As it was told with; 0 when it was read from the stream.
    var epoch = 0

    /// The same message by another way: an answer says more than a notice.
    mutating func merge(_ other: Arrival) {
        if !other.isAwaitingAnswer { isAwaitingAnswer = false }
        guard other.acknowledgement != nil else { return }
        acknowledgement = other.acknowledgement
        origin = other.origin
    }

    mutating func stopAwaiting() {
        isAwaitingAnswer = false
        if acknowledgement == nil { origin = nil }
    }
}

struct Acknowledgement {
    let request: Int64
    /// Monotonic.
    let receivedAt: Int64
}

struct PendingAppend {
    var message: NewMessage
    let connection: Connection
    let acknowledgement: Acknowledgement
    /// What it leads to once it is kept.
    var effect: SpokenEffect?
    /// Its file is asked for: it has no body until then, and what came later waits behind it.
    var claim: Int?
    /// What is said of the file.
    var text = ""
}

/// A `session.close`, `session.leave`, `session.human` or `session.transfer` that waits for its
/// turn.
struct PendingEnd {
    let by: Participant
    let reason: String
    let request: Request
    /// Not an end, but the way to a human.
    var handingOver: HandingOver?
    /// Not an end, but an agent who leaves it to its owner.
    var isStepOut = false
    /// Not an end, but the way to a colleague or a group.
    var transfer: SessionTransfer?
}
