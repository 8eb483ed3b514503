/// The versions of a site file in the in-memory store.
import ChatModel

struct MemoryFiles {
    var versions: [Int: (note: VersionNote, text: String)] = [:]
    /// Nil before the first one.
    var inForce: Int?
    /// The highest number ever used.
    var last = 0
    /// Of the file last applied, whatever is in force now.
    var appliedDigest: String?
    /// Of the file last named at a start.
    var startDigest: String?

    var stored: StoredSite? { inForce.flatMap(stored) }

    func stored(_ number: Int) -> StoredSite? {
        versions[number].map {
            StoredSite(version: number, digest: $0.note.digest, text: $0.text)
        }
    }

    var list: SiteVersions {
        SiteVersions(
            inForce: inForce ?? 0,
            notes: versions.values.map(\.note).sorted { $0.number > $1.number })
    }
}

extension MemorySite {
    func loadVersion(_ number: Int) -> StoreReply {
        guard let stored = files.stored(number) else { return .refused(.notFound) }
        return .site(stored)
    }

    mutating func applySite(_ apply: ApplySite) -> StoreReply {
        switch apply.condition {
        case .startFile:
            let known = [files.appliedDigest, files.startDigest, files.stored?.digest]
            files.startDigest = apply.digest
            if let stored = files.stored, known.contains(apply.digest) { return .site(stored) }
        case .replacing(let version?) where version != files.inForce ?? 0:
            return .refused(.reload)
        case .replacing: break
        }
        let previous = files.inForce ?? 0
        files.last += 1
        files.versions[files.last] = (
            VersionNote(
                number: files.last, digest: apply.digest, source: apply.source,
                author: apply.author, at: now, previous: previous, bytes: apply.text.utf8.count),
            apply.text
        )
        files.appliedDigest = apply.digest
        forgetVersions(keeping: apply.keep, previous: previous)
        putInForce(files.last)
        return .site(files.stored)
    }

    private mutating func forgetVersions(keeping count: Int, previous: Int) {
        while files.versions.count > count {
            let oldest = files.versions.keys.filter { $0 != previous }.min()!
            files.versions[oldest] = nil
        }
    }

    mutating func rollbackSite(replacing: Int?) -> StoreReply {
        guard let inForce = files.inForce else { return .refused(.notFound) }
        if let replacing, replacing != inForce { return .refused(.reload) }
        guard let previous = files.versions[inForce]?.note.previous,
            files.versions[previous] != nil
        else { return .refused(.notFound) }
        putInForce(previous)
        return .site(files.stored)
    }

    private mutating func putInForce(_ version: Int) {
        files.inForce = version
        tell(.siteApplied(version: version))
    }
}
