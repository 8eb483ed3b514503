/// What customers do with conversations that are over.
import ChatModel

@testable import HubCore

extension Walk {
    mutating func reopen(_ client: Client, _ session: SessionID) {
        client.starts.insert(
            client.ask("session.reopen", "\"session\":\"\(session)\",\"key\":\"again-\(newKey())\"")
        )
    }
}
