/// What the site knows of its customers: read afresh before each start, so that an import or an
/// agent's word counts from the next session on.
import ChatModel
import ChatProtocol
import Routing

extension Hub {
    /// First step of a start; `customerRead` is the second.
    func readCustomer(for starting: Starting, at site: LocalSite) {
        guard let person = starting.request.connection.person else { return }
        submit(
            .readFacts(facts(of: person.key.id, at: site)), at: site, .startingCustomer(starting))
    }

    /// Places the session by what is known now. Who has gone meanwhile asks again where he comes
    /// back; nothing was made for him.
    func customerRead(_ starting: Starting, _ record: CustomerRecord, at site: LocalSite) {
        let connection = starting.request.connection
        guard connection.isReady, let person = connection.person else {
            connection.starting -= 1
            return
        }
        starting.customer = record
        switch place(starting, at: site) {
        case .session(let placing):
            attach(person, at: site)
            submit(.start(placing), at: site, .start(starting))
        case .turnedAway(let why): lookForOpenSession(starting, why, at: site)
        case .nowhere where starting.reloads > 0: startFailed(starting, .refused(.reload))
        case .nowhere: startFailed(starting, .internalError, "no group takes this session")
        }
    }

    /// A message is left by what the site knows of him as well.
    func readCustomer(for leave: MessageLeave, _ request: Request, at site: LocalSite) {
        guard let person = request.connection.person else { return }
        submit(
            .readFacts(facts(of: person.key.id, at: site)), at: site,
            .leavingCustomer(leave, request))
    }

    private func facts(of customer: PersonID, at site: LocalSite) -> FactsQuery {
        FactsQuery(customer: customer, attributes: site.rules.strategy.attributeNames)
    }
}

// MARK: - Ratings

extension Hub {
    /// The store judges whose session it is and whether it is too late.
    func rate(_ rate: SessionRate, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        submit(
            .rate(
                RateSession(
                    session: rate.session, customer: person.key.id, key: rate.key,
                    score: rate.score, body: ServerFrame.ratingBody(rate))),
            at: site, .rate(request))
    }

    /// A customer whose talk with an agent is over is asked, where the site has a survey; once on
    /// each connection, however he learnt of the end.
    func askHowItWas(_ session: SessionID, _ connection: Connection) {
        guard connection.role == .customer, connection.surveyed != session,
            connection.site?.rules.service.survey != nil
        else { return }
        connection.surveyed = session
        send(ServerFrame.survey(session: session), to: connection)
    }

    /// Of a session that was read at its end: whether an agent had talked with the customer.
    func wasServed(_ record: SessionRecord) -> Bool {
        let unserved = ["left", "left_message", "gone"]
        return record.state.isOver && record.agent != nil
            && !unserved.contains(record.closeReason ?? "")
    }

    /// The agent who is judged hears of it wherever he is connected.
    func rated(_ rating: RatingNotice, at site: LocalSite) {
        guard let agent = rating.agent,
            let person = site.people[PersonKey(isAgent: true, id: agent)]
        else { return }
        let frame = ServerFrame.sessionRated(
            session: rating.session, customer: rating.customer, body: rating.body)
        for connection in person.connections where connection.isReady {
            send(frame, to: connection)
        }
    }
}

// MARK: - What agents know of customers

extension Hub {
    func readCustomer(_ customer: PersonID, _ request: Request, _ site: LocalSite) {
        guard mayKnow(customer, request.connection, site) else {
            return refuse(request, .notFound, "no customer of yours")
        }
        submit(.readCustomer(customer), at: site, .customer(request))
    }

    func changeCustomer(_ set: CustomerSet, _ request: Request, _ site: LocalSite) {
        guard mayKnow(set.customer, request.connection, site) else {
            return refuse(request, .notFound, "no customer of yours")
        }
        var change = CustomerChange(
            customer: set.customer, attributes: set.attributes,
            removed: set.remove.filter { set.attributes[$0] == nil })
        if let agent = set.dedicatedAgent {
            guard request.connection.role == .supervisor else {
                return refuse(request, .forbidden, "supervisors say whose customer he is")
            }
            if let id = PersonID(agent) {
                guard site.rules.agents[id] != nil else {
                    return refuse(request, .notFound, "no such agent")
                }
                change.dedicatedAgent = .agent(id)
            } else {
                change.dedicatedAgent = .cleared
            }
        }
        submit(.changeCustomer(change), at: site, .customer(request))
    }

    /// Agents know those whom they serve now; supervisors know everybody.
    func mayKnow(_ customer: PersonID, _ connection: Connection, _ site: LocalSite) -> Bool {
        if connection.role == .supervisor { return true }
        guard let person = connection.person else { return false }
        return person.sessions.contains { id in
            guard let record = site.sessions[id]?.record else { return false }
            return record.customer == customer && record.agent == person.key.id
                && (record.state == .active || record.state == .wrapup)
        }
    }

    /// What customers said of other agents is the supervisors' business.
    func show(_ record: CustomerRecord, to request: Request) {
        var record = record
        if request.connection.role != .supervisor {
            let own = request.connection.person?.key.id
            record.ratings = record.ratings.filter { $0.key == own }
        }
        let (shown, more) = record.shownAttributes(atMost: 200, bytes: 32_768)
        answer(
            request,
            ServerFrame.customerOK(id: request.id, record, attributes: shown, more: more))
    }
}

extension CustomerRecord {
    /// The first attributes by name, for a frame: an import may give a customer 100,000 of them.
    /// `more`: how many are left out.
    func shownAttributes(atMost bound: Int, bytes: Int) -> (
        shown: [String: AttributeValue], more: Int
    ) {
        var shown: [String: AttributeValue] = [:]
        var left = bytes
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }).prefix(bound) {
            left -= name.utf8.count + value.storedText.utf8.count
            guard left >= 0 else { break }
            shown[name] = value
        }
        return (shown, attributes.count - shown.count)
    }
}
