/// Brings a site file into force at start: checks it, then stores it as a new version unless the
/// same file was the last one applied, so that a restart never undoes `apply` or `rollback`.
import ChatModel
import HubConfig
import HubCore
import Logging
import RedisStore

struct SiteInForce {
    let settings: SiteSettings
    let version: Int
}

struct SiteApplier {
    let desk: StoreDesk
    let house: RedisHouse
    let log: Logger

    func apply(file path: String) async throws(ServeError) -> SiteInForce {
        let loaded = SiteFile.load(path: path)
        guard case .success(let file) = loaded else {
            throw ServeError.site(loaded.report)
        }
        for warning in file.warnings {
            log.warning("\(warning)", metadata: ["site_file": "\(path)"])
        }
        let site = file.settings.site
        let reply = await desk.ask(
            .applySite(text: file.text, digest: file.digest, onlyIfDigestDiffers: true), site: site)
        guard case .site(let stored?) = reply else {
            throw ServeError.site("the site \(site) could not be stored: \(reply)")
        }
        try await house.add(site)
        // What is in force may be a later version that was applied meanwhile.
        guard case .success(let inForce) = SiteFile.load(text: stored.text, name: path) else {
            throw ServeError.site("the stored version \(stored.version) of \(site) cannot be read")
        }
        log.info("site in force", metadata: ["site": "\(site)", "version": "\(stored.version)"])
        return SiteInForce(settings: inForce.settings, version: stored.version)
    }
}
