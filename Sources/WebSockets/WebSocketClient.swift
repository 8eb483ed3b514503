// Client connections for the load client and for tests: any number over one library context.
import CLibwebsockets
public import EventLoop
import Glibc

public struct ClientOptions: Sendable {
    /// Offered to every server; the server must choose it.
    public var subprotocol: String
    public var limits = WebSocketLimits()
    public var closeCodes = WebSocketCloseCodes()
    /// Held per connection for life.
    public var rxBufferBytes = 1_024
    public var writesDirectly = true
    public var acceptsBinary = false

    public init(subprotocol: String = "chathub.v1") {
        self.subprotocol = subprotocol
        limits.maxMessageBytes = 1 << 20
    }
}

/// Opens plain `ws://` sessions to numeric addresses. The handler gets `opened`, `received` and
/// `closed` as on a server, or `failed` when the session never opened.
///
/// `@unchecked Sendable`: used on the loop's thread only; every public entry checks.
public final class WebSocketClient: @unchecked Sendable {
    private let loop: EventLoop
    private let options: ClientOptions
    let engine: SessionEngine
    private var library: LibraryContext?
    private var isShuttingDown = false

    public init(
        loop: EventLoop, options: ClientOptions, handler: any WebSocketHandler
    ) throws(WebSocketError) {
        self.loop = loop
        self.options = options
        engine = SessionEngine(
            loop: loop, limits: options.limits, closeCodes: options.closeCodes,
            acceptsBinary: options.acceptsBinary, writesDirectly: options.writesDirectly,
            isClient: true, handler: handler)
        let recipe = LibraryContext.Recipe(
            protocolName: options.subprotocol, callback: clientCallback,
            rxBufferBytes: options.rxBufferBytes, txPacketBytes: options.limits.maxFrameOutBytes,
            limits: options.limits, tls: nil, isServer: false)
        // The library's reference, given back when its context is gone.
        let user = Unmanaged.passRetained(self)
        do throws(WebSocketError) {
            library = try LibraryContext(loop: loop, recipe: recipe, user: user.toOpaque())
        } catch {
            engine.end()
            user.release()
            throw error
        }
        engine.library = library
    }

    public var statistics: WebSocketStatistics {
        engine.requireLoopThread()
        return engine.statistics
    }

    /// Begins to connect. `address` is numeric; `from` is a local address to connect from (more
    /// than 28,000 connections to one port need several). `origin` is sent as it is. The result
    /// may be kept and closed at once; what is sent before `opened` is dropped. A connection that
    /// fails at once is reported through `failed` in the next turn.
    @discardableResult
    public func connect(
        address: String, port: UInt16, path: String = "/v1/ws", origin: String? = nil,
        from source: String? = nil, userTag: Int = 0
    ) -> WebSocketSession {
        engine.requireLoopThread()
        let session = WebSocketSession(
            engine: engine, wsi: nil, phase: .connecting, remoteAddress: "", origin: origin)
        session.userTag = userTag
        let host = address.utf8.contains(0x3A) ? "[\(address)]:\(port)" : "\(address):\(port)"
        // The library's reference, given back by the connection's last callback.
        let user = Unmanaged.passRetained(session).toOpaque()
        let began = begin(session, user, address, port, path, host, source)
        // The connect time-out was set outside the library's callbacks.
        engine.wakeLibrary()
        if !began { failSoon(session) }
        return session
    }

    private func begin(
        _ session: WebSocketSession, _ user: UnsafeMutableRawPointer, _ address: String,
        _ port: UInt16, _ path: String, _ host: String, _ source: String?
    ) -> Bool {
        guard let library, let context = library.context else { return false }
        var info = lws_client_connect_info()
        info.context = context
        info.vhost = library.vhost
        info.port = Int32(port)
        info.ietf_version_or_minus_one = -1
        info.userdata = user
        return address.withCString { addressText in
            path.withCString { pathText in
                host.withCString { hostText in
                    options.subprotocol.withCString { protocolText in
                        withOptionalCString(session.origin) { originText in
                            withOptionalCString(source) { sourceText in
                                info.address = addressText
                                info.path = pathText
                                info.host = hostText
                                info.origin = originText
                                info.protocol = protocolText
                                info.local_protocol_name = protocolText
                                info.iface = sourceText
                                return lws_client_connect_via_info(&info) != nil
                            }
                        }
                    }
                }
            }
        }
    }

    /// The library gave up inside the call; it may or may not have said so by a callback.
    private func failSoon(_ session: WebSocketSession) {
        loop.schedule(afterMilliseconds: 1) { [self] in
            guard session.phase == .connecting else { return }
            _ = session.end()
            Unmanaged.passUnretained(session).release()
            engine.handler?.failed(session, reason: "could not connect")
        }
    }

    func connectionBegan() {
        library?.connections += 1
    }

    func connectionEnded() {
        library?.connections -= 1
    }

    /// Ends all sessions without close frames, frees the context while the loop goes on, then
    /// calls `then`. Idempotent.
    public func shutDown(then: @escaping () -> Void) {
        engine.requireLoopThread()
        guard !isShuttingDown else { return }
        isShuttingDown = true
        loop.schedule(afterMilliseconds: 1) { [self] in
            guard let library else { return then() }
            library.destroy { [self] in
                engine.end()
                self.library = nil
                Unmanaged.passUnretained(self).release()
                then()
            }
        }
    }
}
