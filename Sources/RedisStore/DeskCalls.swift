/// The steps for an agent alone as their scripts take them.
import ChatModel
import HubCore
import Redis

extension StepCall {
    mutating func appendDeskArguments(of request: StoreRequest) {
        switch request {
        case .readCanned(let agent): call.append(agent.text)
        case .setCanned(let change):
            call.append(change.agent.text)
            call.append(change.shortcut)
            call.append(change.body ?? [])
            call.append(change.countBound)
            call.append(change.byteBound)
        default: preconditionFailure("not for an agent alone")
        }
    }
}

extension PackedReader {
    /// `shortcut, body, ...` in no order.
    mutating func readOwnReplies() throws(MalformedAnswer) -> [OwnReply] {
        var replies: [OwnReply] = []
        for _ in 0..<(try readArrayCount() / 2) {
            replies.append(OwnReply(shortcut: try readText(), body: Array(try readBytes())))
        }
        return replies.sorted { $0.shortcut < $1.shortcut }
    }
}
