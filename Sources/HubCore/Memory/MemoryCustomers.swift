/// What is known of customers apart from their sessions, and how they judged them.
import ChatModel

extension MemorySite {
    func customer(_ id: PersonID) -> CustomerRecord { customers[id] ?? CustomerRecord(id: id) }

    func facts(_ query: FactsQuery) -> CustomerRecord {
        var record = customer(query.customer)
        if record.attributes.count > query.wholeUpTo {
            record.attributes = record.attributes.filter { query.attributes.contains($0.key) }
        }
        return record
    }

    mutating func changeCustomer(_ change: CustomerChange) -> StoreReply {
        let known = customer(change.customer).attributes
        let added = change.attributes.keys.count { known[$0] == nil }
        guard known.count + added <= CustomerChange.attributeBound else {
            return .refused(.tooMany)
        }
        apply(change)
        return .customer(customer(change.customer))
    }

    mutating func changeCustomers(_ changes: [CustomerChange]) -> StoreReply {
        var created = 0
        for change in changes {
            let wasListed = customer(change.customer).isListed
            apply(change)
            if !wasListed, customer(change.customer).isListed { created += 1 }
        }
        return .customersChanged(created: created)
    }

    private mutating func apply(_ change: CustomerChange) {
        var record = customer(change.customer)
        for name in change.removed { record.attributes[name] = nil }
        for (name, value) in change.attributes { record.attributes[name] = value }
        switch change.dedicatedAgent {
        case .unchanged: break
        case .cleared: record.dedicatedAgent = nil
        case .agent(let agent): record.dedicatedAgent = agent
        }
        keep(record)
    }

    /// Nothing is kept of one of whom nothing is known.
    private mutating func keep(_ record: CustomerRecord) {
        customers[record.id] = record == CustomerRecord(id: record.id) ? nil : record
    }

    func listCustomers(_ query: CustomerQuery) -> [CustomerRecord] {
        let listed = customers.values.filter { record in
            record.isListed && query.after.map { record.id > $0 } ?? true
        }
        return Array(listed.sorted { $0.id < $1.id }.prefix(query.limit))
    }

    /// The agent has the conversation: he is the customer's last one now.
    mutating func noteServing(_ id: SessionID) {
        guard let agent = sessions[id]!.record.agent else { return }
        sessions[id]!.servedBy = agent
        let customer = sessions[id]!.record.customer
        customers[customer, default: CustomerRecord(id: customer)].lastAgent = agent
    }

    mutating func rate(_ rating: RateSession) -> StoreReply {
        guard let session = sessions[rating.session] else { return .refused(.notFound) }
        guard session.record.customer == rating.customer else { return .refused(.notParticipant) }
        if let known = session.ratings[rating.key] {
            return known == rating.body ? .done : .refused(.keyConflict)
        }
        if let closedAt = session.closedAt, siteNow - closedAt > rating.withinMilliseconds {
            return .refused(.sessionClosed)
        }
        guard session.ratings.count < RateSession.bound else { return .refused(.tooMany) }
        sessions[rating.session]!.ratings[rating.key] = rating.body
        sessions[rating.session]!.rating = rating.body
        sessions[rating.session]!.ratedScore = rating.score
        if let agent = session.servedBy { note(rating, of: agent) }
        tell(
            .rated(
                RatingNotice(
                    session: rating.session, customer: rating.customer, agent: session.servedBy,
                    body: rating.body)))
        return .done
    }

    /// The latest one of each agent; of too many agents the one rated longest ago is forgotten.
    private mutating func note(_ rating: RateSession, of agent: PersonID) {
        var record = customer(rating.customer)
        record.ratings[agent] = CustomerRecord.Rating(score: rating.score, at: now)
        if record.ratings.count > CustomerRecord.ratingBound {
            let oldest = record.ratings.min { ($0.value.at, $0.key) < ($1.value.at, $1.key) }!
            record.ratings[oldest.key] = nil
        }
        keep(record)
    }
}

extension CustomerRecord {
    /// Whether a list of customers has him: talking with an agent alone does not put him there.
    fileprivate var isListed: Bool { !attributes.isEmpty || dedicatedAgent != nil }
}
