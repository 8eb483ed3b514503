/// The steps about customers as their scripts take them, and a customer as they answer him.
import ChatModel
import HubCore
import Redis

extension StepCall {
    mutating func appendCustomerArguments(of request: StoreRequest) {
        switch request {
        case .readCustomer(let customer): call.append(customer.text)
        case .readFacts(let query):
            call.append(query.customer.text)
            call.append(query.wholeUpTo)
            for name in query.attributes { call.append("=" + name) }
        case .changeCustomer(let change):
            call.append(CustomerChange.attributeBound)
            append(change)
        case .changeCustomers(let changes): for change in changes { append(change) }
        case .listCustomers(let query):
            call.append(query.after?.text ?? "")
            call.append(query.limit)
        case .rate(let rating):
            append(rating.session)
            call.append(rating.customer.text)
            call.append(rating.key)
            call.append(rating.score)
            call.append(rating.body)
            call.append(rating.withinMilliseconds)
            call.append(RateSession.bound)
            call.append(CustomerRecord.ratingBound)
        default: preconditionFailure("not about customers")
        }
    }

    /// As `change_customer` in `lib_customer.lua` reads it.
    private mutating func append(_ change: CustomerChange) {
        call.append(change.customer.text)
        switch change.dedicatedAgent {
        case .unchanged: call.append("")
        case .cleared: call.append("-")
        case .agent(let agent): call.append("=" + agent.text)
        }
        call.append(change.attributes.count)
        call.append(change.removed.count)
        for (name, value) in change.attributes {
            call.append("=" + name)
            call.append(value.storedText)
        }
        for name in change.removed { call.append("=" + name) }
    }
}

extension PackedReader {
    /// See `customer_record` in `lib_customer.lua`.
    mutating func readCustomer() throws(MalformedAnswer) -> CustomerRecord {
        guard try readArrayCount() == 5 else { throw MalformedAnswer(what: "customer") }
        var record = CustomerRecord(id: try readPerson())
        record.dedicatedAgent = skipAbsent() ? nil : try readPerson()
        record.lastAgent = skipAbsent() ? nil : try readPerson()
        for _ in 0..<(try readArrayCount() / 3) {
            let agent = try readPerson()
            record.ratings[agent] = CustomerRecord.Rating(
                score: try readInt(), at: try readInteger())
        }
        for _ in 0..<(try readArrayCount() / 2) {
            let name = try readText()
            guard let value = AttributeValue(storedText: try readText()) else {
                throw MalformedAnswer(what: "attribute")
            }
            record.attributes[name] = value
        }
        return record
    }
}
