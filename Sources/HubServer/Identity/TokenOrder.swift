/// A token somebody asks for in words: what `chathub token` was given, checked and signed here.
import ChatModel
import Foundation

public struct TokenOrder: Sendable {
    public var site: String
    public var role: String
    public var id: String
    public var name: String?
    /// Milliseconds; above 0.
    public var lifetime: Int64
    /// `NAME=VALUE` each; numbers and `true`/`false` are taken as such.
    public var attributes: [String]

    public init(
        site: String, role: String, id: String, name: String?, lifetime: Int64,
        attributes: [String]
    ) {
        self.site = site
        self.role = role
        self.id = id
        self.name = name
        self.lifetime = lifetime
        self.attributes = attributes
    }

    /// Why an order is not carried out; the text says what is allowed.
    public struct Refusal: Error, CustomStringConvertible {
        public let description: String
    }

    /// Signs with the keys a hub with this data folder and this environment checks with. Blocks.
    public func token(dataFolder: String, environment: [String: String]) throws -> String {
        guard let site = SiteID(site) else {
            throw Refusal(
                description:
                    "--site is given `\(site)`; allowed: 1-40 of a-z, 0-9 and -, beginning "
                    + "with a letter or digit")
        }
        guard let role = Role(rawValue: role) else {
            let allowed = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refusal(description: "--role is given `\(role)`; allowed: \(allowed)")
        }
        guard let id = PersonID(id), !id.isAnonymous else {
            throw Refusal(
                description:
                    "--id is given `\(id)`; allowed: 1-64 of letters, digits and -_.@+, not "
                    + "beginning with v_")
        }
        let known = try knownAttributes()
        return try Blocking.run { [name, lifetime] in
            try await TokenIssuer(dataFolder: dataFolder, environment: environment).token(
                site: site, role: role, id: id, name: name, attributes: known,
                now: WallClock.milliseconds(), lifetime: lifetime)
        }
    }

    private func knownAttributes() throws(Refusal) -> [String: AttributeValue] {
        var known: [String: AttributeValue] = [:]
        for pair in attributes {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw Refusal(
                    description: "--attr is given `\(pair)`; allowed: NAME=VALUE, such as vip=7") }
            known[String(parts[0])] = Self.value(parts[1])
        }
        return known
    }

    private static func value(_ text: Substring) -> AttributeValue {
        if let integer = Int64(text) { return .integer(integer) }
        if let number = Double(text) { return .number(number) }
        if text == "true" || text == "false" { return .boolean(text == "true") }
        return .text(String(text))
    }
}
