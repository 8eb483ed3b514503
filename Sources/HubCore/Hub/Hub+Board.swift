/// The board of supervisors: one read a tick for all who look from this node, and lists of
/// sessions.
import ChatModel
import ChatProtocol

extension Hub {
    /// From one board to the next, and how long an unchanged one may stand.
    static let boardMilliseconds: Int64 = 2_000
    static let boardStandsMilliseconds: Int64 = 15_000

    func subscribeBoard(_ request: Request, _ site: LocalSite) {
        let board = site.board ?? BoardWatch()
        site.board = board
        if !board.connections.contains(where: { $0 === request.connection }) {
            board.connections.append(request.connection)
        }
        answer(request, ServerFrame.plainOK(id: request.id))
        board.newcomers.append(request.connection)
        readBoard(board, site)
    }

    func unsubscribeBoard(_ connection: Connection, at site: LocalSite) {
        guard let board = site.board else { return }
        board.connections.removeAll { $0 === connection }
        board.newcomers.removeAll { $0 === connection }
        if board.connections.isEmpty { site.board = nil }
    }

    /// With each tick of the site.
    func tickBoard(_ site: LocalSite) {
        guard let board = site.board,
            now.monotonicMilliseconds - board.readAt >= Self.boardMilliseconds
        else { return }
        readBoard(board, site)
    }

    private func readBoard(_ board: BoardWatch, _ site: LocalSite) {
        guard !board.isReading else { return }
        board.isReading = true
        // Whole minutes since the last time, the one it was in and the present one.
        let missed = board.keptAt.map { (now.monotonicMilliseconds - $0) / 60_000 + 2 } ?? 60
        board.readAt = now.monotonicMilliseconds
        submit(
            .board(
                BoardQuery(
                    groups: site.rules.groups.map(\.id), minutes: Int(min(60, missed)))),
            at: site, .board(board))
    }

    private func boardRead(_ board: BoardWatch, _ snapshot: BoardSnapshot, at site: LocalSite) {
        board.isReading = false
        board.keep(snapshot)
        board.keptAt = board.readAt
        let figures = BoardFigures(rules: site.rules, minutes: Array(board.minutes.values))
        let update = figures.update(snapshot) {
            site.nextOpening(of: $0, from: now.wallMilliseconds) == nil
        }
        let stood = board.readAt - board.shownAt
        let isDue =
            stood >= Self.boardMilliseconds
            && (update != board.shown || stood >= Self.boardStandsMilliseconds)
        let audience = isDue ? board.connections : board.newcomers
        if isDue {
            board.shown = update
            board.shownAt = board.readAt
        }
        board.newcomers = []
        guard !audience.isEmpty else { return }
        let frame = ServerFrame.boardUpdate(update, at: now.wallMilliseconds)
        for connection in audience where connection.isReady {
            effects.append(.sendVolatile(connection.number, frame, key: BoardWatch.frameKey))
        }
    }

    // MARK: Lists

    func listSessions(_ list: SessionsList, _ request: Request, _ site: LocalSite) {
        if let group = list.group, !site.rules.groups.contains(where: { $0.id == group }) {
            return refuse(request, .unknownGroup, "no group \(group)")
        }
        let all: [SessionState] = [.queued, .offered, .active, .wrapup, .bot]
        let query = SessionQuery(
            states: list.state.map { [$0] } ?? all, group: list.group, agent: list.agent,
            after: list.after.map { SessionQuery.Place(place: $0.place, arrival: $0.arrival) },
            limit: list.limit)
        submit(.listSessions(query), at: site, .listSessions(request))
    }

    private func sessionsListed(_ request: Request, _ page: SessionPage, at site: LocalSite) {
        let rows = page.sessions.map { found in
            SessionRow(
                session: found.id, state: found.state, customer: found.customer,
                customerConnected: found.customerConnected, level: found.level,
                group: found.group, topic: found.topic, agent: found.agent,
                agentName: site.name(of: found.agent),
                since: now.wallMilliseconds - found.waited)
        }
        let next = page.next.map { SessionsList.Place(place: $0.place, arrival: $0.arrival) }
        answer(request, ServerFrame.sessionsListOK(id: request.id, rows, next: next))
    }

    func boardAnswered(_ purpose: Purpose, _ reply: StoreReply, at site: LocalSite) {
        switch (purpose, reply) {
        case (.board(let board), .board(let snapshot)): boardRead(board, snapshot, at: site)
        // The next tick asks again.
        case (.board(let board), _): board.isReading = false
        case (.listSessions(let request), .sessionList(let page)):
            sessionsListed(request, page, at: site)
        case (.listSessions(let request), _): refuse(request, reply)
        default: break
        }
    }
}

/// A site whose board somebody here watches.
final class BoardWatch {
    var connections: [Connection] = []
    /// Those who have not had one yet.
    var newcomers: [Connection] = []
    var isReading = false
    /// What was shown to all, and when it was asked for. Monotonic; long ago at first.
    var shown: BoardUpdate?
    var shownAt: Int64 = -1_000_000
    /// When it was last asked for.
    var readAt: Int64 = -1_000_000
    /// Up to when `minutes` is known; nil: nothing is.
    var keptAt: Int64?
    /// The last hour: what lies behind the present minute hardly changes and is not read again.
    private(set) var minutes: [Key: BoardSnapshot.Minute] = [:]

    struct Key: Hashable {
        let group: GroupID
        let minute: Int64
    }

    /// One board stands in for the one before it in a slow reader's outbox.
    static let frameKey: UInt64 = 0x626F_6172_64

    func keep(_ snapshot: BoardSnapshot) {
        for minute in snapshot.minutes {
            minutes[Key(group: minute.group, minute: minute.minute)] = minute
        }
        minutes = minutes.filter { $0.key.minute > snapshot.minute - 60 }
    }
}
