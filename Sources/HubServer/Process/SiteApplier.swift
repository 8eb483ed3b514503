/// Brings a site file into force at start: checks it, then stores it as a new version unless the
/// same file was the last one applied or the last one named at a start, so that a restart never
/// undoes `apply` or `rollback`.
import ChatModel
import Foundation
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

    func apply(
        file path: String, isolation: isolated (any Actor)? = #isolation
    ) async throws(ServeError) -> SiteInForce {
        let (file, text) = SiteFile.read(path: path)
        guard let site = file.settings?.site else {
            throw ServeError.site(CheckReport.text(file))
        }
        for warning in file.warnings {
            log.warning(
                "\(warning.message)", metadata: ["file": "\(path):\(warning.line)"])
        }
        // Before anything is written: the site may lie there otherwise.
        try await house.add(site)
        let reply = await desk.ask(
            .applySite(
                ApplySite(
                    text: text, digest: ContentHash.text(of: Array(text.utf8)),
                    source: URL(fileURLWithPath: path).lastPathComponent, author: "serve",
                    condition: .startFile)),
            site: site)
        guard case .site(let stored?) = reply else {
            throw ServeError.site("the site \(site) could not be stored: \(reply)")
        }
        // What is in force may be a later version that was applied meanwhile.
        guard let inForce = SiteFile.load(text: stored.text, name: path).settings else {
            throw ServeError.site("the stored version \(stored.version) of \(site) cannot be read")
        }
        log.info("site in force", metadata: ["site": "\(site)", "version": "\(stored.version)"])
        return SiteInForce(settings: inForce, version: stored.version)
    }
}
