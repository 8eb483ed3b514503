// One request and its response on a connection, from the first header to the last byte. Made and
// driven by `ServerCallback`; the connection may carry many, one after the other.
import CLibwebsockets
import EventLoop

/// Loop thread only. The library holds the one reference until the exchange is over.
final class HTTPExchange {
    /// Bytes given to one write.
    private static let writeBytes = 65_536

    let engine: SessionEngine
    private let wsi: OpaquePointer
    private let method: HTTPMethod
    private let path: String
    private let query: [HTTPField]
    private let headers: [String: String]
    private let isHTTP11: Bool
    private var keepsAlive: Bool
    private var body: [UInt8] = []
    private var answer: [UInt8]?
    private var answerSent = 0
    /// Answered before the body was whole: what is left of it is not read, so the connection ends.
    private(set) var isCutShort = false
    private var isWhole = false
    private let announcedBytes: Int
    /// Kept until the end: it may answer later.
    private var reader: (any HTTPBodyReader)?
    private let completion = HTTPCompletion()

    init(engine: SessionEngine, head: RequestHead, method: HTTPMethod, extraHeaders: [String]) {
        self.engine = engine
        wsi = head.wsi
        self.method = method
        path = head.methodAndPath().path
        query = head.query()
        headers = RequestHeaders.read(head, extra: extraHeaders)
        isHTTP11 = head.isHTTP11
        announcedBytes = head.text(WSI_TOKEN_HTTP_CONTENT_LENGTH).flatMap { Int($0) } ?? 0
        // The library decides the same way whether it keeps the connection.
        switch headers["connection"]?.lowercased() {
        case "close": keepsAlive = false
        case "keep-alive": keepsAlive = true
        default: keepsAlive = isHTTP11
        }
    }

    /// Why the request cannot be taken, judged by its head; nil when it can.
    static func refusal(_ head: RequestHead, limits: WebSocketLimits, path webSocketPath: String)
        -> HTTPResponse?
    {
        let (method, path) = head.methodAndPath()
        guard let method else {
            return HTTPResponse(status: 405, fields: [HTTPField("Allow", "GET, HEAD, POST, PATCH")])
        }
        let hosts = head.count(WSI_TOKEN_HOST)
        if hosts > 1 || (hosts == 0 && head.isHTTP11) { return .text(400, "one Host\n") }
        if head.count(WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0 {
            return .text(411, "Content-Length only\n")
        }
        if path == webSocketPath {
            return HTTPResponse(status: 426, fields: [HTTPField("Upgrade", "websocket")])
        }
        let length = head.text(WSI_TOKEN_HTTP_CONTENT_LENGTH)
        if !method.hasBody { return length == nil || length == "0" ? nil : .text(400, "no body\n") }
        guard let length else { return .text(411, "Content-Length\n") }
        guard length.utf8.count <= 18, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let bytes = Int(length)
        else { return .text(400, "bad Content-Length\n") }
        return bytes > limits.maxStreamedBytes ? .text(413, "body too big\n") : nil
    }

    /// The whole answer to a request that cannot be taken; the connection is closed after it.
    static func bytes(refusing response: HTTPResponse) -> [UInt8] {
        response.head(keepsAlive: false, isHTTP11: true) + response.body
    }

    /// Asks the handler what to do with the body; the answer when it is not to be read.
    func planBody(remoteAddress: String) -> HTTPResponse? {
        switch engine.handler?.bodyPlan(for: request(remoteAddress)) ?? .collect {
        case .collect:
            return announcedBytes > engine.limits.maxBodyBytes ? .text(413, "body too big\n") : nil
        case .refuse(let response): return response
        case .stream(let reader):
            self.reader = reader
            completion.finishing = { [unowned self] in finishLater($0) }
            completion.flowing = { [unowned self] in flow($0) }
            return nil
        }
    }

    private func flow(_ isOn: Bool) {
        engine.requireLoopThread()
        lws_rx_flow_control(wsi, isOn ? 1 : 0)
        chat_lws_http_deadline(wsi, isOn ? Int32(engine.limits.handshakeSeconds) : 60)
        if isOn { engine.wakeLibrary() }
    }

    /// False when the body grew beyond what was announced and allowed.
    func take(body piece: UnsafeRawBufferPointer) -> Bool {
        if let reader {
            reader.take(piece)
            return true
        }
        guard body.count + piece.count <= engine.limits.maxBodyBytes else { return false }
        body.append(contentsOf: piece)
        return true
    }

    var hasBody: Bool { method.hasBody }

    private func request(_ remoteAddress: String) -> HTTPRequest {
        HTTPRequest(
            method: method, path: path, query: query, headers: headers, body: body,
            remoteAddress: remoteAddress, completion: completion)
    }

    /// The request is whole: asks the handler.
    func respond(remoteAddress: String) {
        engine.statistics.httpRequests += 1
        isWhole = true
        if answer != nil { return }
        completion.finishing = { [unowned self] in finishLater($0) }
        completion.flowing = nil
        let request = request(remoteAddress)
        body = []
        let response =
            reader?.finish() ?? engine.handler?.respond(to: request)
            ?? .text(503, "shutting down\n")
        if response.isDeferred {
            // Input that is already there must not wake the loop again and again meanwhile.
            lws_rx_flow_control(wsi, 0)
            chat_lws_http_deadline(wsi, 60)
        } else {
            completion.finishing = nil
            begin(response)
        }
    }

    private func finishLater(_ response: HTTPResponse) {
        engine.requireLoopThread()
        if !isWhole { (isCutShort, keepsAlive) = (true, false) }
        begin(response)
        lws_rx_flow_control(wsi, 1)
        engine.wakeLibrary()
    }

    private func begin(_ response: HTTPResponse) {
        var bytes = response.head(keepsAlive: keepsAlive, isHTTP11: isHTTP11)
        if method != .head && response.status != 304 && response.status != 204 {
            bytes += response.body
        }
        answer = bytes
        lws_callback_on_writable(wsi)
    }

    enum Progress { case more, done, broken }

    /// One write from HTTP_WRITEABLE.
    func writeSome() -> Progress {
        guard let answer else { return .more }
        let count = min(Self.writeBytes, answer.count - answerSent)
        engine.frame.reset()
        answer.withUnsafeBytes {
            let part = $0[answerSent..<answerSent + count]
            engine.frame.append(UnsafeRawBufferPointer(rebasing: part))
        }
        guard chat_lws_write_raw(wsi, engine.frame.payload, count) == count else { return .broken }
        answerSent += count
        chat_lws_http_deadline(wsi, Int32(engine.limits.handshakeSeconds))
        if answerSent == answer.count { return .done }
        lws_callback_on_writable(wsi)
        return .more
    }

    /// The connection is gone or goes on to its next request.
    func end() {
        completion.finishing = nil
        completion.flowing = nil
        reader = nil
    }
}
