// Settings of a `WebSocketServer`, decided by HubServer's configuration.

public struct ServerOptions: Sendable {
    /// The one path that upgrades; compared byte for byte, without the query.
    public var path: String
    /// The sub-protocol a client must offer.
    public var subprotocol: String
    /// Whether a client that offers no sub-protocol at all is refused. Only conformance suites
    /// have reason to turn it off.
    public var requiresSubprotocol = true
    public var limits = WebSocketLimits()
    public var closeCodes = WebSocketCloseCodes()
    /// Certificate chain and key; nil means plain TCP.
    public var tls: TLSFiles?
    /// Held per connection for life; longer payload arrives in pieces. 128...65,536.
    public var rxBufferBytes = 512
    /// Longest single write; keep it at `maxFrameOutBytes` or more.
    public var txPacketBytes = 65_536
    /// Whether an empty outbox is written from the loop's turn end instead of waiting for the
    /// socket to be reported writable. Half the cost of a frame; never used over TLS.
    public var writesDirectly = true
    /// Whether binary messages are passed on. The hub says no; the conformance echo says yes.
    public var acceptsBinary = false
    /// Request headers beyond the usual ones that handlers may read, in lower case.
    public var extraHeaders: [String] = []

    public init(path: String = "/v1/ws", subprotocol: String = "chathub.v1") {
        self.path = path
        self.subprotocol = subprotocol
    }
}

/// PEM files. Only HTTP/1.1 is offered over TLS.
public struct TLSFiles: Sendable {
    /// Server certificate first, then the chain.
    public var certificatePath: String
    public var keyPath: String

    public init(certificatePath: String, keyPath: String) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
    }
}
