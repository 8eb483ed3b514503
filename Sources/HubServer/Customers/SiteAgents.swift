/// What a site file says that an import must know, by the version in force: a site file is read
/// once a version, not once a request. Used by `CustomerApi`, on the loop's thread.
import ChatModel
import HubConfig
import HubCore
import Routing

final class SiteAgents {
    /// Of one site. Sites are few, so nothing is ever taken away.
    private struct Known {
        var version: Int
        var digest: String
        var rules: ImportRules
    }

    /// As they are shown, by identifier.
    typealias Agents = [PersonID: String]

    private let desk: StoreDesk
    private let parse: (StoredSite, SiteID) -> ImportRules
    private var known: [SiteID: Known] = [:]

    init(
        _ desk: StoreDesk,
        parse: @escaping (StoredSite, SiteID) -> ImportRules = SiteAgents.rules
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
            then(stored.map { rules(of: $0, site).agents } ?? [:])
        }
    }

    /// Of the version that was read last.
    func levelAttribute(of site: SiteID) -> String? { known[site]?.rules.levelAttribute }

    private func rules(of stored: StoredSite, _ site: SiteID) -> ImportRules {
        if let known = known[site], known.version == stored.version, known.digest == stored.digest {
            return known.rules
        }
        let rules = parse(stored, site)
        known[site] = Known(version: stored.version, digest: stored.digest, rules: rules)
        return rules
    }

    private static func rules(of stored: StoredSite, at site: SiteID) -> ImportRules {
        let settings = SiteFile.load(text: stored.text, name: "\(site)").settings
        return settings.map(ImportRules.init) ?? ImportRules(agents: [:])
    }
}

/// What the rows of an import are held against.
struct ImportRules {
    /// Who may be somebody's own.
    var agents: SiteAgents.Agents
    /// See `CustomerLoader.levelAttribute`.
    var levelAttribute: String?

    init(agents: SiteAgents.Agents) { self.agents = agents }

    init(_ settings: SiteSettings) {
        agents = Dictionary(settings.agents.map { ($0.id, $0.name) }) { first, _ in first }
        let vip = settings.strategy.vip
        levelAttribute = vip.source == .parameter ? nil : vip.attribute
    }
}
