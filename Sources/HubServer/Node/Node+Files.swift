/// A node's files: the folder their contents lie in, the door they come and go by, and their end.
import ChatModel
import HubCore

extension Node {
    /// Once the sites are known. Contents that were left unfinished long ago go at this occasion.
    func openFiles(in folder: String, signer: FileSigner) -> FileDoor {
        let blobs = FolderBlobStore(loop: loop, root: folder)
        self.blobs = blobs
        for site in siteVersions.keys { blobs.sweepUnfinished(at: site) }
        return FileDoor(
            blobs: blobs, desk: desk, signer: signer,
            rules: { [weak self] site in self?.assumeIsolated { $0.hub.rules(of: site) } })
    }

    func deleteFiles(_ files: [FileID], at site: SiteID) {
        blobs?.delete(files, at: site) { [weak self] gone in
            self?.assumeIsolated { $0.handle(.filesDeleted(site, gone)) }
        }
    }
}
