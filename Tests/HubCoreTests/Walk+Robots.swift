/// What robots do in a random life, what customers and agents ask beside the talk, and rules with
/// robots and hours.
import ChatModel
import Routing

@testable import HubCore

extension Walk {
    mutating func botActs(_ index: Int, _ client: Client) {
        guard let session = client.sessionsSeen.randomElement(using: &random) else { return }
        if chance(12) {
            client.ask("session.human", "\"session\":\"\(session)\",\"reason\":\"lost\"")
            return
        }
        guard let customer = world.store.sites[world.site]?.sessions[session]?.record.customer
        else { return }
        talk(index, client, session, about: customer.text)
    }

    /// One of his sessions, mostly; now and then another's, or with a key that was used.
    mutating func rate(_ client: Client) {
        let all = world.store.sites[world.site]?.sessions.values.sorted {
            $0.record.arrival < $1.record.arrival
        } ?? []
        let own = all.filter { $0.record.customer.text == client.person }
        let choices = own.isEmpty || chance(10) ? all : own
        guard let session = choices.randomElement(using: &random)?.record.id else { return }
        let key = "r\(chance(20) ? 1 : newKey())"
        checker.noteRate(
            client, client.nextRequest, Checker.SentRating(session: session, key: key))
        client.ask(
            "session.rate",
            "\"session\":\"\(session)\",\"key\":\"\(key)\",\"score\":\(chance(50) ? 5 : 1)")
    }

    mutating func explain(_ client: Client, _ session: SessionID) {
        checker.noteExplain(client, client.nextRequest, session)
        client.ask("session.explain", "\"session\":\"\(session)\"")
    }

    mutating func anyMode() -> ReceptionMode {
        [.robotFirst, .humanFirst, .humanFirst, .humanOnly].randomElement(using: &random)!
    }

    /// Open for some seconds, then closed for some, from now on.
    mutating func someHours() -> [HourSpan] {
        var second = ZoneRules.utc.localTime(at: world.now.wallMilliseconds).secondOfDay
        var spans: [HourSpan] = []
        while spans.count < 12 {
            let end = second + Int.random(in: 5...40, using: &random)
            guard end < 86_400, let span = HourSpan(startSecond: second, endSecond: end) else {
                break
            }
            spans.append(span)
            second = end + Int.random(in: 1...20, using: &random)
        }
        return spans
    }
}
