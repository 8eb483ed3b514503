/// The samples of what supervisors alone are told.
import ChatModel
import ChatProtocol

extension HubFrameSamples {
    static let boards: [HubFrameSample] = [
        HubFrameSample(
            frame: "board.update", name: "a busy site",
            bytes: ServerFrame.boardUpdate(busyBoard, at: now)),
        HubFrameSample(
            frame: "board.update", name: "nobody is there",
            bytes: ServerFrame.boardUpdate(calmBoard, at: now)),
        HubFrameSample(
            frame: "sessions.list.ok", name: "one that somebody has",
            bytes: ServerFrame.sessionsListOK(
                id: 4, [row(.active, level: 7)],
                next: SessionsList.Place(place: 1, arrival: 12))),
        HubFrameSample(
            frame: "sessions.list.ok", name: "one that waits",
            bytes: ServerFrame.sessionsListOK(id: 4, [row(.queued, level: 0)], next: nil)),
    ]

    private static func row(_ state: SessionState, level: Int) -> SessionRow {
        let isServed = state == .active
        return SessionRow(
            session: session, state: state, customer: customer.id, customerConnected: isServed,
            level: Level(level) ?? .ordinary, group: group("after-sales"),
            topic: isServed ? "refund" : nil, agent: isServed ? agent.id : nil,
            agentName: isServed ? "Chen" : nil, since: now)
    }

    private static var busyBoard: BoardUpdate {
        var board = BoardUpdate()
        var sales = BoardUpdate.Group(id: group("after-sales"), name: "售后组", isOpen: true)
        sales.levels = [
            .ordinary: BoardUpdate.Waiting(count: 2, longestSeconds: 95),
            Level(7) ?? .ordinary: BoardUpdate.Waiting(count: 1, longestSeconds: 10),
        ]
        sales.agentsOnline = 1
        sales.left = 2
        sales.promise = BoardUpdate.Promise(seconds: 60, percent: 67)
        board.groups = [sales]
        var agent = agentRecord
        agent.sinceMilliseconds = 61_999
        agent.reason = "午休"
        agent.ramp = 2
        agent.setBy = person("zoe")
        board.agents = [agent]
        board.names = [agent.id: "Chen"]
        board.sessions = [.queued: 3, .active: 4]
        board.promise = BoardUpdate.Promise(seconds: 60, percent: 67)
        board.minutes = calmBoard.minutes
        board.minutes[59].started = 3
        board.minutes[59].assigned = 2
        board.minutes[59].abandoned = 1
        board.minutes[59].closed = 1
        board.minutes[59].waitSeconds = 12
        board.overtaking = BoardUpdate.Overtaking(
            seconds: 85, session: session, group: group("after-sales"))
        board.alerts = [
            BoardUpdate.Alert(
                kind: .longestWait, group: group("after-sales"), value: 95, limit: 90),
            BoardUpdate.Alert(kind: .abandonedRate, group: nil, value: 33, limit: 30),
        ]
        return board
    }

    private static var calmBoard: BoardUpdate {
        var board = BoardUpdate()
        board.groups = [BoardUpdate.Group(id: group("floaters"), name: "floaters", isOpen: false)]
        board.minutes = (0..<60).map { BoardUpdate.Minute(at: now - (59 - $0) * 60_000) }
        return board
    }
}
