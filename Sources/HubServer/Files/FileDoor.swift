/// Uploads and downloads of files at signed addresses, `/v1/files/FILE?t=...` (Protocol/frames/
/// file.offer.md and file.link.md). `HttpDoor` hands it every path under `/v1/files/`.
import ChatModel
import ChatProtocol
import HubCore
import WebSockets

/// `@unchecked Sendable`: made and used by `Node`'s neighbours on one loop; on its thread only.
final class FileDoor: @unchecked Sendable {
    private let blobs: any BlobStore
    private let desk: StoreDesk
    private let signer: FileSigner
    /// Of the version in force.
    private let rules: (SiteID) -> SiteRules?
    /// Being uploaded here: one upload of a file at a time, so that what lies on disk is counted.
    private var coming: Set<FileID> = []

    init(
        blobs: any BlobStore, desk: StoreDesk, signer: FileSigner,
        rules: @escaping (SiteID) -> SiteRules?
    ) {
        self.blobs = blobs
        self.desk = desk
        self.signer = signer
        self.rules = rules
    }

    func plan(for request: HTTPRequest) -> HTTPBodyPlan {
        guard let (ticket, rules) = ticket(request) else {
            return .refuse(OriginJudgement(ofAny: request).answer(.badLink))
        }
        let origin = OriginJudgement(request, rules)
        guard origin.isAllowed else { return .refuse(FileAnswer.badOrigin.response) }
        guard request.method == .put else { return .refuse(origin.answer(.badMethod)) }
        guard ticket.purpose == .upload else { return .refuse(origin.answer(.badLink)) }
        guard let files = rules.files else {
            return .refuse(origin.answer(.badType([])))
        }
        let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
        guard length <= ticket.file.byteCount else { return .refuse(origin.answer(.tooBig)) }
        let (file, site, blobs) = (ticket.file.id, ticket.site, blobs)
        guard coming.insert(file).inserted else {
            return .refuse(origin.answer(.unavailable))
        }
        return .stream(
            FileUpload(
                ticket, rules: files, writer: blobs.writer(of: file, at: site),
                desk: desk, completion: request.completion, answer: origin.answer,
                forget: { blobs.delete([file], at: site) { _ in } },
                ended: { [weak self] in self?.coming.remove(file) }))
    }

    func respond(to request: HTTPRequest) -> HTTPResponse {
        guard let (ticket, rules) = ticket(request) else {
            // Its browser asks before it uploads: then the upload itself is told why not.
            let isAsked = request.method == .options
            return OriginJudgement(ofAny: request).answer(isAsked ? .allowed : .badLink)
        }
        let origin = OriginJudgement(request, rules)
        guard origin.isAllowed else { return FileAnswer.badOrigin.response }
        if request.method == .options { return origin.answer(.allowed) }
        guard request.method == .get || request.method == .head else {
            return origin.answer(.badMethod)
        }
        guard ticket.purpose == .download else { return origin.answer(.badLink) }
        let name = BlobName(site: ticket.site, file: ticket.file.id, type: ticket.file.type)
        blobs.open(name) { reader in
            guard let reader, reader.byteCount == ticket.file.byteCount else {
                reader?.close()
                return request.completion.finish(origin.answer(.noFile))
            }
            request.completion.finish(
                origin.adding(to: FileDownload.response(ticket.file, from: reader)))
        }
        return .deferred
    }

    /// What the address says, if the hub signed it for this very path and its time is not over.
    private func ticket(_ request: HTTPRequest) -> (FileTicket, SiteRules)? {
        guard let token = request.query.first(where: { $0.name == "t" })?.value,
            let ticket = signer.ticket(token, now: WallClock.milliseconds()),
            request.path == FileSigner.path + ticket.file.id.description,
            let rules = rules(ticket.site)
        else { return nil }
        return (ticket, rules)
    }
}

/// Whether a page may reach a site's files, and what its browser must be told (Fetch, section 3.2).
struct OriginJudgement {
    private let origin: String?
    let isAllowed: Bool

    /// Without an Origin it is no page of another origin: the signature alone decides.
    init(_ request: HTTPRequest, _ rules: SiteRules) {
        origin = request.headers["origin"]
        guard let origin else {
            isAllowed = true
            return
        }
        let host = request.headers["host"] ?? ""
        isAllowed =
            origin == "https://" + host || origin == "http://" + host
            || rules.origins.contains(origin)
    }

    /// Of an address that is none of ours: whose page it is cannot be known, and what it is told,
    /// that nothing is here, every page may read.
    init(ofAny request: HTTPRequest) {
        origin = request.headers["origin"]
        isAllowed = true
    }

    func answer(_ answer: FileAnswer) -> HTTPResponse { adding(to: answer.response) }

    func adding(to response: HTTPResponse) -> HTTPResponse {
        guard let origin else { return response }
        var response = response
        response.fields += [
            HTTPField("Access-Control-Allow-Origin", origin), HTTPField("Vary", "Origin"),
            HTTPField("Access-Control-Allow-Methods", "GET, PUT"),
            HTTPField("Access-Control-Allow-Headers", "content-type"),
            HTTPField("Access-Control-Max-Age", "600"),
        ]
        return response
    }
}
