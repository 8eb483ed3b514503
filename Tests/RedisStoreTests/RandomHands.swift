/// What random steps do beside a session: notes, and supervisors who take over.
import ChatModel
import HubCore

extension RandomSteps {
    mutating func besides() -> StoreRequest {
        switch roll(5) {
        case 0..<3: note()
        case 3:
            .notes(
                HistoryQuery(
                    session: anySession(), direction: roll(2) == 0 ? .after(roll(3)) : .before(roll(5)),
                    limit: 1 + roll(3)))
        default:
            .takeOver(session: anySession(), agent: person(roll(20) == 0 ? "nobody" : pick(agents)))
        }
    }

    /// Mostly by an agent of it or a supervisor; few keys, so that they come again.
    private mutating func note() -> StoreRequest {
        let id = anySession()
        let writer =
            roll(2) == 0
            ? Participant(role: .supervisor, id: person("zoe")) : somebody(in: id)
        return .addNote(
            AddNote(
                session: id,
                note: NewMessage(
                    sender: writer, key: "n\(roll(6))",
                    body: Array("\"text\":\"\(roll(4) == 0 ? "我" : "a")\"".utf8), origin: origin)))
    }
}
