/// The HTTP API for customers (Protocol/admin.md): import, look, change, assign, each with a token
/// of an admin or supervisor of the site. `HttpDoor` hands it every path under `/v1/sites/`.
import ChatModel
import ChatProtocol
import EventLoop
import HubConfig
import HubCore
import Redis
import RedisStore
import WebSockets

/// `@unchecked Sendable`: made by `WorkerProcess` and used by `Node`, two actors on one loop; on
/// its thread only.
final class CustomerApi: @unchecked Sendable {
    /// The body of a change or an assignment.
    static let bodyBytes = 1 << 20
    /// Bad rows that are told, however many are asked for.
    static let badRowBound = 10_000

    private let loop: EventLoop
    private let verifier: TokenVerifier
    /// Of its own, so that messages do not queue behind an import.
    private let connection: RedisConnection
    private let store: RedisStore
    let desk = StoreDesk()
    private let siteAgents: SiteAgents

    init(
        loop: EventLoop, endpoint: RedisEndpoint, options: RedisOptions, verifier: TokenVerifier
    ) {
        self.loop = loop
        self.verifier = verifier
        siteAgents = SiteAgents(desk)
        connection = RedisConnection(loop: loop, endpoint: endpoint, options: options)
        // Nothing is listened to: the subscriber is never started.
        store = RedisStore(
            loop: loop, connection: connection,
            subscriber: RedisSubscriber(loop: loop, endpoint: endpoint),
            onReply: { [desk] in _ = desk.take($0, $1) }, onNotice: { _, _ in })
        desk.store = store
        connection.start()
    }

    /// Whether requests are taken: until then, and while Redis is away, they are answered 503.
    var isReady: Bool { store.isReady }

    /// What is done with the body of a POST or PATCH, decided by its head.
    func plan(for request: HTTPRequest) -> HTTPBodyPlan {
        switch judge(request) {
        case .refused(let response): return .refuse(response)
        case .allowed(let target):
            guard target.kind == .all, request.method == .post else { return .collect }
            guard let format = Self.format(of: request) else {
                return .refuse(
                    Self.error(415, "Content-Type: text/csv or application/x-ndjson"))
            }
            let isDryRun = request.query.contains {
                $0.name == "dry_run" && ["1", "true", ""].contains($0.value)
            }
            let bound = request.query.first { $0.name == "bad_rows" }.flatMap { Int($0.value) }
            return .stream(
                ImportReader(
                    desk: desk, siteAgents: siteAgents, site: target.site, format: format,
                    isDryRun: isDryRun,
                    badRowBound: min(max(0, bound ?? ImportReport.shownBadRows), Self.badRowBound),
                    loop: loop, completion: request.completion))
        }
    }

    func respond(to request: HTTPRequest) -> HTTPResponse {
        switch judge(request) {
        case .refused(let response): return response
        case .allowed(let target):
            switch (request.method, target.kind) {
            case (.get, .one(let id)): read(id, target.site, request)
            case (.patch, .one(let id)): return change(id, target.site, request)
            case (.post, .assign): return assign(target.site, request)
            case (.post, .find): return find(target.site, request)
            case (.get, .agents): agents(target.site, request)
            default: return Self.error(405, "not with this method")
            }
            return .deferred
        }
    }

    // MARK: Who may, and what

    private struct Target {
        enum Kind: Hashable {
            case all, assign, find, agents
            case one(PersonID)
        }
        let site: SiteID
        let kind: Kind
    }

    private enum Judgement {
        case allowed(Target)
        case refused(HTTPResponse)
    }

    private func judge(_ request: HTTPRequest) -> Judgement {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false)
        // "", "v1", "sites", S, "agents", or "customers" and perhaps one more.
        guard (5...6).contains(parts.count), parts[4] == "customers" || parts[4...] == ["agents"],
            let site = SiteID(String(parts[3]))
        else { return .refused(Self.error(404, "no such resource")) }
        var kind = parts[4] == "agents" ? Target.Kind.agents : .all
        if parts.count == 6 {
            if parts[5] == "assign", request.method == .post {
                kind = .assign
            } else if parts[5] == "find", request.method == .post {
                kind = .find
            } else if let id = PersonID(String(parts[5])) {
                kind = .one(id)
            } else {
                return .refused(Self.error(404, "no id of a customer"))
            }
        }
        let words = (request.headers["authorization"] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            return .refused(Self.unauthorized("Authorization: Bearer and a token"))
        }
        switch verifier.claims(of: String(words[1]), site: site, now: WallClock.milliseconds()) {
        case .failure(.expired): return .refused(Self.unauthorized("the token has expired"))
        case .failure: return .refused(Self.unauthorized("the token is not valid here"))
        case .success(let claims):
            guard claims.use == nil, claims.role == "admin" || claims.role == "supervisor" else {
                return .refused(Self.error(403, "for admins and supervisors"))
            }
            return .allowed(Target(site: site, kind: kind))
        }
    }

    private static func format(of request: HTTPRequest) -> CustomerFormat? {
        let type = (request.headers["content-type"] ?? "").split(separator: ";").first ?? ""
        switch type.lowercased().filter({ $0 != " " }) {
        case "text/csv": return .csv
        case "application/x-ndjson", "application/jsonl", "application/json-lines": return .jsonl
        default: return nil
        }
    }

    // MARK: One customer

    private func read(_ id: PersonID, _ site: SiteID, _ request: HTTPRequest) {
        desk.submit(.readCustomer(id), site: site) { reply in
            request.completion.finish(Self.customer(reply))
        }
    }

    private func change(
        _ id: PersonID, _ site: SiteID, _ request: HTTPRequest
    ) -> HTTPResponse {
        guard case .object(let members) = JSONValue(request.body) else {
            return Self.error(400, "one JSON object: attributes, dedicated_agent")
        }
        var row: [JSONValue.Member] = []
        for member in members {
            switch (member.name, member.value) {
            case ("attributes", .object(let attributes)):
                guard !attributes.contains(where: { $0.name == "dedicated_agent" }) else {
                    return Self.error(400, "dedicated_agent is no attribute")
                }
                row += attributes
            case ("dedicated_agent", _): row.append(member)
            default: return Self.error(400, "only attributes (an object) and dedicated_agent")
            }
        }
        let wanted = row
        siteAgents.read(site) { [desk] agents in
            guard let agents else { return request.completion.finish(Self.away) }
            do throws(CustomerObject.Refusal) {
                let row = try CustomerObject.row(id: id.text, wanted, agents: agents)
                desk.submit(.changeCustomer(CustomerChange(row)), site: site) { reply in
                    request.completion.finish(Self.customer(reply))
                }
            } catch {
                request.completion.finish(Self.error(400, error.reason))
            }
        }
        return .deferred
    }

    private static func customer(_ reply: StoreReply) -> HTTPResponse {
        switch reply {
        case .customer(let record):
            json(
                200,
                ServerFrame.customerObject(record, attributes: record.attributes, more: 0))
        case .refused(.tooMany): error(400, "more than 100,000 attributes")
        default: away
        }
    }

    // MARK: Many customers

    /// `{"where": {"region": "上海"}, "agents": ["anna", "bo"], "preview": true}`
    private func assign(_ site: SiteID, _ request: HTTPRequest) -> HTTPResponse {
        let body = JSONValue(request.body) ?? .null
        guard case .object(let conditions) = body["where"], !conditions.isEmpty,
            case .array(let names) = body["agents"], (1...1000).contains(names.count)
        else {
            return Self.error(
                400, "where: an object that is not empty; agents: a list of 1 to 1000")
        }
        guard let filter = CustomerFilter(conditions) else {
            return Self.error(400, CustomerFilter.form)
        }
        let isPreview = body["preview"] == .boolean(true)
        let asked = names.map { name -> PersonID? in
            if case .text(let text) = name { PersonID(text) } else { nil }
        }
        siteAgents.read(site) { [self, filter] known in
            guard let known else { return request.completion.finish(Self.away) }
            let agents = asked.compactMap { $0 }.filter(known.contains)
            guard agents.count == asked.count else {
                return request.completion.finish(
                    Self.error(400, "agents: not all are of this site"))
            }
            let assignment = CustomerAssignment(
                filter: filter, agents: agents, isPreview: isPreview)
            assignment.begin(desk, site: site) { outcome in
                request.completion.finish(
                    outcome.map { Self.json(200, $0.json(agents, isPreview: isPreview)) }
                        ?? Self.away)
            }
        }
        return .deferred
    }

    /// `{"where": {"region": "上海"}, "after": "u-1", "limit": 50, "count": true}`, all optional.
    private func find(_ site: SiteID, _ request: HTTPRequest) -> HTTPResponse {
        guard case .object(let members) = JSONValue(request.body) else {
            return Self.error(400, "one JSON object: where, after, limit, count")
        }
        var search = CustomerSearch(
            filter: CustomerFilter(equal: []), after: nil, limit: 50, counts: false)
        for member in members {
            switch (member.name, member.value) {
            case ("where", .object(let conditions)):
                guard let filter = CustomerFilter(conditions) else {
                    return Self.error(400, CustomerFilter.form)
                }
                search.filter = filter
            case ("after", .text(let text)):
                guard let after = PersonID(text) else {
                    return Self.error(400, "after: an id of a customer")
                }
                search.after = after
            case ("limit", .integer(let limit)) where (1...200).contains(limit):
                search.limit = Int(limit)
            case ("count", .boolean(let counts)): search.counts = counts
            default:
                return Self.error(
                    400, "where: an object; after: an id; limit: 1 to 200; count: true")
            }
        }
        let counts = search.counts
        search.begin(desk, site: site) { outcome in
            request.completion.finish(
                outcome.map { Self.json(200, $0.json(counts: counts)) } ?? Self.away)
        }
        return .deferred
    }

    private func agents(_ site: SiteID, _ request: HTTPRequest) {
        siteAgents.readNames(site) { agents in
            guard let agents else { return request.completion.finish(Self.away) }
            var json = JSONWriter(capacity: 32 + agents.count * 48)
            json.raw("{\"agents\":[")
            for (index, agent) in agents.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { json.raw(",") }
                json.raw("{")
                json.member("id", agent.key.text)
                json.member("name", agent.value)
                json.raw("}")
            }
            json.raw("]}\n")
            request.completion.finish(Self.json(200, json.bytes))
        }
    }

    // MARK: Answers

    static let away = error(503, "the store is away for a moment; ask again")

    static func json(_ status: Int, _ body: [UInt8]) -> HTTPResponse {
        var response = HTTPResponse.bytes(status, contentType: "application/json", body)
        response.fields.append(HTTPField("Cache-Control", "no-store"))
        return response
    }

    static func error(_ status: Int, _ what: String) -> HTTPResponse {
        var json = JSONWriter(capacity: 96)
        json.raw("{")
        json.member("error", what)
        json.raw("}\n")
        return Self.json(status, json.bytes)
    }

    private static func unauthorized(_ what: String) -> HTTPResponse {
        var response = error(401, what)
        response.fields.append(HTTPField("WWW-Authenticate", "Bearer"))
        return response
    }
}

extension CustomerAssignment.Outcome {
    /// `looked`, `assigned`, `preview`, `agents` with `agent` and `customers`.
    fileprivate func json(_ agents: [PersonID], isPreview: Bool) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.raw("{")
        json.member("looked", looked)
        json.member("assigned", assigned)
        json.member("preview", isPreview)
        json.name("agents")
        json.raw("[")
        for (index, agent) in agents.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{")
            json.member("agent", agent.text)
            json.member("customers", given[agent] ?? 0)
            json.raw("}")
        }
        json.raw("]}\n")
        return json.bytes
    }
}
