// Whether an opening handshake may become a WebSocket (RFC 6455, 4.2.1). Pure: `HandshakeReader`
// collects the facts. libwebsockets 4.1.6 answers 101 to version 8, to a one-character key and to
// POST, so all of it is checked here, before it writes its answer.

struct HandshakeFacts {
    var isGet = true
    var isHTTP11 = true
    var path = ""
    /// How often the header was sent; 2 stands for more.
    var hosts = 1
    var origins = 0
    var upgrade = "websocket"
    var version = "13"
    var key = ""
    /// Comma-separated, as sent; empty when there was none.
    var subprotocols = ""
    /// Content-Length other than 0, or Transfer-Encoding.
    var announcesBody = false
}

/// Why a handshake was refused. The names are the reasons in the statistics.
enum HandshakeRefusal: String, CaseIterable {
    case method, httpVersion, path, host, origin, upgrade, version, key, subprotocol, body

    var status: Int {
        switch self {
        case .method: 405
        case .httpVersion: 505
        case .path: 404
        case .version, .upgrade: 426
        case .host, .origin, .key, .subprotocol, .body: 400
        }
    }

    /// Headers the status calls for (RFC 6455 4.4, RFC 9110 15.5.6 and 15.5.22).
    var extraHeader: String {
        switch self {
        case .method: "Allow: GET\r\n"
        case .version: "Sec-WebSocket-Version: 13\r\nUpgrade: websocket\r\n"
        case .upgrade: "Upgrade: websocket\r\n"
        default: ""
        }
    }

    /// The whole answer; the connection is closed after it.
    var answer: [UInt8] {
        let body = "websocket handshake refused: \(rawValue)\n"
        return Array(
            ("HTTP/1.1 \(status) \(HTTPStatus.phrase(status))\r\n\(extraHeader)"
                + "Content-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)").utf8)
    }
}

enum HandshakeCheck {
    /// Nil when the handshake is good.
    static func refusal(
        _ facts: HandshakeFacts, path: String, subprotocol: String, mayOfferNone: Bool = false
    ) -> HandshakeRefusal? {
        if !facts.isGet { return .method }
        if !facts.isHTTP11 { return .httpVersion }
        if facts.hosts != 1 { return .host }
        if facts.origins > 1 { return .origin }
        if facts.announcesBody { return .body }
        if !isSame(facts.upgrade, "websocket") { return .upgrade }
        if facts.path != path { return .path }
        if facts.version != "13" { return .version }
        if !isKey(facts.key) { return .key }
        if facts.subprotocols.isEmpty && mayOfferNone { return nil }
        if !offers(facts.subprotocols, subprotocol) { return .subprotocol }
        return nil
    }

    /// 16 bytes in canonical base64: 22 letters, the last with four zero bits, and two `=`.
    static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes[22] == 0x3D, bytes[23] == 0x3D else { return false }
        guard bytes[..<22].allSatisfy(isBase64) else { return false }
        return "AQgw".utf8.contains(bytes[21])
    }

    /// Whether `name` is in the comma-separated list. Names are compared exactly.
    static func offers(_ list: String, _ name: String) -> Bool {
        list.utf8.split(separator: 0x2C).contains { item in
            trim(item).elementsEqual(name.utf8)
        }
    }

    private static func trim(_ item: Substring.UTF8View) -> Substring.UTF8View {
        var item = item
        while let first = item.first, first == 0x20 || first == 0x09 { item.removeFirst() }
        while let last = item.last, last == 0x20 || last == 0x09 { item.removeLast() }
        return item
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2B, 0x2F: true
        default: false
        }
    }

    /// ASCII without case.
    private static func isSame(_ text: String, _ lower: String) -> Bool {
        text.utf8.lazy.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 }.elementsEqual(lower.utf8)
    }
}
