// The server: listeners, handshakes, sessions and the small HTTP side of one process. Made by
// HubServer; all of it runs on the loop's thread.
import CLibwebsockets
public import EventLoop

/// Serves WebSocket sessions and HTTP requests on any number of listeners.
///
/// `@unchecked Sendable`: used on the loop's thread only; every public entry checks.
public final class WebSocketServer: @unchecked Sendable {
    private let loop: EventLoop
    let options: ServerOptions
    let engine: SessionEngine
    private var library: LibraryContext?
    private var acceptors: [Acceptor] = []
    private var isPaused = false
    private var isFull = false
    private var isShuttingDown = false
    /// Sessions of one origin or host share its text.
    private var sharedTexts: [String: String] = [:]

    public init(
        loop: EventLoop, options: ServerOptions, handler: any WebSocketHandler
    ) throws(WebSocketError) {
        self.loop = loop
        self.options = options
        engine = SessionEngine(
            loop: loop, limits: options.limits, closeCodes: options.closeCodes,
            acceptsBinary: options.acceptsBinary,
            writesDirectly: options.writesDirectly && options.tls == nil, isClient: false,
            handler: handler)
        let recipe = LibraryContext.Recipe(
            protocolName: options.subprotocol, callback: serverCallback,
            rxBufferBytes: options.rxBufferBytes, txPacketBytes: options.txPacketBytes,
            limits: options.limits, tls: options.tls, isServer: true)
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

    // MARK: Accepting

    /// Begins to accept from `listener`, which belongs to the server from now on.
    public func listen(on listener: ListenerSocket) throws(EventLoopError) {
        engine.requireLoopThread()
        let acceptor = Acceptor(
            loop: loop, listener: listener, budget: options.limits.acceptsPerTurn,
            mayAccept: { [unowned self] in hasRoom() },
            systemIsFull: { [unowned self] in engine.statistics.acceptPauses += 1 },
            take: { [unowned self] in adopt($0) })
        if !isPaused && !isFull { try acceptor.resume() }
        acceptors.append(acceptor)
    }

    /// New connections wait in the kernel until `resumeAccepting`.
    public func pauseAccepting() {
        engine.requireLoopThread()
        isPaused = true
        acceptors.forEach { $0.pause() }
    }

    public func resumeAccepting() throws(EventLoopError) {
        engine.requireLoopThread()
        isPaused = false
        for acceptor in acceptors where !isFull { try acceptor.resume() }
    }

    /// Whether one more handshake may begin; otherwise accepting rests until one ends.
    private func hasRoom() -> Bool {
        guard engine.statistics.handshakes >= options.limits.maxHandshakes else { return true }
        isFull = true
        acceptors.forEach { $0.pause() }
        return false
    }

    private func adopt(_ descriptor: Int32) {
        guard let vhost = library?.vhost else { return }
        engine.statistics.accepted += 1
        // On failure the library has closed the descriptor and told us of the end.
        _ = chat_lws_adopt(vhost, descriptor, handshakeMark)
        // Its time-out was set outside the library's callbacks.
        engine.wakeLibrary()
    }

    // MARK: Told by the callback

    func connectionBegan() {
        library?.connections += 1
        engine.statistics.handshakes += 1
    }

    /// The handshake or the first request is whole, or the connection ended before that.
    func handshakeEnded() {
        engine.statistics.handshakes -= 1
        guard isFull, !isPaused, !isShuttingDown else { return }
        guard engine.statistics.handshakes <= options.limits.maxHandshakes * 3 / 4 else { return }
        isFull = false
        for acceptor in acceptors {
            do throws(EventLoopError) {
                try acceptor.resume()
            } catch {
                engine.statistics.acceptPauses += 1
            }
        }
    }

    func connectionEnded() {
        library?.connections -= 1
    }

    func shared(_ text: String?) -> String? {
        guard let text else { return nil }
        if let known = sharedTexts[text] { return known }
        if sharedTexts.count < 1_000 { sharedTexts[text] = text }
        return text
    }

    // MARK: End

    /// Closes listeners and connections (each session's `closed` comes, without a close frame:
    /// close sessions with a code before), frees the library's context while the loop goes on,
    /// and then calls `then`. The server is of no use afterwards. Idempotent.
    public func shutDown(then: @escaping () -> Void) {
        engine.requireLoopThread()
        guard !isShuttingDown else { return }
        isShuttingDown = true
        acceptors.forEach { $0.close() }
        acceptors = []
        // From a timer, never from inside one of the library's callbacks.
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
