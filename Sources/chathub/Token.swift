/// `chathub token`: signs a token with the hub's own key.
import ArgumentParser
import Foundation
import HubConfig
import HubServer

struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a signed token for an agent, a supervisor, a customer or a program.",
        discussion: """
            Prints just the token, or with --link the address an agent or a supervisor opens. It \
            is signed (HS256) with the key of the data folder, or with CHATHUB_SIGNING_KEY when \
            that is set. The bearer is `--id` at `--site` until it expires:

              chathub token --site demo --role agent --id anna --for 12h
              chathub token --site demo --role agent --id anna --link
              chathub token --site demo --role supervisor --id boss \\
                --link --address http://127.0.0.1:9090
              chathub token --site demo --role customer --id c-1001 --attr vip=7
              chathub token --site demo --role admin --id crm --for 365d

            A customer chats, an agent answers at /console, a supervisor watches at /board, a bot \
            answers by itself, an admin's program changes what is known of customers over HTTP.

            The data folder does not tell where people reach its hub: of one that is not at \
            http://127.0.0.1:8080, say it with --address for its links.

            A site or an agent nobody knows is refused: by --site-file, else by what is in force \
            at the hub that runs with the data folder. Where there is neither, the name is taken \
            as it is.

            Exit codes: 0 printed, 1 the key cannot be read or the site file has problems, 64 the \
            arguments are wrong, or nobody bears that name.
            """)

    @Option(name: .long, help: "The site it is for.")
    var site: String

    @Option(name: .long, help: "customer, agent, supervisor, bot or admin.")
    var role: String

    @Option(name: .long, help: "Who the bearer is; a customer's id in your own records.")
    var id: String

    @Option(name: .long, help: "The name others are shown.")
    var name: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long it is good, in s, m, h or d: 90s, 30m, 12h, 365d.", valueName: "time"))
    var lifetime = "12h"

    @Option(
        name: .customLong("attr"),
        help: ArgumentHelp(
            "A trusted attribute of a customer, such as vip=7; may be repeated.",
            valueName: "name=value"))
    var attributes: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The data folder the key is in. Default: CHATHUB_DATA, else .data",
            valueName: "folder"), completion: .directory)
    var data: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The site's file, to check site and agent against.", valueName: "file"),
        completion: .file(extensions: ["yaml"]))
    var siteFile: String?

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Print the link to open: ADDRESS/console#site=...&token=... of an agent, "
                + "ADDRESS/board#site=...&token=... of a supervisor."))
    var link = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where people reach the hub, for --link: https://chat.example", valueName: "url"))
    var address = "http://127.0.0.1:8080"

    func run() throws {
        guard let milliseconds = DurationText.milliseconds(of: lifetime), milliseconds > 0 else {
            throw ValidationError(
                "--for is given `\(lifetime)`; allowed: a number and a unit, such as 90s, 30m, 12h "
                    + "or 365d")
        }
        let page = Self.pages[role]
        guard !link || page != nil else {
            throw ValidationError("--link: only agents and supervisors have a page of their own")
        }
        let environment = ProcessInfo.processInfo.environment
        let folder = data ?? environment["CHATHUB_DATA"] ?? ".data"
        try checkIsKnown(folder)
        let order = TokenOrder(
            site: site, role: role, id: id, name: name, lifetime: milliseconds,
            attributes: attributes)
        do {
            let token = try order.token(dataFolder: folder, environment: environment)
            let base = address.hasSuffix("/") ? String(address.dropLast()) : address
            if link, let page {
                print("\(base)/\(page)#site=\(site)&token=\(token)")
            } else {
                print(token)
            }
        } catch let refusal as TokenOrder.Refusal {
            throw ValidationError(refusal.description)
        }
    }

    /// What a role's link opens.
    private static let pages = ["agent": "console", "supervisor": "board"]

    /// A token for nobody opens nothing and looks like a broken hub.
    private func checkIsKnown(_ folder: String) throws {
        guard let settings = try siteFile.map(settings(ofFile:)) ?? settings(inForceAt: folder)
        else {
            return
        }
        guard "\(settings.site)" == site else {
            throw ValidationError("--site: \(siteFile ?? "the file") is about `\(settings.site)`")
        }
        let agents = settings.agentNames
        guard role != "agent" || agents.contains(id) else {
            throw ValidationError(
                "--id: `\(site)` has no agent `\(id)`; there are \(agents.joined(separator: ", "))")
        }
    }

    private func settings(ofFile path: String) throws -> SiteSettings {
        let checked = SiteFile.load(path: path)
        guard let settings = checked.settings else {
            throw CommandFailure(CheckReport.text(checked, color: Terminal.hasColor))
        }
        return settings
    }

    /// Nil when no hub runs with the folder, or what it has in force cannot be read here.
    private func settings(inForceAt folder: String) throws -> SiteSettings? {
        var node = NodeSettings()
        node.dataFolder = folder
        // No hub to ask is no failure: a key is enough to sign.
        guard let store = try? SiteStore(settings: node), let sites = try? store.sites(),
            !sites.isEmpty
        else { return nil }
        guard sites.contains(site) else {
            throw ValidationError(
                "--site: the hub knows no site `\(site)`; it knows "
                    + sites.joined(separator: ", "))
        }
        return try store.inForce(at: site).flatMap {
            SiteFile.load(text: $0.text, name: site).settings
        }
    }
}
