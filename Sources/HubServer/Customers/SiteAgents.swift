/// Who the agents of a site are, by the version in force: a site file is read once a version, not once
/// a request. Used by `CustomerApi`, on the loop's thread.
import ChatModel
import HubConfig
import HubCore

final class SiteAgents {
    /// Of one site. Sites are few, so nothing is ever taken away.
    private struct Known {
        var version: Int
        var digest: String
        var agents: Agents
    }

    /// As they are shown, by identifier.
    typealias Agents = [PersonID: String]

    private let desk: StoreDesk
    private let parse: (StoredSite, SiteID) -> Agents
    private var known: [SiteID: Known] = [:]

    init(
        _ desk: StoreDesk,
        parse: @escaping (StoredSite, SiteID) -> Agents = SiteAgents.agents
    ) {
        self.desk = desk
        self.parse = parse
    }

    /// `then` gets nil when the store is away, and an empty set for a site nobody knows.
    func read(_ site: SiteID, then: @escaping (Set<PersonID>?) -> Void) {
        readNames(site) { then($0.map { Set($0.keys) }) }
    }

    /// The same with their names.
    func readNames(_ site: SiteID, then: @escaping (Agents?) -> Void) {
        desk.submit(.loadSite, site: site) { [self] reply in
            guard case .site(let stored) = reply else { return then(nil) }
            then(stored.map { agents(of: $0, site) } ?? [:])
        }
    }

    private func agents(of stored: StoredSite, _ site: SiteID) -> Agents {
        if let known = known[site], known.version == stored.version, known.digest == stored.digest {
            return known.agents
        }
        let agents = parse(stored, site)
        known[site] = Known(version: stored.version, digest: stored.digest, agents: agents)
        return agents
    }

    private static func agents(of stored: StoredSite, at site: SiteID) -> Agents {
        let settings = SiteFile.load(text: stored.text, name: "\(site)").settings
        return Dictionary(settings?.agents.map { ($0.id, $0.name) } ?? []) { first, _ in first }
    }
}
