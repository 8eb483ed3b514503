/// Frames about customers: what they say of a session, and what agents know and say of them.
public import ChatModel

public struct SessionRate: Hashable, Sendable {
    public var session: SessionID
    /// 1...64 bytes; the same key with the same content is the same rating.
    public var key: String
    /// 1 (bad) to 5.
    public var score: Int
    /// At most 10, each 1...64 bytes.
    public var reasons: [String]
    /// At most 4,000 bytes.
    public var comment: String?

    public init(
        session: SessionID, key: String, score: Int, reasons: [String] = [], comment: String? = nil
    ) {
        self.session = session
        self.key = key
        self.score = score
        self.reasons = reasons
        self.comment = comment
    }
}

public struct CustomerReference: Hashable, Sendable {
    public var customer: PersonID

    public init(customer: PersonID) { self.customer = customer }
}

public struct CustomerSet: Hashable, Sendable {
    public var customer: PersonID
    /// Set over what was there. At most 50.
    public var attributes: [String: AttributeValue]
    /// Names of attributes to take away. At most 50.
    public var remove: [String]
    /// The agent who is his own; empty for none any more. Nil: as it is.
    public var dedicatedAgent: String?

    public init(
        customer: PersonID, attributes: [String: AttributeValue] = [:], remove: [String] = [],
        dedicatedAgent: String? = nil
    ) {
        self.customer = customer
        self.attributes = attributes
        self.remove = remove
        self.dedicatedAgent = dedicatedAgent
    }
}

// MARK: - Reading

extension FrameDecoder {
    func sessionRate(_ fields: borrowing FrameFields) throws(FrameError) -> SessionRate {
        SessionRate(
            session: try fields.session(), key: try fields.name(.key, 1...64),
            score: try fields.count(.score, 1...5),
            reasons: try names(.reasons, atMost: 10, fields),
            comment: try fields.optionalText(.comment, 0...4_000))
    }

    func customer(_ fields: borrowing FrameFields) throws(FrameError) -> PersonID {
        guard let person = PersonID(try fields.name(.customer, 1...64)) else {
            throw fields.bad(.customer, "1 to 64 of A-Z a-z 0-9 - _ . @ +")
        }
        return person
    }

    func customerSet(_ fields: borrowing FrameFields) throws(FrameError) -> CustomerSet {
        let set = CustomerSet(
            customer: try customer(fields), attributes: try attributes(fields),
            remove: try names(.remove, atMost: 50, fields),
            dedicatedAgent: try fields.optionalName(.dedicatedAgent, 0...64))
        if let agent = set.dedicatedAgent, !agent.isEmpty, PersonID(agent) == nil {
            throw fields.bad(.dedicatedAgent, "an agent of the site, or empty for none")
        }
        return set
    }

    func names(
        _ field: FieldName, atMost bound: Int, _ fields: borrowing FrameFields
    ) throws(FrameError) -> [String] {
        guard let tree = try fields.tree(field) else { return [] }
        var names: [String] = []
        if case .array(let elements) = tree, elements.count <= bound {
            for case .text(let name) in elements
            where (1...64).contains(name.utf8.count) && JSONText.isNameable(name) {
                names.append(name)
            }
            if names.count == elements.count { return names }
        }
        throw fields.bad(
            field, "a list of at most \(bound) strings of 1 to 64 bytes, no control characters")
    }
}

// MARK: - Writing

extension ServerFrame {
    /// The members of a rating that stores keep as they are.
    public static func ratingBody(_ rate: SessionRate) -> [UInt8] {
        var json = JSONWriter(capacity: 64)
        json.raw("\"score\":")
        json.integer(Int64(rate.score))
        if !rate.reasons.isEmpty {
            json.name("reasons")
            json.raw("[")
            for (index, reason) in rate.reasons.enumerated() {
                if index > 0 { json.raw(",") }
                json.text(reason)
            }
            json.raw("]")
        }
        json.optional("comment", rate.comment)
        return json.bytes
    }

    /// To a customer whose talk with an agent has ended: how was it?
    public static func survey(session: SessionID) -> [UInt8] {
        var json = JSONWriter(capacity: 72)
        json.raw("{\"type\":\"survey\"")
        json.member("session", session)
        json.raw("}")
        return json.bytes
    }

    /// To the agent who was judged. `body`: as `ratingBody` made it.
    public static func sessionRated(
        session: SessionID, customer: PersonID, body: [UInt8]
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 128 + body.count)
        json.raw("{\"type\":\"session.rated\"")
        json.member("session", session)
        json.member("customer", customer.text)
        json.raw(",")
        json.raw(body)
        json.raw("}")
        return json.bytes
    }

    /// To `customer.get` and `customer.set`, for agents. `more`: attributes that are not among
    /// those shown.
    public static func customerOK(
        id: Int64, _ record: CustomerRecord, attributes: [String: AttributeValue], more: Int
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.raw("{\"type\":\"ok\",\"id\":")
        json.integer(id)
        json.name("customer")
        json.raw(customerObject(record, attributes: attributes, more: more))
        json.raw("}")
        return json.bytes
    }

    /// A customer as agents and the HTTP API are shown him: one JSON object. Ratings by agent.
    public static func customerObject(
        _ record: CustomerRecord, attributes: [String: AttributeValue], more: Int
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.raw("{")
        json.member("id", record.id.text)
        json.name("attributes")
        json.attributes(attributes)
        if more > 0 { json.member("more_attributes", more) }
        json.optional("dedicated_agent", record.dedicatedAgent?.text)
        json.optional("last_agent", record.lastAgent?.text)
        json.name("ratings")
        json.raw("[")
        for (index, agent) in record.ratings.keys.sorted().enumerated() {
            guard let rating = record.ratings[agent] else { continue }
            if index > 0 { json.raw(",") }
            json.raw("{")
            json.member("agent", agent.text)
            json.member("score", rating.score)
            json.member("at", rating.at)
            json.raw("}")
        }
        json.raw("]}")
        return json.bytes
    }
}
