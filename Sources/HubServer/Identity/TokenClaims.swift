/// What a token says of its bearer (RFC 7519 section 4): read by `TokenVerifier`, written by
/// `TokenIssuer`.
import ChatModel
import Foundation
import JWTKit

struct TokenClaims: JWTPayload {
    /// Who (`sub`).
    var sub: String?
    /// The site the token is for.
    var aud: AudienceClaim?
    var role: String?
    /// Seconds since 1970. Required.
    var exp: NumericDate?
    var nbf: NumericDate?
    var iat: NumericDate?
    /// Shown to others.
    var name: String?
    /// Trusted attributes of a customer.
    var attributes: [String: ClaimValue]?
    /// `visitor` marks the secret of an anonymous visitor, which only the hub makes.
    var use: String?
    /// Of a signed level parameter: 1...10.
    var level: Int?

    /// Of two spellings of one name (NormalForm.swift) one is taken.
    var attributesByName: [String: AttributeValue] {
        Dictionary(
            (attributes ?? [:]).map { ($0.key.composed, $0.value.value) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Times and roles are judged by `TokenVerifier`, which knows the clock and what was asked.
    func verify(using algorithm: some JWTAlgorithm) {}
}

/// Seconds since 1970 as a JSON number (RFC 7519 section 2, NumericDate); strings are refused.
struct NumericDate: Codable, Sendable, Equatable {
    /// Far enough for every clock, small enough that milliseconds fit an `Int64`.
    private static let limit = 1e11

    let milliseconds: Int64

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    init(from decoder: any Decoder) throws {
        let seconds = try decoder.singleValueContainer().decode(Double.self)
        guard seconds.isFinite, seconds >= 0, seconds < Self.limit else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a time"))
        }
        milliseconds = Int64(seconds * 1000)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds / 1000)
    }
}

/// An attribute's value in a token: a scalar or a list of scalars.
struct ClaimValue: Codable, Sendable {
    let value: AttributeValue

    init(_ value: AttributeValue) { self.value = value }

    init(from decoder: any Decoder) throws {
        if var items = try? decoder.unkeyedContainer() {  // not a list: read as a scalar below
            var list: [AttributeValue] = []
            while !items.isAtEnd {
                guard list.count < 100 else {
                    throw DecodingError.dataCorrupted(
                        .init(codingPath: decoder.codingPath, debugDescription: "over 100 items"))
                }
                list.append(try Self.scalar(items.superDecoder().singleValueContainer()))
            }
            value = .list(list)
        } else {
            value = try Self.scalar(decoder.singleValueContainer())
        }
    }

    private static func scalar(_ container: any SingleValueDecodingContainer) throws
        -> AttributeValue
    {
        // Each attempt may fail: the next type is tried, and the last one's error is thrown.
        if let boolean = try? container.decode(Bool.self) { return .boolean(boolean) }
        if let integer = try? container.decode(Int64.self) { return .integer(integer) }
        if let number = try? container.decode(Double.self) { return .number(number) }
        return .text(try container.decode(String.self).composed)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch value {
        case .text(let text): try container.encode(text)
        case .integer(let integer): try container.encode(integer)
        case .number(let number): try container.encode(number)
        case .boolean(let boolean): try container.encode(boolean)
        case .list(let items): try container.encode(items.map(ClaimValue.init))
        }
    }
}
