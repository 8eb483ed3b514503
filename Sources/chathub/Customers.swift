/// `chathub customers`: what a site knows of its customers.
import ArgumentParser
import Foundation
import HubConfig
import HubServer

struct Customers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What a site knows of its customers: import, look, change, give them agents.",
        discussion: """
            Attributes that come this way are trusted: the site's rules may make somebody \
            important by them. They count from a customer's next session on.

              chathub customers import customers.csv --site shop
              chathub customers get u-1001 --site shop
              chathub customers set u-1001 vip=8 --site shop
            """,
        subcommands: [
            CustomersImport.self, CustomersAssign.self, CustomersGet.self, CustomersSet.self,
        ])
}

struct CustomersAssign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign-agent",
        abstract: "Give all customers with certain attributes an agent of their own.",
        discussion: """
            All conditions must fit; several agents get the customers in turn. Whoever has an \
            agent of his own already gets the new one. When nobody fits, each condition tells how \
            many fit it alone.

              chathub customers assign-agent --site shop --where vip=8 --agent bo --preview
              chathub customers assign-agent --site shop --where vip=8 \\
                --where region=east --agent anna --agent bo

            With --json: `looked`, `assigned`, `already` (who had the same agent before), \
            `preview`, and `agents` with `agent`, `customers`.

            Exit codes: 0 done, also when nobody fits; 1 not done; 64 wrong arguments.
            """)

    @Option(name: .long, help: "The name of the site.")
    var site: String

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "What an attribute must be; may be repeated. A list fits by one item.",
            valueName: "name=value"))
    var conditions: [String]

    @Option(name: .customLong("agent"), help: "An agent of the site; may be repeated.")
    var agents: [String]

    @OptionGroup var store: StoreOptions

    @Flag(help: "Count and change nothing.")
    var preview = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        try CustomerPairs.check(conditions, of: "--where")
    }

    func run() throws {
        let report = try store.customers().assign(
            where: conditions.compactMap(CustomerValue.pair), to: agents, at: site,
            isPreview: preview)
        print(json ? report.json() : report.text(), terminator: "")
    }
}

/// What several of the commands take.
enum CustomerPairs {
    static func check(_ texts: [String], of place: String) throws {
        for text in texts {
            guard let (name, value) = CustomerValue.pair(text) else {
                throw ValidationError(
                    "\(place) is given `\(text.prefix(80))`; allowed: name=value, such as vip=8, "
                        + "with a name of 1 to 64 bytes")
            }
            guard value.utf8.count <= CustomerValue.textBytes else {
                throw ValidationError(
                    "\(place) is given a value of \(value.utf8.count) bytes for \(name); allowed: "
                        + "at most \(CustomerValue.textBytes)")
            }
        }
    }
}

struct CustomersGet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show what is known of a customer.",
        discussion: """
              chathub customers get u-1001 --site shop

            With --json: `id`, `attributes`, and of `dedicated_agent`, `last_agent` and `ratings` \
            those there are.

            Exit codes: 0 shown; 1 nothing is known of him (standard error says so, and nothing is \
            printed, with --json too), no such site or no store; 64 wrong arguments.
            """)

    @Argument(help: "The customer's id.") var customer: String
    @Option(name: .long, help: "The name of the site.") var site: String
    @OptionGroup var store: StoreOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        guard let shown = try store.customers().customer(customer, at: site) else {
            throw CommandFailure(
                "nothing is known of a customer `\(customer)` at the site \(site); is it the `sub` "
                    + "of his token? `chathub customers set` and `import` make somebody known")
        }
        print(json ? shown.json : shown.text, terminator: "")
    }
}

struct CustomersSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change what is known of a customer.",
        discussion: """
              chathub customers set u-1001 vip=8 member=gold --site shop
              chathub customers set u-1001 --remove old --dedicated anna --site shop

            Values are read as `customers import` reads a cell: 8 is a number, 007 a text. Printed \
            is the customer as he is then; --json as `get`.

            Exit codes: 0 changed, 1 not done, 64 wrong arguments.
            """)

    @Argument(help: "The customer's id.") var customer: String
    @Argument(
        help: ArgumentHelp(
            "Attributes to set; those he has besides stay.", valueName: "name=value"))
    var attributes: [String] = []
    @Option(name: .long, help: "The name of the site.") var site: String
    @Option(
        name: .long,
        help: ArgumentHelp("An attribute to take away; may be repeated.", valueName: "name"))
    var remove: [String] = []
    @Option(name: .long, help: ArgumentHelp("The agent who is his own.", valueName: "agent"))
    var dedicated: String?
    @Flag(name: .long, help: "He has no agent of his own any more.") var noDedicated = false
    @OptionGroup var store: StoreOptions
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        try CustomerPairs.check(attributes, of: "an attribute")
        guard !noDedicated || dedicated == nil else {
            throw ValidationError("--dedicated and --no-dedicated exclude each other; give one")
        }
        guard !attributes.isEmpty || !remove.isEmpty || dedicated != nil || noDedicated else {
            throw ValidationError(
                "nothing to change; give name=value, --remove NAME, --dedicated AGENT or "
                    + "--no-dedicated")
        }
    }

    func run() throws {
        let changed = try store.customers().change(
            customer, at: site, attributes: attributes.compactMap(CustomerValue.pair),
            removed: remove, dedicatedAgent: noDedicated ? "" : dedicated)
        print(json ? changed.json : changed.text, terminator: "")
    }
}
