/// The `type` of what clients send. One case a frame: the table of rights and the metrics' labels
/// are made of it, so a new frame without a row does not compile.
public enum ClientFrameType: String, Hashable, Sendable, CaseIterable {
    case messageSend = "message.send"
    case pong
    case typing
    case read
    case hello
    case history
    case sessionStart = "session.start"
    case sessionLeave = "session.leave"
    case sessionClose = "session.close"
    case statusSet = "status.set"
    case queueSubscribe = "queue.subscribe"
    case queueUnsubscribe = "queue.unsubscribe"
    case offerAccept = "offer.accept"
    case offerDecline = "offer.decline"
    case sessionHuman = "session.human"
    case sessionPick = "session.pick"
    case sessionAssign = "session.assign"
    case sessionExplain = "session.explain"
    case sessionTransfer = "session.transfer"
    case sessionTransferCancel = "session.transfer.cancel"
    case sessionInvite = "session.invite"
    case sessionInviteCancel = "session.invite.cancel"
    case sessionJoin = "session.join"
    case sessionTake = "session.take"
    case sessionWatch = "session.watch"
    case sessionUnwatch = "session.unwatch"
    case sessionNote = "session.note"
    case sessionWhisper = "session.whisper"
    case sessionNotes = "session.notes"
    case messageLeave = "message.leave"
    case messageTake = "message.take"
    case queueChoose = "queue.choose"
    case sessionRate = "session.rate"
    case customerGet = "customer.get"
    case customerSet = "customer.set"
    case fileOffer = "file.offer"
    case fileLink = "file.link"
    case boardSubscribe = "board.subscribe"
    case boardUnsubscribe = "board.unsubscribe"
    case sessionsList = "sessions.list"
    case agentsList = "agents.list"
    case cannedList = "canned.list"
    case cannedSet = "canned.set"
    case sessionWrap = "session.wrap"
    case sessionTag = "session.tag"
    case agentSet = "agent.set"
    case customerSessions = "customer.sessions"
    case messageDelete = "message.delete"
    case sessionReopen = "session.reopen"

    /// Frames that may come without `id` and are then not answered when good.
    public var mayOmitID: Bool { self == .typing || self == .read || self == .pong }
}

extension ClientFrame {
    public var type: ClientFrameType {
        switch self {
        case .hello: .hello
        case .messageSend: .messageSend
        case .typing: .typing
        case .read: .read
        case .history: .history
        case .sessionStart: .sessionStart
        case .sessionLeave: .sessionLeave
        case .sessionClose: .sessionClose
        case .statusSet: .statusSet
        case .queueSubscribe: .queueSubscribe
        case .queueUnsubscribe: .queueUnsubscribe
        case .offerAccept: .offerAccept
        case .offerDecline: .offerDecline
        case .sessionHuman: .sessionHuman
        case .pong: .pong
        case .sessionPick: .sessionPick
        case .sessionAssign: .sessionAssign
        case .sessionExplain: .sessionExplain
        case .sessionTransfer: .sessionTransfer
        case .sessionTransferCancel: .sessionTransferCancel
        case .sessionInvite: .sessionInvite
        case .sessionInviteCancel: .sessionInviteCancel
        case .sessionJoin: .sessionJoin
        case .sessionTake: .sessionTake
        case .sessionWatch: .sessionWatch
        case .sessionUnwatch: .sessionUnwatch
        case .sessionNote: .sessionNote
        case .sessionWhisper: .sessionWhisper
        case .sessionNotes: .sessionNotes
        case .messageLeave: .messageLeave
        case .messageTake: .messageTake
        case .queueChoose: .queueChoose
        case .sessionRate: .sessionRate
        case .customerGet: .customerGet
        case .customerSet: .customerSet
        case .fileOffer: .fileOffer
        case .fileLink: .fileLink
        case .boardSubscribe: .boardSubscribe
        case .boardUnsubscribe: .boardUnsubscribe
        case .sessionsList: .sessionsList
        case .agentsList: .agentsList
        case .cannedList: .cannedList
        case .cannedSet: .cannedSet
        case .sessionWrap: .sessionWrap
        case .sessionTag: .sessionTag
        case .agentSet: .agentSet
        case .customerSessions: .customerSessions
        case .messageDelete: .messageDelete
        case .sessionReopen: .sessionReopen
        }
    }
}
