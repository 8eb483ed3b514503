/// Files of sessions in the in-memory store.
import ChatModel

/// A file with what led to it.
struct MemorySharedFile {
    var record: FileRecord
    /// The offer's.
    let key: String
    /// By the site's clock.
    let offeredAt: Int64
}

extension MemorySite {
    /// Bytes of all contents of the site together.
    var fileBytes: Int {
        sessions.values.flatMap(\.files.values).filter { $0.record.state != .offered }
            .reduce(0) { $0 + $1.record.file.byteCount }
    }

    mutating func offerFile(_ offer: OfferFile) -> StoreReply {
        guard let session = sessions[offer.session] else { return .refused(.notFound) }
        let known = session.files.values.first {
            $0.key == offer.key && $0.record.belongs(to: offer.by)
        }
        if let known {
            let file = known.record.file
            guard file.name == offer.name, file.byteCount == offer.byteCount else {
                return .refused(.keyConflict)
            }
            return findFile(file.id, in: offer.session)
        }
        guard !session.record.state.isOver else { return .refused(.sessionClosed) }
        // Files are people's: a robot has none, whatever it may say.
        guard offer.by.role != .bot, mayWrite(offer.by, in: offer.session) else {
            return .refused(.notParticipant)
        }
        guard session.files.count < offer.limits.perSession else {
            return .refused(.tooManyFiles)
        }
        guard fileBytes + offer.byteCount <= offer.limits.totalBytes else {
            return .refused(.noSpace)
        }
        let role: Role = offer.by.role == .customer ? .customer : .agent
        let file = SharedFile(
            id: offer.file, name: offer.name, type: "", byteCount: offer.byteCount)
        sessions[offer.session]!.files[offer.file] = MemorySharedFile(
            record: FileRecord(
                file: file, owner: Participant(role: role, id: offer.by.id), state: .offered),
            key: offer.key, offeredAt: siteNow)
        return findFile(offer.file, in: offer.session)
    }

    mutating func fileKept(_ kept: KeptFile) -> StoreReply {
        guard let known = sessions[kept.session]?.files[kept.file] else { return .refused(.noFile) }
        if known.record.state == .offered {
            guard !sessions[kept.session]!.record.state.isOver else {
                return .refused(.sessionClosed)
            }
            guard fileBytes + known.record.file.byteCount <= kept.totalBytes else {
                return .refused(.noSpace)
            }
            sessions[kept.session]!.files[kept.file]!.record.state = .kept
            sessions[kept.session]!.files[kept.file]!.record.file.type = kept.type
        }
        return findFile(kept.file, in: kept.session)
    }

    mutating func claimFile(_ claim: ClaimFile) -> StoreReply {
        guard let known = sessions[claim.session]?.files[claim.file],
            known.record.belongs(to: claim.by), known.record.state != .offered
        else { return .refused(.noFile) }
        if known.record.state == .kept {
            guard !sessions[claim.session]!.record.state.isOver else {
                return .refused(.sessionClosed)
            }
            sessions[claim.session]!.files[claim.file]!.record.state = .sent
        }
        return findFile(claim.file, in: claim.session)
    }

    func findFile(_ file: FileID, in session: SessionID) -> StoreReply {
        guard let known = sessions[session]?.files[file] else { return .refused(.noFile) }
        return .file(FileFinding(record: known.record, session: record(of: session)))
    }

    /// The longest offered first. Whether more are due.
    mutating func forgetUnsentFiles(olderThan milliseconds: Int64, limit: Int) -> Bool {
        let bound = siteNow - milliseconds
        let due = sessions.values.flatMap { session in
            session.files.values.filter { $0.record.state != .sent && $0.offeredAt <= bound }
                .map { (session: session.record.id, file: $0) }
        }
        .sorted {
            ($0.file.offeredAt, $0.file.record.file.id)
                < ($1.file.offeredAt, $1.file.record.file.id)
        }
        for (session, file) in due.prefix(limit) {
            sessions[session]!.files[file.record.file.id] = nil
            lostFiles.insert(file.record.file.id)
        }
        return due.count > limit
    }
}
