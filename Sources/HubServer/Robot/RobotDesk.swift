/// The built-in robot's connections, one a site, over loopback: opened, kept, opened again. Used on
/// the loop's thread only; `RobotProcess` owns it.
import ChatModel
import ChatProtocol
import EventLoop
import HubConfig
import Logging
import WebSockets

final class RobotDesk: WebSocketHandler {
    private final class Seat {
        let link: RobotLink
        var socket: WebSocketSession?
        var delay = RobotDesk.firstDelay
        var isWanted = true

        init(_ link: RobotLink) { self.link = link }
    }

    private static let firstDelay: Int64 = 100
    private static let longestDelay: Int64 = 2_000

    private let loop: EventLoop
    private let address: String
    private let port: UInt16
    private let log: Logger
    /// A signed token for the site; nil when it cannot be made now.
    private let token: (RobotLink) -> String?
    private var client: WebSocketClient?
    private var seats: [SiteID: Seat] = [:]
    private var seatsByTag: [Int: Seat] = [:]
    private var lastTag = 0

    init(
        loop: EventLoop, address: String, port: UInt16, log: Logger,
        token: @escaping (RobotLink) -> String?
    ) throws {
        self.loop = loop
        self.address = address
        self.port = port
        self.log = log
        self.token = token
        client = try WebSocketClient(loop: loop, options: ClientOptions(), handler: self)
    }

    /// A site came into force. Without pairs the robot leaves it.
    func siteChanged(_ site: SiteID, _ settings: RobotSettings?) {
        guard let settings, settings.hasPairs else {
            guard let seat = seats.removeValue(forKey: site) else { return }
            seat.isWanted = false
            seat.socket?.close(code: 1000, reason: "no robot any more")
            return
        }
        if let seat = seats[site] { return seat.link.change(to: settings) }
        let seat = Seat(RobotLink(site: site, settings))
        seats[site] = seat
        seat.link.send = { [weak seat] in seat?.socket?.send($0) }
        seat.link.later = { [loop] in loop.schedule(afterMilliseconds: $0, $1) }
        seat.link.onDrain = { [weak seat] in seat?.socket?.close(code: 1000, reason: "drain") }
        connect(seat)
    }

    func stop(then: @escaping () -> Void) {
        for seat in seats.values { seat.isWanted = false }
        client?.shutDown(then: then)
    }

    private func connect(_ seat: Seat) {
        guard seat.isWanted else { return }
        lastTag += 1
        seatsByTag[lastTag] = seat
        seat.socket = client?.connect(address: address, port: port, userTag: lastTag)
    }

    func opened(_ session: WebSocketSession) {
        guard let seat = seatsByTag[session.userTag] else { return }
        guard let token = token(seat.link) else {
            return session.close(code: 1000, reason: "no token")
        }
        seat.link.opened(token: token)
    }

    func received(_ session: WebSocketSession, _ message: UnsafeRawBufferPointer) {
        guard let seat = seatsByTag[session.userTag] else { return }
        FrameDecoder.lines(in: message, atMost: .max) { line in
            guard let frame = JSONValue(line) else { return }
            if case .text("error")? = frame["type"], !seat.link.isGreeted {
                log.warning(
                    "the robot is refused",
                    metadata: ["site": "\(seat.link.site)", "code": "\(frame["code"] ?? .null)"])
            }
            let wasGreeted = seat.link.isGreeted
            seat.link.heard(frame)
            if seat.link.isGreeted, !wasGreeted {
                seat.delay = Self.firstDelay
                log.info("the robot is here", metadata: ["site": "\(seat.link.site)"])
            }
        }
    }

    func closed(_ session: WebSocketSession) { lost(session) }

    func failed(_ session: WebSocketSession, reason: String) { lost(session) }

    private func lost(_ session: WebSocketSession) {
        guard let seat = seatsByTag.removeValue(forKey: session.userTag) else { return }
        seat.socket = nil
        guard seat.isWanted else { return }
        loop.schedule(afterMilliseconds: seat.delay) { [weak self] in self?.connect(seat) }
        seat.delay = min(seat.delay * 2, Self.longestDelay)
    }
}
