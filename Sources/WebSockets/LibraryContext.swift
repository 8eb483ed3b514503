// Owns one libwebsockets context: makes it over our loop, wakes it, and takes it down in the order
// a foreign loop needs. Used by `WebSocketServer` and `WebSocketClient`; nothing else makes one.
import CLibwebsockets
import EventLoop
import Synchronization

/// Lines libwebsockets logged as errors since the start of the process. Peers can cause them, so
/// they are counted, not printed.
public var libwebsocketsErrorLines: Int { errorLines.load(ordering: .relaxed) }
private let errorLines = Atomic<Int>(0)
/// The latest while a context is being made: that is when an operator can use it.
private let setUpErrors = Mutex<[String]?>(nil)

private func countErrorLine(_ level: Int32, _ line: UnsafePointer<CChar>?) {
    errorLines.add(1, ordering: .relaxed)
    guard let line else { return }
    setUpErrors.withLock { lines in
        if let known = lines, known.count < 10 { lines?.append(String(cString: line)) }
    }
}

typealias LibraryCallback =
    @convention(c) (
        OpaquePointer?, lws_callback_reasons, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?,
        Int
    ) -> Int32

final class LibraryContext {
    struct Recipe {
        var protocolName: String
        var callback: LibraryCallback
        var rxBufferBytes: Int
        var txPacketBytes: Int
        /// Bounds the header tables, about 1 KB and `maxHeaderBytes` each while in use.
        var limits: WebSocketLimits
        var tls: TLSFiles?
        var isServer: Bool
    }

    private let loop: EventLoop
    private(set) var context: OpaquePointer?
    private(set) var vhost: OpaquePointer?
    /// What the library keeps pointers to, freed after the context.
    private let protocols: UnsafeMutablePointer<lws_protocols>
    private let policy: UnsafeMutablePointer<lws_retry_bo_t>
    private let name: UnsafeMutablePointer<CChar>
    /// Connections the library still knows; the context may go when it is 0.
    var connections = 0

    /// The library keeps the pointers of both, so they are constants of the program.
    private static var vhostName: UnsafePointer<CChar> { constant("hub") }
    private static var httpOnly: UnsafePointer<CChar> { constant("http/1.1") }

    private static func constant(_ text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    /// `user` is what `lws_context_user` returns in callbacks; it must outlive the context.
    init(
        loop: EventLoop, recipe: Recipe, user: UnsafeMutableRawPointer
    ) throws(WebSocketError) {
        self.loop = loop
        name = Self.copy(recipe.protocolName)
        protocols = .allocate(capacity: 2)
        protocols.initialize(repeating: lws_protocols(), count: 2)
        protocols[0].name = UnsafePointer(name)
        protocols[0].callback = recipe.callback
        protocols[0].rx_buffer_size = recipe.rxBufferBytes
        protocols[0].tx_packet_size = recipe.txPacketBytes
        // Both validity values 0: no timer per connection in the library's sorted list.
        policy = .allocate(capacity: 1)
        policy.initialize(to: lws_retry_bo_t())
        lws_set_log_level(Int32(LLL_ERR), countErrorLine)
        setUpErrors.withLock { $0 = [] }
        create(recipe, user)
        let errors = setUpErrors.withLock { lines in
            defer { lines = nil }
            return lines ?? []
        }
        guard vhost != nil else {
            // The memory goes with the context, once the loop has run for a moment.
            destroy {}
            throw WebSocketError(
                .library,
                "no context (plug-in libwebsockets-evlib-uv missing, certificate unreadable?): "
                    + errors.map { $0.filter { $0 != "\n" } }.joined(separator: "; "))
        }
    }

    private func create(_ recipe: Recipe, _ user: UnsafeMutableRawPointer) {
        var info = lws_context_creation_info()
        var loops: [UnsafeMutableRawPointer?] = [loop.rawLoop]
        info.protocols = UnsafePointer(protocols)
        info.retry_and_idle_policy = UnsafePointer(policy)
        info.port = recipe.isServer ? chat_lws_no_listener_server() : chat_lws_no_listener()
        info.options = recipe.tls == nil ? chat_lws_options_plain() : chat_lws_options_tls()
        info.user = user
        info.gid = -1
        info.uid = -1
        info.max_http_header_data = UInt16(clamping: recipe.limits.maxHeaderBytes)
        info.max_http_header_pool = UInt16(clamping: recipe.limits.maxHandshakes)
        info.timeout_secs = UInt32(recipe.limits.handshakeSeconds)
        info.timeout_secs_ah_idle = UInt32(recipe.limits.handshakeSeconds)
        info.keepalive_timeout = 30
        info.vhost_name = Self.vhostName
        info.alpn = Self.httpOnly
        info.connect_timeout_secs = UInt32(recipe.limits.handshakeSeconds)
        // In two steps: when the library itself gives up on a context (a bad certificate in the
        // one-step form) it unloads its libuv plug-in while the loop still has its handles.
        loops.withUnsafeMutableBufferPointer { loops in
            withOptionalCString(recipe.tls?.certificatePath) { certificate in
                withOptionalCString(recipe.tls?.keyPath) { key in
                    info.foreign_loops = loops.baseAddress
                    info.ssl_cert_filepath = certificate
                    info.ssl_private_key_filepath = key
                    context = lws_create_context(&info)
                    if let context {
                        _ = chat_lws_keep_plugin()  // not found: built in, so never unloaded
                        vhost = lws_create_vhost(context, &info)
                    }
                }
            }
        }
    }

    /// Makes the library look at its timers and held-back input. Without it a time-out that was
    /// set outside its own callbacks is noticed only with the next traffic.
    func wake() {
        if let context { lws_cancel_service(context) }
    }

    /// Closes every connection (their callbacks come during this call or the next turns) and
    /// frees the context when libuv has let go of all handles. Not from inside a callback.
    func destroy(then: @escaping () -> Void) {
        guard let context else {
            freeMemory()
            return then()
        }
        lws_context_destroy(context)
        waitForHandles(turnsLeft: 4, then)
    }

    /// libuv closes a handle in the turn after; the library closes its timer and idle handle only
    /// when its last connection is gone, so a few turns more are needed after that.
    private func waitForHandles(turnsLeft: Int, _ then: @escaping () -> Void) {
        loop.schedule(afterMilliseconds: 1) { [self] in
            if connections > 0 { return waitForHandles(turnsLeft: 4, then) }
            if turnsLeft > 0 { return waitForHandles(turnsLeft: turnsLeft - 1, then) }
            // The second call frees what the first one took down.
            if let context { lws_context_destroy(context) }
            context = nil
            vhost = nil
            freeMemory()
            then()
        }
    }

    private func freeMemory() {
        protocols.deallocate()
        policy.deallocate()
        name.deallocate()
    }

    private static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = text.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            copy.initialize(from: start, count: source.count)
        }
        return copy
    }
}

/// The text as a C string during the call, or nil.
func withOptionalCString<Result>(
    _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
) -> Result {
    guard let text else { return body(nil) }
    return text.withCString { body($0) }
}
