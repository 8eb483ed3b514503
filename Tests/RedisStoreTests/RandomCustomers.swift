/// Random requests about customers apart from their sessions, few names and keys so that they meet.
import ChatModel
import HubCore

extension RandomSteps {
    mutating func aboutCustomer() -> StoreRequest {
        switch roll(12) {
        case 0 where roll(2) == 0: .readCustomer(person(oneCustomer()))
        case 0:
            .readFacts(
                FactsQuery(
                    customer: person(oneCustomer()), attributes: ["vip", "b", "地区", "list"],
                    wholeUpTo: roll(4)))
        case 1: .changeCustomer(customerChange())
        case 2: .changeCustomers((0...roll(4)).map { _ in customerChange() })
        case 3:
            .listCustomers(
                CustomerQuery(
                    after: roll(2) == 0 ? nil : person(oneCustomer()), limit: 1 + roll(12)))
        case 4..<6: roll(3) == 0 ? past() : canned()
        default: rating()
        }
    }

    private mutating func past() -> StoreRequest {
        .customerSessions(
            CustomerSessionsQuery(
                customer: person(oneCustomer()),
                before: roll(2) == 0 ? nil : max(0, now - Int64(roll(20_000))), limit: 1 + roll(3)))
    }

    private mutating func oneCustomer() -> String { "v_\(1 + roll(10))" }

    private mutating func customerChange() -> CustomerChange {
        let names = ["vip", "地区", "born", "a b", "list"]
        var change = CustomerChange(customer: person(oneCustomer()))
        for name in names where roll(4) == 0 { change.attributes[name] = attributeValue() }
        for name in names where roll(4) == 0 { change.removed.append(name) }
        switch roll(6) {
        case 0: change.dedicatedAgent = .cleared
        case 1...2: change.dedicatedAgent = .agent(person(["anna", "bo"][roll(2)]))
        default: break
        }
        return change
    }

    private mutating func attributeValue() -> AttributeValue {
        switch roll(6) {
        case 0: .integer(Int64(roll(9)) - 4)
        case 1: .number(Double(roll(1_000)) / 7)
        case 2: .boolean(roll(2) == 0)
        case 3: .list([.text("黄金"), .integer(Int64(roll(4))), .text("")])
        default: .text(["", "江苏/南京", "1:x", String(repeating: "长", count: 80)][roll(4)])
        }
    }

    /// Mostly by the session's customer; few keys and scores, so that both repeat.
    private mutating func rating() -> StoreRequest {
        let (session, owner) =
            roll(3) > 0 ? rated ?? anySessionAndCustomer() : anySessionAndCustomer()
        rated = (session, owner)
        let score = 1 + roll(2)
        return .rate(
            RateSession(
                session: session, customer: roll(6) == 0 ? person(oneCustomer()) : owner,
                key: "r\(roll(4))", score: score, body: Array("\"score\":\(score)".utf8),
                withinMilliseconds: 20_000))
    }
}
