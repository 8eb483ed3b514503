/// Makes tokens: for `chathub token`, for the demo's links, and the secrets of visitors.
public import ChatModel
import Foundation
import JWTKit

public struct TokenIssuer: Sendable {
    /// How long the hub knows an anonymous visitor again after his first `hello`.
    static let visitorMilliseconds: Int64 = 400 * 86_400_000

    private let keys: SigningKeys

    init(keys: SigningKeys) { self.keys = keys }

    /// An issuer with the key of a data folder.
    public init(dataFolder: String) async throws {
        try await self.init(dataFolder: dataFolder, environment: [:])
    }

    /// The keys a hub with this data folder and this environment would check with.
    public init(dataFolder: String, environment: [String: String]) async throws {
        keys = try await KeyRing(dataFolder: dataFolder, environment: environment)
            .load(makeIfAbsent: false)
    }

    /// A signed token for somebody of a site. `now` and `lifetime` in milliseconds.
    public func token(
        site: SiteID, role: Role, id: PersonID, name: String? = nil,
        attributes: [String: AttributeValue] = [:], now: Int64, lifetime: Int64
    ) throws(IdentityError) -> String {
        var claims = TokenClaims()
        claims.sub = id.text
        claims.aud = AudienceClaim(value: [site.text])
        claims.role = role.rawValue
        claims.iat = NumericDate(milliseconds: now)
        claims.exp = NumericDate(milliseconds: now + lifetime)
        claims.name = name
        if !attributes.isEmpty { claims.attributes = attributes.mapValues(ClaimValue.init) }
        return try sign(claims, with: keys.siteSecrets[site] ?? keys.own)
    }

    /// The secret that lets an anonymous visitor come back as himself.
    func visitorSecret(site: SiteID, id: PersonID, now: Int64) throws(IdentityError) -> String {
        var claims = TokenClaims()
        claims.sub = id.text
        claims.aud = AudienceClaim(value: [site.text])
        claims.role = Role.customer.rawValue
        claims.use = "visitor"
        claims.exp = NumericDate(milliseconds: now + Self.visitorMilliseconds)
        return try sign(claims, with: keys.siteSecrets[site] ?? keys.own)
    }

    private func sign(_ claims: TokenClaims, with key: any JWTAlgorithm) throws(IdentityError)
        -> String
    {
        do {
            let header = Base64URL.encode(Array(#"{"alg":"\#(key.name)","typ":"JWT"}"#.utf8))
            let payload = Base64URL.encode(Array(try JSONEncoder().encode(claims)))
            let signed = header + "." + payload
            return signed + "." + Base64URL.encode(try key.sign(Array(signed.utf8)))
        } catch {
            throw IdentityError.signing(String(describing: error))
        }
    }
}
