/// What an agent keeps for himself.
import ChatModel

extension MemorySite {
    func ownReplies(of agent: PersonID) -> [OwnReply] {
        (canned[agent] ?? [:]).map { OwnReply(shortcut: $0.key, body: $0.value) }
            .sorted { $0.shortcut < $1.shortcut }
    }

    mutating func setCanned(_ change: SetCanned) -> StoreReply {
        var replies = canned[change.agent] ?? [:]
        replies[change.shortcut] = change.body
        let bytes = replies.values.reduce(0) { $0 + $1.count }
        let isMore = change.body != nil
        guard !isMore || (replies.count <= change.countBound && bytes <= change.byteBound) else {
            return .refused(.tooMany)
        }
        canned[change.agent] = replies.isEmpty ? nil : replies
        return .done
    }
}
