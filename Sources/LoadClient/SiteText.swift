/// `chathub-load site`: the site file the other scenarios want.

public enum SiteText {
    /// A site whose agents are assigned without asking. `capacity`: sessions each may hold.
    /// `processes`: how many processes will share the load; each gets a group of its own, so that
    /// both sides of a session are with the same one.
    public static func make(
        site: String, agents: Int, capacity: Int = 1, processes: Int = 1
    ) -> String {
        let names = (1...max(1, agents)).map { LoadNames.agent($0) }
        let groups = (0..<max(1, processes)).map { part in
            (
                name: processes > 1 ? "load-\(part + 1)" : "load",
                agents: stride(from: part, to: names.count, by: max(1, processes)).map { names[$0] }
            )
        }
        var text = """
            # Made by `chathub-load site`: for load tests only.
            site: \(site)
            accept: auto
            grace: { customer: 60s, agent: 30s }
            vip:
              source: parameter
              head_start: 10m
              parameter: { name: level, trust: unsigned, max: 10 }
            limits:
              frames_per_second: 100000
              burst: 100000
              bytes_per_second: 268435456
              connections_per_address: 1000000
              sessions_per_address: 1000000
            groups:

            """
        for group in groups {
            text += "  \(group.name):\n    name: Load\n    agents:\n"
            for name in group.agents { text += "      - \(name)\n" }
        }
        text += "agents:\n"
        for name in names { text += "  \(name): { capacity: \(capacity) }\n" }
        text += "strategy:\n"
        for group in groups.dropFirst() {
            text += rule("of \(group.name)", when: "{ topic: \(group.name) }", group.name)
        }
        return text + rule("everybody", when: nil, groups[0].name)
    }

    private static func rule(_ name: String, when what: String?, _ group: String) -> String {
        "  - name: \(name)\n" + (what.map { "    what: \($0)\n" } ?? "")
            + "    reception: human-only\n    plan:\n      - { to: group, group: \(group) }\n"
    }
}

enum LoadNames {
    /// `load-00042`
    static func agent(_ number: Int) -> String {
        let digits = String(number)
        return "load-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
