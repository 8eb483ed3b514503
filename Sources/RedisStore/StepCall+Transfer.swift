/// A transfer as its script takes it.
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
        call.append(transfer.text ?? "")
        if let note = transfer.note {
            append(note)
        } else {
            call.append("")
            call.append("")
        }
    }

    /// Role letter and identifier.
    mutating func appendActor(_ who: Participant) {
        call.append([MessageBytes.letter(of: who.role)] + Array(who.id.text.utf8))
    }
}
