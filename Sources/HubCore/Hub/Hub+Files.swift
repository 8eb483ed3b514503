/// Files of sessions: offering one, asking where one is, and naming one in a message. The contents
/// go over HTTP to and from addresses that are signed for one person and one purpose.
import ChatModel
import ChatProtocol

extension Hub {
    func offerFile(_ offer: FileOffer, _ request: Request, _ site: LocalSite) {
        guard let who = request.connection.participant else { return }
        guard let rules = site.rules.files else {
            return refuse(request, .forbidden, "no files are taken here")
        }
        guard offer.byteCount <= rules.terms.maximumBytes else {
            return refuse(request, .fileTooBig, "at most \(rules.terms.maximumBytes) bytes")
        }
        guard rules.mayTake(offer.mediaType) else {
            return refuse(request, .fileType, "only " + rules.terms.types.joined(separator: ", "))
        }
        submit(
            .offerFile(
                OfferFile(
                    session: offer.session, file: FileID(high: random.next(), low: random.next()),
                    by: who, key: offer.key, name: FileName.cleaned(offer.name),
                    byteCount: offer.byteCount, limits: rules.limits)),
            at: site, .offerFile(request))
    }

    func linkFile(_ reference: FileReference, _ request: Request, _ site: LocalSite) {
        submit(
            .file(reference.session, reference.file), at: site, .linkFile(request))
    }

    func fileAnswered(_ purpose: Purpose, _ reply: StoreReply, at site: LocalSite) {
        switch (purpose, reply) {
        case (.offerFile(let request), .file(let finding)):
            guard let ticket = ticket(.upload, finding, request, site) else { return }
            answer(
                request,
                ServerFrame.fileOfferOK(
                    id: request.id, file: finding.record.file.id, upload: signedAddress(ticket),
                    expiresMilliseconds: FileTicket.uploadMilliseconds))
        case (.linkFile(let request), .file(let finding)): link(finding, request, site)
        case (.claim(let session, let claim), .file(let finding)):
            claimed(claim, finding.record.file, in: session)
        case (.claim(let session, let claim), _): claimFailed(claim, reply, in: session)
        case (.offerFile(let request), _), (.linkFile(let request), _): refuse(request, reply)
        default: break
        }
    }

    private func ticket(
        _ purpose: FileTicket.Purpose, _ finding: FileFinding, _ request: Request,
        _ site: LocalSite
    ) -> FileTicket? {
        guard let who = request.connection.participant else { return nil }
        let milliseconds =
            purpose == .upload ? FileTicket.uploadMilliseconds : FileTicket.downloadMilliseconds
        return FileTicket(
            purpose, site: site.id, session: finding.session.id, person: who,
            file: finding.record.file, expiresAt: now.wallMilliseconds + milliseconds)
    }

    /// Files that messages name are for whoever may read those; others only for who uploaded them.
    private func link(_ finding: FileFinding, _ request: Request, _ site: LocalSite) {
        guard let who = request.connection.participant,
            let ticket = ticket(.download, finding, request, site)
        else { return }
        guard mayRead(request.connection, finding.session)
            || mayReadPast(request.connection, finding.session)
        else { return refuse(request, .notFound, "no such session") }
        let isThere = switch finding.record.state {
        case .sent: true
        case .kept: finding.record.belongs(to: who)
        case .offered: false
        }
        guard isThere else { return refuse(request, .noFile, "no such file here") }
        answer(
            request,
            ServerFrame.fileLinkOK(
                id: request.id, url: signedAddress(ticket),
                expiresMilliseconds: FileTicket.downloadMilliseconds))
    }

    // MARK: Messages that name one

    /// The message keeps its place among the others while the store is asked for the file.
    func claim(_ file: FileID, for session: LocalSession, by sender: Participant) -> Int {
        session.lastClaim += 1
        submit(
            .claimFile(ClaimFile(session: session.id, file: file, by: sender)), at: session.site,
            .claim(session, session.lastClaim))
        return session.lastClaim
    }

    private func claimed(_ claim: Int, _ file: SharedFile, in session: LocalSession) {
        guard let index = session.unsent.firstIndex(where: { $0.claim == claim }) else { return }
        let pending = session.unsent[index]
        session.unsent[index].claim = nil
        session.unsent[index].message.body = ServerFrame.messageBody(
            from: pending.message.sender, name: pending.connection.name, text: pending.text,
            file: file)
        if session.inFlight.isEmpty { flush(session) }
    }

    private func claimFailed(_ claim: Int, _ reply: StoreReply, in session: LocalSession) {
        guard let index = session.unsent.firstIndex(where: { $0.claim == claim }) else { return }
        let pending = session.unsent.remove(at: index)
        let (code, message) = refusal(reply)
        refuse(
            pending.acknowledgement.request, code, message, to: pending.connection,
            retryAfter: code.isRetryable ? 1000 : nil)
        if session.inFlight.isEmpty { flush(session) }
    }

    // MARK: Files that belong to nobody any more

    func cleaned(_ report: CleanReport, at site: LocalSite) {
        // Those that were named last time are told no more; the rest is deleted first.
        site.goneFiles = []
        if !report.files.isEmpty { effects.append(.deleteFiles(site.id, report.files)) }
        if report.more { site.cleanAt = 0 }
    }

    func filesDeleted(_ files: [FileID], at site: LocalSite) {
        site.goneFiles = files
        // There may be more than one answer names.
        if files.count == Cleaning.fileBound { site.cleanAt = 0 }
    }
}

extension FileRules {
    /// Whether a content of what a client says it is can be one of the types. Only what has a type
    /// of its own everywhere is refused for its word alone; everything else the content decides.
    func mayTake(_ mediaType: String?) -> Bool {
        guard let mediaType, !terms.types.contains(mediaType) else { return true }
        return !["video/", "audio/", "font/"].contains { mediaType.hasPrefix($0) }
    }
}
