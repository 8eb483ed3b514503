/// The steps for an agent alone as their scripts take them.
import ChatModel
import HubCore
import Redis

extension StepCall {
    mutating func appendDeskArguments(of request: StoreRequest) {
        switch request {
        case .setStatus(let change):
            call.append(change.agent.text)
            call.append(change.status.rawValue)
            call.append(change.reason)
            call.append(change.setBy?.text ?? "")
            append(change.ramp.map(Int64.init))
            call.append(change.rampEveryMilliseconds)
        case .describe(let described): append(described)
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

    private mutating func append(_ described: DescribeSession) {
        append(described.session)
        call.append(described.agent?.text ?? "")
        let tags = described.tags?.joined(separator: "\n")
        for text in [described.topic, described.result, tags, described.note] {
            call.append(text.map { "=" + $0 } ?? "")
        }
        call.append(described.act?.rawValue ?? "")
        call.append(described.extensionMilliseconds)
        call.append(described.extensionBound)
        call.append(described.withinMilliseconds)
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
