/// Everything that is no WebSocket: the pages, `/healthz`, `/metrics` and the API. Called by
/// `SocketDoor` on the loop's thread.
import HubConfig
import WebSockets

///
/// `@unchecked Sendable`: made by `WorkerProcess` and used by `Node`, two actors on one loop; on
/// its thread only.
final class HttpDoor: @unchecked Sendable {
    private let pages: Pages
    private let api: CustomerApi
    private let files: FileDoor
    /// Asks the parent what all workers say: `metrics` or `health`.
    private let ask: (String, @escaping ([String]) -> Void) -> Void
    /// Who may read `/metrics`; figures tell a stranger how busy a business is.
    private let metricsReaders: Set<String>
    /// Behind a proxy on this machine everybody seems to come from it.
    private let refusesForwarded: Bool

    init(
        pages: Pages, api: CustomerApi, files: FileDoor,
        metricsReaders: Set<String> = ["127.0.0.1", "::1"],
        forwarded: NodeSettings.Forwarded = .refuse,
        ask: @escaping (String, @escaping ([String]) -> Void) -> Void
    ) {
        self.pages = pages
        self.api = api
        self.files = files
        self.metricsReaders = metricsReaders
        refusesForwarded = forwarded == .refuse
        self.ask = ask
    }

    func respond(to request: HTTPRequest) -> HTTPResponse {
        if request.path.hasPrefix(Self.apiPath) { return api.respond(to: request) }
        if request.path.hasPrefix(FileSigner.path) { return files.respond(to: request) }
        guard request.method == .get || request.method == .head else {
            return .text(405, "only GET and HEAD here\n")
        }
        switch request.path {
        case "/healthz": return health(request)
        case "/metrics": return metrics(request)
        default: return page(request)
        }
    }

    private static let apiPath = "/v1/sites/"

    func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan {
        if request.path.hasPrefix(Self.apiPath) { return api.plan(for: request) }
        if request.path.hasPrefix(FileSigner.path) { return files.plan(for: request) }
        return .collect
    }

    private func page(_ request: HTTPRequest) -> HTTPResponse {
        guard let file = pages.file(at: request.path) else {
            return MissingPage.answer(to: request.path)
        }
        var fields = [
            HTTPField("ETag", file.tag), HTTPField("Cache-Control", "no-cache"),
            HTTPField("X-Content-Type-Options", "nosniff"),
            HTTPField("Referrer-Policy", "no-referrer"),
        ]
        if file.type.hasPrefix("text/html") {
            fields.append(HTTPField("Content-Security-Policy", Self.policy))
        } else {
            // The widget's modules are loaded by pages of other origins; they hold no secret.
            fields.append(HTTPField("Access-Control-Allow-Origin", "*"))
            fields.append(HTTPField("Cross-Origin-Resource-Policy", "cross-origin"))
        }
        if request.headers["if-none-match"] == file.tag {
            return HTTPResponse(status: 304, fields: fields)
        }
        fields.append(HTTPField("Content-Type", file.type))
        return HTTPResponse(
            status: 200, fields: fields, body: request.method == .head ? [] : file.bytes)
    }

    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; "
        + "img-src 'self' data: blob:; font-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    private func health(_ request: HTTPRequest) -> HTTPResponse {
        ask("health") { lines in
            let problems = lines.filter { $0 != "ok" }
            let isWell = problems.isEmpty && !lines.isEmpty
            let text = isWell ? "ok\n" : problems.map { $0 + "\n" }.joined()
            request.completion.finish(.text(isWell ? 200 : 503, text))
        }
        return .deferred
    }

    /// Headers only a proxy adds; `forwarded` is RFC 7239, the others are older custom.
    static let proxyMarks = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"]

    private func metrics(_ request: HTTPRequest) -> HTTPResponse {
        guard metricsReaders.contains(request.remoteAddress) else {
            return .text(403, "metrics are for this machine only\n")
        }
        if refusesForwarded, Self.proxyMarks.contains(where: { request.headers[$0] != nil }) {
            return .text(403, "metrics are not for those a proxy passes on: metrics.forwarded\n")
        }
        ask("metrics") { texts in
            let body = Array(MetricsMerge.merged(texts).utf8)
            let type = "text/plain; version=0.0.4; charset=utf-8"
            request.completion.finish(.bytes(200, contentType: type, body))
        }
        return .deferred
    }
}
