/// Who may say what: the one table, asked in one place (`Hub.handle(_:from:)`). Which session it is
/// about is judged afterwards, by participation.
import ChatModel
import ChatProtocol

enum Rights {
    static func allow(_ role: Role, _ frame: ClientFrameType) -> Bool {
        switch frame {
        case .hello, .messageSend, .typing, .read, .history, .sessionClose, .pong:
            role != .admin
        case .sessionStart, .sessionReopen:
            role == .customer
        case .sessionLeave:
            role == .customer || role == .agent || role == .supervisor
        case .statusSet, .offerAccept, .offerDecline, .queueSubscribe, .queueUnsubscribe:
            role.servesCustomers && role != .bot
        case .sessionHuman:
            role == .customer || role == .bot
        case .sessionPick, .sessionExplain, .agentsList:
            role == .agent || role == .supervisor
        case .sessionAssign, .boardSubscribe, .boardUnsubscribe, .sessionsList, .sessionTake,
            .sessionWatch, .sessionUnwatch, .sessionWhisper:
            role == .supervisor
        case .sessionNote, .sessionNotes, .sessionTransfer, .sessionTransferCancel, .sessionInvite,
            .sessionInviteCancel, .sessionJoin:
            role == .agent || role == .supervisor
        case .messageLeave, .queueChoose:
            role == .customer
        case .messageTake:
            role.servesCustomers && role != .bot
        case .sessionRate: role == .customer
        case .customerGet: role.servesCustomers
        // Its word is trusted, and may make somebody important: people only.
        case .customerSet: role == .agent || role == .supervisor
        case .fileOffer, .fileLink: role == .customer || role == .agent || role == .supervisor
        case .cannedList, .cannedSet, .sessionWrap, .sessionTag, .customerSessions:
            role == .agent || role == .supervisor
        case .agentSet, .messageDelete: role == .supervisor
        }
    }
}
