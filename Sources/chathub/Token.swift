/// `chathub token`: signs a token with the hub's own key.
import ArgumentParser
import ChatModel
import Foundation
import HubConfig
import HubServer

struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a signed token for an agent, a supervisor, a customer or a program.",
        discussion: """
            Prints just the token. It is signed (HS256) with the key of the data folder, or with \
            CHATHUB_SIGNING_KEY when that is set. The bearer is `--id` at `--site` until it expires:

              chathub token --site demo --role agent --id anna --for 12h
              chathub token --site demo --role customer --id c-1001 --attr vip=7 --attr member=gold
            """)

    @Option(name: .long, help: "The site it is for.")
    var site: String

    @Option(name: .long, help: "customer, agent, supervisor, bot or admin.")
    var role: String

    @Option(name: .long, help: "Who the bearer is; a customer's id in your own records.")
    var id: String

    @Option(name: .long, help: "The name others are shown.")
    var name: String?

    @Option(name: .customLong("for"), help: "How long it is good: 90s, 30m, 12h, 365d.")
    var lifetime = "12h"

    @Option(name: .customLong("attr"), help: "A trusted attribute of a customer; may be repeated.")
    var attributes: [String] = []

    @Option(name: .long, help: "The data folder the key is in.")
    var data = ".data"

    func run() throws {
        guard let site = SiteID(site) else {
            throw ValidationError("--site: 1-40 of a-z, 0-9 and -, beginning with a letter or digit")
        }
        guard let role = Role(rawValue: role) else {
            throw ValidationError(
                "--role: one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let id = PersonID(id), !id.isAnonymous else {
            throw ValidationError("--id: 1-64 of letters, digits and -_.@+, not beginning with v_")
        }
        guard let milliseconds = DurationText.milliseconds(of: lifetime), milliseconds > 0 else {
            throw ValidationError("--for: a number and a unit, such as 90s, 30m, 12h or 365d")
        }
        var known: [String: AttributeValue] = [:]
        for pair in attributes {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw ValidationError("--attr: NAME=VALUE") }
            known[String(parts[0])] = Self.value(parts[1])
        }
        let folder = data
        let issuer = try Blocking.run {
            try await TokenIssuer(
                dataFolder: folder, environment: ProcessInfo.processInfo.environment)
        }
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        print(
            try issuer.token(
                site: site, role: role, id: id, name: name, attributes: known, now: now,
                lifetime: milliseconds))
    }

    /// Numbers and yes/no as such, everything else as text.
    private static func value(_ text: Substring) -> AttributeValue {
        if let integer = Int64(text) { return .integer(integer) }
        if let number = Double(text) { return .number(number) }
        if text == "true" || text == "false" { return .boolean(text == "true") }
        return .text(String(text))
    }
}
