/// The few keys a Redis holds for all sites together: which signing key its hubs use, and which
/// sites there are. Asked by the parent at start and by workers now and then.
import ChatModel
import HubConfig
import Redis

struct RedisHouse {
    private let connection: RedisConnection

    init(_ connection: RedisConnection) { self.connection = connection }

    private static let keysKey = "chathub:signing-key"
    private static let sitesKey = "chathub:sites"
    /// How a site's keys lie (`RedisStore/Lua`). Raise it with each change by which this program
    /// would misread what an older one has written, or the other way round.
    static let layout = 4
    private static let layoutField = "ly"

    /// The first hub leaves its key's fingerprint; another key is refused, because two hubs that
    /// do not take each other's tokens would lose people on every reconnect.
    func claim(fingerprint: String) async throws(ServeError) {
        _ = try await call(RedisCommand("SET", Self.keysKey, fingerprint, "NX"))
        guard case .bytes(let known) = try await call(RedisCommand("GET", Self.keysKey)) else {
            throw ServeError.settings("Redis does not keep what it is given; see its log")
        }
        let text = String(decoding: known, as: UTF8.self)
        guard text == fingerprint else { throw ServeError.otherKeys(fingerprint: text) }
    }

    func add(_ site: SiteID) async throws(ServeError) {
        try await claimLayout(of: site)
        _ = try await call(RedisCommand("SADD", Self.sitesKey, site.text))
    }

    /// A site without data takes our layout; data that lie otherwise are left alone. One from
    /// before layouts were numbered has none: 0.
    func claimLayout(of site: SiteID) async throws(ServeError) {
        let key = "{\(site)}:site"
        if try await layout(at: key) == nil {
            _ = try await call(RedisCommand("HSETNX", key, Self.layoutField, "\(Self.layout)"))
        }
        try await checkLayout(of: site)
    }

    /// Of a site that may not be there.
    func checkLayout(of site: SiteID) async throws(ServeError) {
        let found = try await layout(at: "{\(site)}:site") ?? Self.layout
        guard found == Self.layout else { throw ServeError.otherLayout(site.text, found: found) }
    }

    /// Nil: the site has no data. Every node counts itself in `ni`, every change its notice in
    /// `ev`.
    private func layout(at key: String) async throws(ServeError) -> Int? {
        let asked = try await call(RedisCommand("HMGET", key, Self.layoutField, "ni", "ev"))
        guard case .array(let values) = asked, values.count == 3 else { return nil }
        if case .bytes(let text) = values[0] {
            return Int(String(decoding: text, as: UTF8.self)) ?? 0
        }
        return values.allSatisfy { $0 == .null } ? nil : 0
    }

    func sites() async throws(ServeError) -> [SiteID] {
        guard case .array(let items) = try await call(RedisCommand("SMEMBERS", Self.sitesKey))
        else {
            return []
        }
        return items.compactMap { item in
            guard case .bytes(let bytes) = item else { return nil }
            return SiteID(String(decoding: bytes, as: UTF8.self))
        }.sorted()
    }

    /// What of this Redis's settings takes a promise away (DESIGN section 9), for the log.
    func unfitSettings(_ durability: NodeSettings.Durability) async -> [String] {
        var found: [String: String] = [:]
        for name in Self.wanted(durability).map(\.name) {
            // Who may not ask is told nothing.
            guard case .array(let pair)? = try? await call(RedisCommand("CONFIG", "GET", name)),
                case .bytes(let value)? = pair.last
            else { continue }
            found[name] = String(decoding: value, as: UTF8.self)
        }
        return Self.unfit(found, durability)
    }

    static func unfit(
        _ found: [String: String], _ durability: NodeSettings.Durability
    ) -> [String] {
        wanted(durability).compactMap { name, value, why in
            guard let known = found[name], known != value else { return nil }
            return "\(name) is \(known) and should be \(value): \(why)"
        }
    }

    private static func wanted(
        _ durability: NodeSettings.Durability
    ) -> [(name: String, value: String, why: String)] {
        let all = [
            ("appendonly", "yes", "a killed Redis loses what was acknowledged"),
            ("maxmemory-policy", "noeviction", "a full Redis drops sessions"),
        ]
        return durability != .synced
            ? all : all + [("appendfsync", "always", "a power cut loses what was acknowledged")]
    }

    private func call(_ command: RedisCommand) async throws(ServeError) -> RedisReply {
        let result = await withCheckedContinuation { continuation in
            connection.send(command) { continuation.resume(returning: $0) }
        }
        switch result {
        case .success(let reply): return reply
        case .failure(.server(let error)): throw ServeError.settings("Redis refuses: \(error)")
        case .failure(let failure):
            throw ServeError.redisAway("the configured address (\(failure))")
        }
    }
}
