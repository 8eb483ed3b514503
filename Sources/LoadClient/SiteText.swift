/// `chathub-load site`: the site file the other scenarios want.

public enum SiteText {
    /// A site with so many agents of one group who are assigned without asking, one session each.
    public static func make(site: String, agents: Int) -> String {
        let names = (1...max(1, agents)).map { LoadNames.agent($0) }
        var text = """
            # Made by `chathub-load site`: for load tests only.
            site: \(site)
            accept: auto
            grace: { customer: 60s, agent: 30s }
            limits:
              frames_per_second: 100000
              burst: 100000
            groups:
              load:
                name: Load
                agents:

            """
        for name in names { text += "      - \(name)\n" }
        text += "agents:\n"
        for name in names { text += "  \(name): { capacity: 1 }\n" }
        text += """
            strategy:
              - name: everybody
                reception: human-only
                plan:
                  - { to: group, group: load }

            """
        return text
    }
}

enum LoadNames {
    /// `load-00042`
    static func agent(_ number: Int) -> String {
        let digits = String(number)
        return "load-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
