/// `chathub token`: signs a token with the hub's own key.
import ArgumentParser
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
        guard let milliseconds = DurationText.milliseconds(of: lifetime), milliseconds > 0 else {
            throw ValidationError("--for: a number and a unit, such as 90s, 30m, 12h or 365d")
        }
        let order = TokenOrder(
            site: site, role: role, id: id, name: name, lifetime: milliseconds,
            attributes: attributes)
        do {
            let environment = ProcessInfo.processInfo.environment
            print(try order.token(dataFolder: data, environment: environment))
        } catch let refusal as TokenOrder.Refusal {
            throw ValidationError(refusal.description)
        }
    }
}
