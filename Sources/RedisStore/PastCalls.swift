/// The steps about conversations of the past as their scripts take and answer them.
import ChatModel
import HubCore
import Redis

extension StepCall {
    mutating func appendPastArguments(of request: StoreRequest) {
        switch request {
        case .customerSessions(let query):
            call.append(query.customer.text)
            append(query.before)
            call.append(query.limit)
        case .deleteMessage(let delete):
            append(delete.session)
            call.append(delete.seq)
            call.append(delete.by.text)
        default: preconditionFailure("not about the past")
        }
    }
}

extension PackedReader {
    /// See `customer_sessions.lua`.
    mutating func readPast() throws(MalformedAnswer) -> PastPage {
        var sessions: [PastSession] = []
        for _ in 0..<(try readArrayCount()) {
            guard try readArrayCount() == 5 else { throw MalformedAnswer(what: "past session") }
            var past = PastSession(record: try readSession(), at: try readInteger())
            past.closedAt = skipAbsent() ? nil : try readInteger()
            past.agent = skipAbsent() ? nil : try readPerson()
            past.score = skipAbsent() ? nil : try readInt()
            sessions.append(past)
        }
        return PastPage(sessions: sessions, more: try readBool())
    }
}
