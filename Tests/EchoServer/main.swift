// Echoes every message as it came, for conformance suites (Tests/autobahn.sh) and measurements.
//
//     EchoServer PORT [queued] [shared] [broadcast]
//
// Prints `ready PORT` and serves until SIGTERM. Close codes are the RFC's own, so that a suite can
// judge them. `queued` turns direct writes off, `shared` lets several of them serve one port.
// `GET /pid` tells the process, `GET /statistics` its counters; `GET /broadcast` sends 200 bytes to
// every session (kept track of only with `broadcast` among the arguments).
import EventLoop
import Glibc
import WebSockets

final class Echo: WebSocketHandler {
    private let keepsSessions = CommandLine.arguments.contains("broadcast")
    private var sessions: [UInt64: WebSocketSession] = [:]
    private let line = [UInt8](repeating: 0x61, count: 200)

    func opened(_ session: WebSocketSession) {
        if keepsSessions { sessions[session.id] = session }
    }

    func received(_ session: WebSocketSession, _ message: UnsafeRawBufferPointer) {
        session.sendMessage([UInt8](message), isBinary: session.messageIsBinary)
    }

    func closed(_ session: WebSocketSession) {
        sessions[session.id] = nil
    }

    var server: WebSocketServer?

    func respond(to request: HTTPRequest) -> HTTPResponse {
        switch request.path {
        case "/broadcast":
            for session in sessions.values { session.send(line) }
            return .text(200, "\(sessions.count)")
        case "/pid": return .text(200, "\(getpid())")
        case "/statistics": return .text(200, "\(server?.statistics.acceptPauses ?? -1)")
        default: return .text(404, "not found\n")
        }
    }
}

let port = UInt16(CommandLine.arguments.dropFirst().first ?? "0") ?? 0

func echoOptions() -> ServerOptions {
    var options = ServerOptions(path: "/", subprotocol: "echo")
    options.acceptsBinary = true
    options.writesDirectly = !CommandLine.arguments.contains("queued")
    options.requiresSubprotocol = false
    options.limits.maxMessageBytes = 64 << 20
    options.limits.maxFragments = 1 << 20
    options.limits.outboxLimitBytes = 64 << 20
    options.limits.maxUnfinishedBytesTotal = 1 << 30
    options.limits.unfinishedMessageSeconds = 120
    options.closeCodes.badFrame = 1007
    options.closeCodes.tooBig = 1009
    options.closeCodes.unfinished = 1008
    return options
}

func serve() throws {
    let loop = try EventLoop()
    let echo = Echo()
    let server = try WebSocketServer(loop: loop, options: echoOptions(), handler: echo)
    echo.server = server
    let isShared = CommandLine.arguments.contains("shared")
    let listener = try ListenerSocket(
        address: "127.0.0.1", port: port, refusingOthers: !isShared)
    try server.listen(on: listener)
    loop.onSignal(SIGTERM) {
        server.shutDown {
            echo.server = nil
            loop.stop()
        }
    }
    print("ready \(listener.port)")
    fflush(nil)
    loop.run()
    print("handles left open: \(loop.handlesLeftOpen)")
}

try serve()
