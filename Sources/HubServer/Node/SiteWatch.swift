/// Keeps a node's sites those that Redis holds: all of them at start, a new version when one is
/// announced, and a look every two seconds for sites that are new or whose announcement was missed.
import ChatModel
import EventLoop
import HubConfig
import HubCore
import Logging

final class SiteWatch {
    private let node: Node
    private let house: RedisHouse
    private let log: Logger
    private var versions: [SiteID: Int] = [:]
    private var isLooking = false

    static let lookMilliseconds: Int64 = 2000

    init(node: Node, house: RedisHouse, log: Logger) {
        self.node = node
        self.house = house
        self.log = log
    }

    /// Returns once every known site is in force here.
    func start(isolation: isolated (any Actor)? = #isolation) async throws {
        for site in try await house.sites() { await load(site) }
        scheduleLook()
    }

    /// Loads what is in force and hands it to the hub if it is new here.
    func load(_ site: SiteID, isolation: isolated (any Actor)? = #isolation) async {
        let reply = await node.ask(.loadSite, site: site)
        guard case .site(let stored?) = reply, stored.version != versions[site] else { return }
        switch SiteFile.load(text: stored.text, name: "site \(site), version \(stored.version)") {
        case .success(let file):
            versions[site] = stored.version
            node.assumeIsolated { $0.siteChanged(file.settings, version: stored.version) }
            log.info("site in force", metadata: ["site": "\(site)", "version": "\(stored.version)"])
        case .failure(let problems):
            // Stored by a newer hub, perhaps: the version in force here stays.
            log.error(
                "a stored site cannot be read",
                metadata: ["site": "\(site)", "problems": "\(problems)"])
        }
    }

    private func scheduleLook() {
        node.loop.schedule(afterMilliseconds: Self.lookMilliseconds) { [weak self] in
            guard let self else { return }
            Task(executorPreference: self.node.loop) { await self.look() }
        }
    }

    private func look() async {
        do {
            for site in try await house.sites() { await load(site) }
        } catch {
            log.debug("sites not read now", metadata: ["why": "\(error)"])
        }
        scheduleLook()
    }
}
