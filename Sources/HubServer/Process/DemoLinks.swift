/// The links a person opens to try a hub: the customer's page, the same as somebody signed in, one
/// signed console link for each agent, the supervisor's board. Printed by `chathub serve --links`:
/// whole on a terminal; a log is read by others, and who reads a token is its owner.
import ChatModel
import HubConfig

struct DemoLinks {
    private let site: SiteID
    private let scheme: String
    private let agents: [(id: String, name: String, groups: String, token: String)]
    private let supervisorToken: String
    private let customerToken: String

    static let lifetimeMilliseconds: Int64 = 7 * 86_400_000

    init(site: SiteSettings, issuer: TokenIssuer, scheme: String) throws(IdentityError) {
        self.site = site.site
        self.scheme = scheme
        let now = WallClock.milliseconds()
        let names = Dictionary(uniqueKeysWithValues: site.groups.map { ($0.id, $0.name) })
        var agents: [(id: String, name: String, groups: String, token: String)] = []
        for agent in site.agents {
            let token = try issuer.token(
                site: site.site, role: .agent, id: agent.id, name: agent.name, now: now,
                lifetime: Self.lifetimeMilliseconds)
            let groups = agent.groups.map { names[$0] ?? $0.text }.joined(separator: ", ")
            agents.append((agent.id.text, agent.name, groups, token))
        }
        self.agents = agents
        guard let supervisor = PersonID("supervisor"), let customer = PersonID("u-1001") else {
            throw IdentityError.signing("no name for the supervisor or the customer")
        }
        supervisorToken = try issuer.token(
            site: site.site, role: .supervisor, id: supervisor, name: "Supervisor", now: now,
            lifetime: Self.lifetimeMilliseconds)
        customerToken = try issuer.token(
            site: site.site, role: .customer, id: customer, name: "Lin Xiao", now: now,
            lifetime: Self.lifetimeMilliseconds)
    }

    /// Tokens stand in the fragment, which browsers send to nobody.
    func text(address: ListenAddress) -> String {
        let base = "\(scheme)://\(address)"
        var lines = ["", "chathub is ready.", "", "  Customer     \(base)/", ""]
        lines += ["  Signed in    \(base)/#customer=\(customerToken)", ""]
        for agent in agents {
            lines.append("  Agent        \(agent.name) (\(agent.groups))")
            lines.append("               \(page("console", base, agent.token))")
        }
        lines += ["", "  Supervisor   \(page("board", base, supervisorToken))", ""]
        lines.append(
            "Open the customer's page and an agent's link side by side. The links are good")
        lines.append("for seven days. Ctrl-C stops everything; nothing said is lost.")
        lines.append("")
        return lines.joined(separator: "\n")
    }

    /// For a log. `dataFolder`: where the command finds the key.
    func textWithoutTokens(address: ListenAddress, dataFolder: String) -> String {
        let base = "\(scheme)://\(address)"
        let who = agents.first.map { "--role agent --id \($0.id)" } ?? "--role agent --id WHO"
        let lines = [
            "", "chathub is ready.", "", "  Customer     \(base)/", "",
            "The links of agents and of the supervisor hold signed tokens, so they are shown on a",
            "terminal only, or with --print-tokens. A token for somebody:", "",
            "  chathub token --site \(site) \(who) --data \(dataFolder)",
            "  chathub token --site \(site) --role supervisor --id supervisor --data \(dataFolder)",
            "", "Their links are \(page("console", base, "TOKEN"))",
            "and \(page("board", base, "TOKEN"))", "",
        ]
        return lines.joined(separator: "\n")
    }

    private func page(_ name: String, _ base: String, _ token: String) -> String {
        "\(base)/\(name)#site=\(site)&token=\(token)"
    }
}
