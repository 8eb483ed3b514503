/// Robots, ratings and explanations: who may speak, who is told, and that what is told is so.
import ChatModel
import ChatProtocol

@testable import HubCore

extension Checker {
    struct SentRating { let session: SessionID, key: String }

    /// A robot's line is numbered only while that robot has the floor: no step both numbers lines
    /// and gives or takes it.
    func checkFloor(_ site: MemorySite) {
        for told in site.told {
            guard case .message(let id, _, let message, _) = told.notice,
                message.sender.role == .bot
            else { continue }
            botMessages += 1
            guard let record = site.sessions[id]?.record else { continue }
            if !record.botHelps || record.bot != message.sender.id {
                fail(1, "\(message.sender.id) spoke in \(id), where \(record.state) is")
            }
        }
    }

    // MARK: Ratings

    func noteRate(_ client: Client, _ id: Int64, _ rating: SentRating) {
        rates[SentRequest(connection: client.number, id: id)] = rating
    }

    func checkRate(_ frame: ServerEvent, _ client: Client) {
        guard let id = frame.id,
            let rating = rates[SentRequest(connection: client.number, id: id)]
        else { return }
        ratings += 1
        guard let session = site.sessions[rating.session] else { return }
        if session.ratings[rating.key] == nil {
            fail(6, "\(rating.key) of \(rating.session) was acknowledged and is not kept")
        }
        if session.record.customer.text != client.person {
            fail(7, "\(client.name) rated \(rating.session), which is another's")
        }
    }

    /// Of whom a customer thinks what is told to that one alone.
    func checkRated(_ frame: ServerEvent, _ client: Client) {
        guard let session = frame.session,
            let record = site.sessions[session]?.record
        else { return }
        let agent = PersonID(client.person)
        let served = agent.map { owners.contains(OwnedSession(agent: $0, session: session)) }
        if served != true {
            fail(7, "\(client.name) was told a rating of \(session) (\(record.agent?.text ?? "-"))")
        }
    }

    // MARK: Explanations

    func noteExplain(_ client: Client, _ id: Int64, _ session: SessionID) {
        explains[SentRequest(connection: client.number, id: id)] = session
    }

    /// It is of the session that was asked for, by its own level and rule, and for those whom it
    /// concerns: who was offered it may ask while he is.
    func checkExplanation(_ frame: ServerEvent, _ client: Client) {
        guard let id = frame.id,
            let asked = explains[SentRequest(connection: client.number, id: id)],
            let explanation = frame.tree["explanation"]
        else { return }
        explanations += 1
        if explanation["session"]?.string != asked.description {
            return fail(11, "\(client.name) asked about \(asked) and was told of another session")
        }
        guard let record = site.sessions[asked]?.record else { return }
        if explanation["level"]?.number != record.level.value {
            fail(11, "\(asked) has level \(record.level), and another one is explained")
        }
        if explanation["rule"]?.string != "everybody" { fail(11, "\(asked) has no rule") }
        if explanation["state"]?.string == "queued", explanation["waiting"] == nil {
            fail(11, "\(asked) waits, and nobody says why")
        }
        guard client.isCustomer || client.isBot else { return }
        fail(7, "\(client.name) was told how it was decided about \(asked)")
    }
}
