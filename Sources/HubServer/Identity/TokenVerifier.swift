/// The hub's one door: every token, visitor secret and signed level goes through here. Checked are
/// the form, the pinned algorithm, the signature, the times, the site and the role, in this order.
import ChatModel
import ChatProtocol
import Foundation
import HubCore
import JWTKit

struct TokenVerifier: Sendable {
    /// Clocks of honest servers differ; more than this is an error.
    static let skewMilliseconds: Int64 = 60_000
    /// Longer texts are not even decoded.
    static let maximumTokenBytes = 8192

    let keys: SigningKeys
    let issuer: TokenIssuer

    init(keys: SigningKeys) {
        self.keys = keys
        issuer = TokenIssuer(keys: keys)
    }

    /// Decides about a `hello`. `now` in milliseconds since 1970.
    func judge(_ credential: Credential, now: Int64, random: inout some RandomNumberGenerator)
        -> Authentication
    {
        let level = credential.levelToken.flatMap { signedLevel($0, credential, now: now) }
        if let token = credential.token {
            return judge(token: token, credential, level: level, now: now)
        }
        guard credential.role == .customer else {
            return .refused(.unauthorized, message: "a token is needed for this role")
        }
        if let secret = credential.secret {
            return judge(secret: secret, credential, level: level, now: now)
        }
        return newVisitor(credential, level: level, now: now, random: &random)
    }

    private func judge(token: String, _ credential: Credential, level: Int?, now: Int64)
        -> Authentication
    {
        switch claims(of: token, site: credential.site, now: now) {
        case .failure(let refusal): return refusal.answer
        case .success(let claims):
            guard claims.use == nil, let id = claims.sub.flatMap(PersonID.init), !id.isAnonymous
            else { return Refusal.invalid.answer }
            guard let role = claims.role.flatMap(Role.init), Self.may(role, actAs: credential.role)
            else { return Refusal.wrongRole.answer }
            return .granted(
                Participant(role: credential.role, id: id), name: claims.name, secret: nil,
                // The skew holds for the whole life of a connection, not only at its door.
                expiresAt: claims.exp.map { $0.milliseconds + Self.skewMilliseconds },
                attributes: claims.attributesByName, parameterLevel: level)
        }
    }

    private func judge(secret: String, _ credential: Credential, level: Int?, now: Int64)
        -> Authentication
    {
        switch claims(of: secret, site: credential.site, now: now) {
        case .failure(let refusal): return refusal.answer
        case .success(let claims):
            guard claims.use == "visitor", let id = claims.sub.flatMap(PersonID.init),
                id.isAnonymous
            else { return Refusal.invalid.answer }
            return .granted(
                Participant(role: .customer, id: id), name: nil, secret: nil, expiresAt: nil,
                attributes: [:], parameterLevel: level)
        }
    }

    private func newVisitor(
        _ credential: Credential, level: Int?, now: Int64,
        random: inout some RandomNumberGenerator
    ) -> Authentication {
        let words = SessionID(high: random.next(), low: random.next()).description.dropFirst(2)
        guard let id = PersonID("v_" + words),
            // A key that was good at start cannot fail to sign; if it does, nobody is let in.
            let secret = try? issuer.visitorSecret(site: credential.site, id: id, now: now)
        else {
            return .refused(.internalError, message: "no secret could be made")
        }
        return .granted(
            Participant(role: .customer, id: id), name: nil, secret: secret, expiresAt: nil,
            attributes: [:], parameterLevel: level)
    }

    /// A signed level parameter: `level` and `exp`, and `sub`, which must then be the bearer's.
    private func signedLevel(_ token: String, _ credential: Credential, now: Int64) -> Int? {
        guard case .success(let claims) = claims(of: token, site: credential.site, now: now),
            claims.use == nil, let level = claims.level, (1...10).contains(level)
        else { return nil }
        if let subject = claims.sub {
            let bearer = (credential.token ?? credential.secret).flatMap {
                // A bad token of the bearer is refused by its own judge.
                try? self.claims(of: $0, site: credential.site, now: now).get().sub
            }
            guard bearer == subject else { return nil }
        }
        return level
    }

    /// A supervisor may also sit at the console as an agent; nobody else is two things.
    private static func may(_ role: Role, actAs asked: Role) -> Bool {
        role == asked || (role == .supervisor && asked == .agent)
    }
}

extension TokenVerifier {
    /// What is told of a bad token: one text for everything but expiry, so that nothing is learnt.
    enum Refusal: Error {
        case invalid, expired, wrongRole

        var answer: Authentication {
            switch self {
            case .invalid: .refused(.unauthorized, message: "the token is not valid here")
            case .expired: .refused(.tokenExpired, message: "the token has expired")
            case .wrongRole: .refused(.forbidden, message: "the token is for another role")
            }
        }
    }

    private struct Header: Decodable {
        var alg: String
        var kid: String?
        var crit: [String]?
    }

    func claims(of token: String, site: SiteID, now: Int64) -> Result<TokenClaims, Refusal> {
        guard token.utf8.count <= Self.maximumTokenBytes else { return .failure(.invalid) }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let headerBytes = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2]),
            // What does not decode is refused, whatever the reason.
            let header = try? JSONDecoder().decode(Header.self, from: Data(headerBytes)),
            header.crit == nil, let key = key(for: header, site: site), header.alg == key.name,
            // An algorithm that cannot check a signature has not found it good.
            let good = try? key.verify(
                signature, signs: Array("\(parts[0]).\(parts[1])".utf8)), good,
            // Claims of another shape are refused like bad ones.
            let claims = try? JSONDecoder().decode(TokenClaims.self, from: Data(payload))
        else { return .failure(.invalid) }
        guard let expiry = claims.exp, claims.aud?.value == [site.text] else {
            return .failure(.invalid)
        }
        guard expiry.milliseconds + Self.skewMilliseconds > now else { return .failure(.expired) }
        if let start = claims.nbf, start.milliseconds > now + Self.skewMilliseconds {
            return .failure(.invalid)
        }
        return .success(claims)
    }

    private func key(for header: Header, site: SiteID) -> (any JWTAlgorithm)? {
        guard let kid = header.kid else { return keys.siteSecrets[site] ?? keys.own }
        return keys.published[site]?[kid]
    }
}
