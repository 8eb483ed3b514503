/// A start that is sent again leads to the same session, whatever happened in between.
import ChatModel
import ChatProtocol

extension Checker {
    func noteStart(_ client: Client, _ id: Int64, _ key: String) {
        starts[SentRequest(connection: client.number, id: id)] = StartKey(
            person: client.person, key: key)
    }

    /// Whatever happens between two sendings of a start, they lead to one session.
    func checkStart(_ frame: ServerEvent, _ client: Client) {
        guard let id = frame.id, let session = frame.session,
            let key = starts[SentRequest(connection: client.number, id: id)]
        else { return }
        if let first = startedBy[key], first != session {
            fail(6, "\(key.key) led to \(first) and to \(session)")
        }
        startedBy[key] = session
    }
}
