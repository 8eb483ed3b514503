/// The arguments of the scripts about left messages, in the order their headers name.
import ChatModel
import HubCore
import Redis

extension StepCall {
    mutating func append(_ leave: LeaveMessage) {
        call.append(leave.message.description)
        call.append(leave.text.sender.id.text)
        call.append(leave.text.key)
        call.append(leave.siteVersion)
        call.append(leave.group.text)
        call.append(leave.level.value)
        call.append(leave.levelSource.rawValue)
        call.append(leave.headStartMilliseconds)
        call.append(leave.topic.map { "=" + $0 } ?? "")
        call.append(leave.profile)
        call.append(leave.explanation)
        appendBytes(leave.text)
        append(leave.limits)
    }

    mutating func append(_ take: TakeMessage, _ replication: [UInt8]) {
        call.append(take.message.description)
        call.append(take.agent.text)
        append(take.session)
        call.append(replication)
        append(take.offerMilliseconds)
        append(take.wrapUpMilliseconds)
        call.append(take.idle.map(Self.text) ?? "")
    }

    mutating func append(_ choice: WaitChoice) {
        append(choice.session)
        call.append(choice.customer.text)
        switch choice.wish {
        case .wait: call.append("wait")
        case .robot: call.append("robot")
        case .message(let message, let text, let limits):
            call.append("message")
            call.append(message.description)
            append(limits)
            if let text { appendBytes(text) } else { call.append("") }
        }
    }

    private mutating func append(_ limits: LeaveLimits) {
        call.append(limits.perCustomer)
        call.append(limits.perGroup)
    }
}
