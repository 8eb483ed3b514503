/// Transfers and invitations as their scripts take them.
import ChatModel
import HubCore
import Redis

extension StepCall {
    mutating func append(_ transfer: TransferSession) {
        append(transfer.session)
        appendActor(transfer.by)
        call.append(transfer.key)
        call.append(transfer.body)
        switch transfer.target {
        case .agent(let agent):
            call.append(agent.text)
            call.append("")
        case .group(let group):
            call.append("")
            call.append(group.text)
        }
        append(words: transfer.text, transfer.note)
        call.append(transfer.isWarm ? "1" : "")
        append(transfer.maximumWaiting.map(Int64.init))
        append(transfer.reopenBelow.map(Int64.init))
    }

    mutating func append(_ invite: InviteAgent) {
        append(invite.session)
        appendActor(invite.by)
        call.append(invite.key)
        call.append(invite.body)
        call.append(invite.agent.text)
        append(words: invite.text, invite.note)
        call.append(invite.timeoutMilliseconds)
    }

    private mutating func append(words: String?, _ note: NewMessage?) {
        call.append(words ?? "")
        if let note { return append(note) }
        call.append("")
        call.append("")
    }

    /// Role letter and identifier.
    mutating func appendActor(_ who: Participant) {
        call.append([MessageBytes.letter(of: who.role)] + Array(who.id.text.utf8))
    }
}
