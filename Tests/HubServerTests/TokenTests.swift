// Who is let in: good tokens, and every way to make a bad one.
import ChatModel
import ChatProtocol
import Foundation
import HubCore
import JWTKit
import Testing

@testable import HubServer

struct TokenTests {
    static let now: Int64 = 1_800_000_000_000
    static let secret = [UInt8](repeating: 7, count: 32)
    let demo = SiteID("demo")!
    let anna = PersonID("anna")!

    func verifier(_ secret: [UInt8] = TokenTests.secret) async throws -> TokenVerifier {
        TokenVerifier(keys: try await SigningKeys.make(secret: secret))
    }

    func judge(
        _ verifier: TokenVerifier, role: Role = .agent, token: String? = nil,
        secret: String? = nil, level: String? = nil, site: SiteID? = nil, at: Int64 = now
    ) -> Authentication {
        var random = SystemRandomNumberGenerator()
        return verifier.judge(
            Credential(
                site: site ?? demo, role: role, token: token, secret: secret, levelToken: level),
            now: at, random: &random)
    }

    func isRefused(_ answer: Authentication, as code: ErrorCode) -> Bool {
        if case .refused(let found, _) = answer { return found == code }
        return false
    }

    @Test func aGoodTokenLetsItsBearerIn() async throws {
        let verifier = try await verifier()
        let token = try verifier.issuer.token(
            site: demo, role: .agent, id: anna, name: "Anna", now: Self.now, lifetime: 60_000)
        guard case .granted(let person, let name, let secret, let expiry, _, _) = judge(
            verifier, token: token)
        else { return #expect(Bool(false), "refused") }
        #expect(person == Participant(role: .agent, id: anna))
        #expect(name == "Anna")
        #expect(secret == nil)
        #expect(expiry == Self.now + 60_000 + TokenVerifier.skewMilliseconds)
    }

    @Test func everySingleBitFlipOfATokenIsRefused() async throws {
        let verifier = try await verifier()
        let token = try verifier.issuer.token(
            site: demo, role: .agent, id: anna, now: Self.now, lifetime: 60_000)
        let bytes = Array(token.utf8)
        var tried = 0
        for index in bytes.indices {
            for bit in 0..<7 {
                var changed = bytes
                changed[index] ^= 1 << bit
                let text = String(decoding: changed, as: UTF8.self)
                if case .granted = judge(verifier, token: text) {
                    Issue.record("byte \(index), bit \(bit) was accepted")
                }
                tried += 1
            }
        }
        #expect(tried > 1000)
    }

    @Test(arguments: ["none", "None", "nOnE", "HS384", "HS512", "ES256", "RS256", ""])
    func anotherAlgorithmInTheHeaderIsRefused(name: String) async throws {
        let verifier = try await verifier()
        let good = try verifier.issuer.token(
            site: demo, role: .agent, id: anna, now: Self.now, lifetime: 60_000)
        let payload = good.split(separator: ".")[1]
        let header = Base64URL.encode(Array(#"{"alg":"\#(name)","typ":"JWT"}"#.utf8))
        let key = verifier.keys.own
        let signature = Base64URL.encode(try key.sign(Array("\(header).\(payload)".utf8)))
        let whole = "\(header).\(payload).\(signature)"
        #expect(isRefused(judge(verifier, token: whole), as: .unauthorized))
        #expect(isRefused(judge(verifier, token: "\(header).\(payload)."), as: .unauthorized))
    }

    @Test(arguments: [
        #"{"sub":"anna","aud":"demo","role":"agent"}"#,
        #"{"sub":"anna","aud":"demo","role":"agent","exp":"1900000000"}"#,
        #"{"sub":"anna","aud":"demo","role":"agent","exp":-1}"#,
        #"{"sub":"anna","aud":"demo","role":"agent","exp":1e400}"#,
        #"{"sub":"anna","role":"agent","exp":1900000000}"#,
        #"{"sub":"anna","aud":["demo","other"],"role":"agent","exp":1900000000}"#,
        #"{"sub":"anna","aud":"other","role":"agent","exp":1900000000}"#,
        #"{"sub":"anna","aud":"demo","role":"agent","exp":1900000000,"nbf":1890000000}"#,
        #"{"sub":"a b","aud":"demo","role":"agent","exp":1900000000}"#,
        #"{"sub":"v_anna","aud":"demo","role":"agent","exp":1900000000}"#,
        #"{"aud":"demo","role":"agent","exp":1900000000}"#,
        #"{"sub":"anna","aud":"demo","role":"agent","exp":1900000000,"use":"visitor"}"#,
        #"["sub"]"#, "", "{",
    ])
    func aSignedButWrongPayloadIsRefused(payload: String) async throws {
        let verifier = try await verifier()
        #expect(isRefused(judge(verifier, token: try signed(payload, verifier)), as: .unauthorized))
    }

    func signed(_ payload: String, _ verifier: TokenVerifier, kid: String? = nil) throws -> String {
        let extra = kid.map { #","kid":"\#($0)""# } ?? ""
        let header = Base64URL.encode(Array(#"{"alg":"HS256","typ":"JWT"\#(extra)}"#.utf8))
        let text = header + "." + Base64URL.encode(Array(payload.utf8))
        return text + "." + Base64URL.encode(try verifier.keys.own.sign(Array(text.utf8)))
    }

    @Test func timesAreJudgedWithAMinuteOfSkew() async throws {
        let verifier = try await verifier()
        let token = try verifier.issuer.token(
            site: demo, role: .agent, id: anna, now: Self.now, lifetime: 60_000)
        if case .refused = judge(verifier, token: token, at: Self.now + 119_000) {
            Issue.record("refused within the skew")
        }
        #expect(isRefused(judge(verifier, token: token, at: Self.now + 121_000), as: .tokenExpired))
    }

    @Test func anotherKeyAnotherSiteAndAnUnknownKidAreRefused() async throws {
        let verifier = try await verifier()
        let stranger = try await self.verifier([UInt8](repeating: 8, count: 32))
        let foreign = try stranger.issuer.token(
            site: demo, role: .agent, id: anna, now: Self.now, lifetime: 60_000)
        #expect(isRefused(judge(verifier, token: foreign), as: .unauthorized))
        let elsewhere = try verifier.issuer.token(
            site: SiteID("other")!, role: .agent, id: anna, now: Self.now, lifetime: 60_000)
        #expect(isRefused(judge(verifier, token: elsewhere), as: .unauthorized))
        let payload = #"{"sub":"anna","aud":"demo","role":"agent","exp":1900000000}"#
        let steered = try signed(payload, verifier, kid: "../../etc/passwd")
        #expect(isRefused(judge(verifier, token: steered), as: .unauthorized))
    }

    @Test(arguments: Role.allCases, Role.allCases)
    func aTokenServesItsOwnRoleOnly(held: Role, asked: Role) async throws {
        let verifier = try await verifier()
        let token = try verifier.issuer.token(
            site: demo, role: held, id: anna, now: Self.now, lifetime: 60_000)
        let answer = judge(verifier, role: asked, token: token)
        let mayPass = held == asked || (held == .supervisor && asked == .agent)
        if case .granted = answer { #expect(mayPass) } else { #expect(!mayPass) }
    }

    @Test func onlyCustomersComeWithoutAToken() async throws {
        let verifier = try await verifier()
        for role in Role.allCases where role != .customer {
            #expect(isRefused(judge(verifier, role: role), as: .unauthorized))
        }
        guard
            case .granted(let visitor, _, let secret?, nil, _, _) = judge(verifier, role: .customer)
        else { return #expect(Bool(false), "a visitor was refused") }
        #expect(visitor.id.isAnonymous)
        guard case .granted(let again, _, nil, _, _, _) = judge(
            verifier, role: .customer, secret: secret)
        else { return #expect(Bool(false), "the secret was refused") }
        #expect(again == visitor)
        #expect(isRefused(judge(verifier, role: .customer, token: secret), as: .unauthorized))
        let elsewhere = judge(verifier, role: .customer, secret: secret, site: SiteID("other")!)
        #expect(isRefused(elsewhere, as: .unauthorized))
    }

    @Test func aSignedLevelBelongsToItsSubject() async throws {
        let verifier = try await verifier()
        let carl = PersonID("carl")!
        let token = try verifier.issuer.token(
            site: demo, role: .customer, id: carl, now: Self.now, lifetime: 60_000)
        func level(_ payload: String) throws -> Int? {
            let parameter = try signed(payload, verifier)
            let answer = judge(verifier, role: .customer, token: token, level: parameter)
            if case .granted(_, _, _, _, _, let level) = answer { return level }
            return nil
        }
        let end = #""aud":"demo","exp":1900000000"#
        #expect(try level(#"{"level":7,\#(end)}"#) == 7)
        #expect(try level(#"{"level":7,"sub":"carl",\#(end)}"#) == 7)
        #expect(try level(#"{"level":7,"sub":"dora",\#(end)}"#) == nil)
        #expect(try level(#"{"level":11,\#(end)}"#) == nil)
        #expect(try level(#"{"level":0,\#(end)}"#) == nil)
        #expect(try level(#"{"level":7,"aud":"demo"}"#) == nil)
        #expect(try level(#"{"level":7,"aud":"other","exp":1900000000}"#) == nil)
    }

    @Test func aSitesOwnKeyOpensThatSiteOnly() async throws {
        let keys = try await SigningKeys.make(
            secret: Self.secret, siteSecrets: [demo: [UInt8](repeating: 9, count: 32)])
        let verifier = TokenVerifier(keys: keys)
        let token = try verifier.issuer.token(
            site: demo, role: .agent, id: anna, now: Self.now, lifetime: 60_000)
        if case .refused = judge(verifier, token: token) { Issue.record("own key refused") }
        let houseVerifier = try await self.verifier()
        #expect(isRefused(judge(houseVerifier, token: token), as: .unauthorized))
    }

    @Test func aPublicKeyOfASiteChecksItsServersTokens() async throws {
        let pair = ES256PrivateKey()
        let keys = try await SigningKeys.make(
            secret: Self.secret, published: [demo: ["k1": pair.publicKey.pemRepresentation]])
        let verifier = TokenVerifier(keys: keys)
        let signer = await JWTKeyCollection().add(ecdsa: pair, kid: "k1")
        var claims = TokenClaims()
        claims.sub = "carl"
        claims.aud = AudienceClaim(value: ["demo"])
        claims.role = "customer"
        claims.exp = NumericDate(milliseconds: Self.now + 60_000)
        claims.attributes = ["vip": ClaimValue(.integer(7))]
        let token = try await signer.sign(claims, kid: "k1")
        guard case .granted(let person, _, _, _, let attributes, _) = judge(
            verifier, role: .customer, token: token)
        else { return #expect(Bool(false), "refused") }
        #expect(person.id.text == "carl")
        #expect(attributes["vip"] == .integer(7))
        let elsewhere = judge(verifier, role: .customer, token: token, site: SiteID("other")!)
        #expect(isRefused(elsewhere, as: .unauthorized))
    }

    @Test func aShortKeyIsRefused() async throws {
        await #expect(throws: IdentityError.self) {
            _ = try await SigningKeys.make(secret: [UInt8](repeating: 1, count: 31))
        }
    }
}
