// One request and its response on a connection, from the first header to the last byte. Made and
// driven by `ServerCallback`; the connection may carry many, one after the other.
import CLibwebsockets
import EventLoop

/// Loop thread only. The library holds the one reference until the exchange is over.
final class HTTPExchange {
    /// Bytes given to one write.
    private static let writeBytes = 65_536
    /// Seconds a reader may take for one write of a body that is read while it goes out.
    private static let pieceSeconds: Int32 = 30

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
    /// Of a body that is read while it goes out: what is still to be asked for.
    private var source: (any HTTPBodySource)?
    private var bytesToRead = 0
    private var isReading = false
    /// Pieces taken so far.
    private var pieces = 0
    private var isBroken = false

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
            return HTTPResponse(
                status: 405, fields: [HTTPField("Allow", "GET, HEAD, OPTIONS, POST, PUT, PATCH")])
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
        let hasNoBody = method == .head || response.status == 304 || response.status == 204
        if !hasNoBody { bytes += response.body }
        if let (source, byteCount) = response.stream {
            if hasNoBody || byteCount == 0 {
                source.end()
            } else {
                (self.source, bytesToRead) = (source, byteCount)
                watchReader()
            }
        }
        answer = bytes
        lws_callback_on_writable(wsi)
    }

    enum Progress { case more, done, broken }

    /// One write from HTTP_WRITEABLE.
    func writeSome() -> Progress {
        guard let answer, !isReading else { return .more }
        if isBroken { return .broken }
        let count = min(Self.writeBytes, answer.count - answerSent)
        engine.frame.reset()
        answer.withUnsafeBytes {
            let part = $0[answerSent..<answerSent + count]
            engine.frame.append(UnsafeRawBufferPointer(rebasing: part))
        }
        guard chat_lws_write_raw(wsi, engine.frame.payload, count) == count else { return .broken }
        answerSent += count
        chat_lws_http_deadline(
            wsi, source == nil ? Int32(engine.limits.handshakeSeconds) : Self.pieceSeconds)
        if answerSent < answer.count {
            lws_callback_on_writable(wsi)
        } else if bytesToRead > 0 {
            readOn()
        } else {
            return .done
        }
        return .more
    }

    private func readOn() {
        isReading = true
        lws_rx_flow_control(wsi, 0)
        source?.read(atMost: min(Self.writeBytes, bytesToRead)) { [weak self] piece in
            self?.took(piece)
        }
    }

    /// The source's next piece, or nil: then the reader finds less than was announced.
    private func took(_ piece: [UInt8]?) {
        engine.requireLoopThread()
        guard source != nil else { return }
        isReading = false
        if let piece, !piece.isEmpty, piece.count <= bytesToRead {
            bytesToRead -= piece.count
            (answer, answerSent) = (piece, 0)
            pieces += 1
        } else {
            isBroken = true
        }
        // The library writes only while it may read.
        lws_rx_flow_control(wsi, 1)
        lws_callback_on_writable(wsi)
        engine.wakeLibrary()
    }

    /// Who sends the next request and does not read this answer would wake the loop without end:
    /// the library leaves such input lying and comes back for it at once. He is hung up on.
    private func watchReader() {
        let seen = pieces
        engine.loop.schedule(afterMilliseconds: 1_000) { [weak self] in
            guard let self, source != nil else { return }
            let isStuck = pieces == seen && !isReading
            if isStuck, chat_unread_bytes(lws_get_socket_fd(wsi)) > 0
                || chat_lws_has_read_ahead(wsi) != 0
            {
                chat_lws_kill_soon(wsi)
                return engine.wakeLibrary()
            }
            watchReader()
        }
    }

    /// The connection is gone or goes on to its next request.
    func end() {
        completion.finishing = nil
        completion.flowing = nil
        reader = nil
        source?.end()
        source = nil
    }
}
