/// Keeps a node's sites those that Redis holds: all of them at start, a new version when one is
/// announced, and a look every two seconds for sites that are new or whose announcement was missed.
import ChatModel
import EventLoop
import HubConfig
import HubCore
import Logging

extension Node {
    private static let lookMilliseconds: Int64 = 2000

    /// Returns once every known site is in force here.
    func watchSites() async throws(ServeError) {
        for site in try await knownSites() { await load(site) }
        scheduleLook()
    }

    private func knownSites() async throws(ServeError) -> [SiteID] {
        guard let commands else { return [] }
        return try await RedisHouse(commands).sites()
    }

    /// Loads what is in force and hands it to the hub if it is new here.
    func load(_ site: SiteID) async {
        guard case .site(let stored?) = await desk.ask(.loadSite, site: site),
            stored.version != siteVersions[site]
        else { return }
        let file = SiteFile.load(text: stored.text, name: "\(site), version \(stored.version)")
        guard let settings = file.settings else {
            // Stored by a newer hub, perhaps: the version in force here stays. Told once.
            siteVersions[site] = stored.version
            let first = file.errors.first.map { "\($0.line): \($0.message)" } ?? ""
            return log.error(
                "a stored site cannot be read", metadata: ["site": "\(site)", "why": "\(first)"])
        }
        siteChanged(settings, version: stored.version)
        log.info("site in force", metadata: ["site": "\(site)", "version": "\(stored.version)"])
    }

    /// The hub was told that its version is not the one in force.
    func loadForHub(_ site: SiteID) async {
        await load(site)
        handle(.siteLoaded(site))
    }

    /// A site file was applied by some node.
    func siteApplied(_ site: SiteID) {
        Task(executorPreference: loop) { await self.load(site) }
    }

    private func scheduleLook() {
        loop.schedule(afterMilliseconds: Self.lookMilliseconds) { [weak self] in
            guard let self else { return }
            Task(executorPreference: self.loop) { await self.look() }
        }
    }

    private func look() async {
        do {
            for site in try await knownSites() { await load(site) }
        } catch {
            log.debug("sites not read now", metadata: ["why": "\(error)"])
        }
        scheduleLook()
    }
}
