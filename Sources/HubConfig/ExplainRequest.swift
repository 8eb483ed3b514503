/// The facts and the time that `chathub explain` was given on its command line.
import ChatModel
import Foundation
public import Routing

public struct ExplainRequest: Hashable, Sendable {
    /// The customer's id, as by the `sub` of his token.
    public var customer: String?
    /// `name=value`, trusted; the same name again makes a list.
    public var attributes: [String] = []
    /// `name=value`, as a page would say it.
    public var pageAttributes: [String] = []
    /// `name=value`, members of `page`.
    public var parameters: [String] = []
    /// A signed level parameter that was found good.
    public var signedLevel: Int?
    public var topic: String?
    public var channel: String?
    public var url: String?
    public var referrer: String?
    public var device: String?
    public var region: String?
    public var text: String?
    /// Nil: now.
    public var at: String?

    public init() {}

    /// An argument that cannot be meant so.
    public struct Refusal: Error, CustomStringConvertible {
        public let description: String
    }

    public func facts() throws(Refusal) -> Facts {
        var facts = Facts(
            topic: topic, channel: channel, url: url, referrer: referrer, device: device,
            text: text)
        if let customer {
            guard let id = PersonID(customer) else {
                throw Refusal(description: "--customer: \(CustomerValue.badID(customer))")
            }
            facts.customer = id
        }
        try set(attributes, "--attr", .trusted, &facts)
        if let region { facts.attributes.set("region", to: .text(region), origin: .trusted) }
        try set(pageAttributes, "--page-attr", .page, &facts)
        for parameter in parameters {
            let (name, value) = try Self.pair(parameter, "--param")
            facts.parameters[name] = value
        }
        if let signedLevel { facts.signedLevel = .verified(signedLevel) }
        return facts
    }

    /// Milliseconds since 1970; without an offset it is meant where the site is.
    public func milliseconds(at site: SiteSettings) throws(Refusal) -> Int64 {
        guard let at else { return Int64(Date().timeIntervalSince1970 * 1000) }
        guard let date = DateText(at) else {
            throw Refusal(
                description: "--at is given `\(at)`; allowed: a time such as 2026-11-22T10:00, or "
                    + "with an offset 2026-11-22T10:00:00+08:00")
        }
        return date.milliseconds(in: site.strategy.zone)
    }

    private func set(
        _ arguments: [String], _ option: String, _ origin: AttributeOrigin, _ facts: inout Facts
    ) throws(Refusal) {
        var values: [String: [AttributeValue]] = [:]
        for argument in arguments {
            let (name, value) = try Self.pair(argument, option)
            values[name, default: []].append(Self.value(value))
        }
        for (name, list) in values {
            facts.attributes.set(
                name, to: list.count == 1 ? list[0] : .list(list), origin: origin)
        }
    }

    private static func pair(
        _ argument: String, _ option: String
    ) throws(Refusal) -> (String, String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count) else {
            throw Refusal(
                description: "\(option) is given `\(argument)`; allowed: name=value, such as vip=7")
        }
        return (String(parts[0]), String(parts[1]))
    }

    /// As a site file would read it without quotes.
    private static func value(_ text: String) -> AttributeValue {
        if text == "true" || text == "false" { return .boolean(text == "true") }
        if let integer = Int64(text) { return .integer(integer) }
        if let number = NumberText.value(of: text) { return .number(number) }
        return .text(text)
    }
}
