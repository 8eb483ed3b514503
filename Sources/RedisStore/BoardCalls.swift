/// The steps a supervisor's board asks for, as their scripts take them and answer.
import ChatModel
import HubCore
import Redis

extension StepCall {
    mutating func appendBoardArguments(of request: StoreRequest) {
        switch request {
        case .board(let query):
            call.append(BoardQuery.agentBound)
            call.append(query.minutes)
            for group in query.groups { call.append(group.text) }
        case .listSessions(let query):
            call.append(query.states.map(Self.letter).joined())
            call.append(query.group?.text ?? "")
            call.append(query.agent?.text ?? "")
            call.append(query.after?.place ?? 1)
            call.append(query.after?.arrival ?? 0)
            call.append(query.limit)
            call.append(SessionQuery.lookBound)
        default: preconditionFailure("not about the board")
        }
    }

    /// As `lib_session.lua` writes states.
    private static func letter(of state: SessionState) -> String {
        switch state {
        case .bot: "b"
        case .queued: "q"
        case .offered: "o"
        case .active: "a"
        case .wrapup: "w"
        case .closed: "c"
        }
    }
}

extension PackedReader {
    /// See `board.lua`.
    mutating func readBoard(_ query: BoardQuery) throws(MalformedAnswer) -> BoardSnapshot {
        let minute = try readInteger()
        var board = BoardSnapshot(minute: minute)
        guard try readArrayCount() == query.groups.count else {
            throw MalformedAnswer(what: "groups of the board")
        }
        for group in query.groups { board.groups.append(try readBoardGroup(group)) }
        for _ in 0..<(try readArrayCount()) { board.agents.append(try readAgent()) }
        for _ in 0..<(try readArrayCount()) {
            board.minutes.append(try readBoardMinute(query.groups))
        }
        let counts = try readIntegers()
        for (state, count) in zip(BoardSnapshot.counted, counts) where count > 0 {
            board.sessions[state] = count
        }
        return board
    }

    private mutating func readBoardGroup(_ id: GroupID) throws(MalformedAnswer)
        -> BoardSnapshot.Group
    {
        guard try readArrayCount() == 5 else { throw MalformedAnswer(what: "group of the board") }
        var group = BoardSnapshot.Group(id: id)
        for _ in 0..<(try readArrayCount() / 3) {
            let level = try readLevel()
            group.levels[level] = BoardSnapshot.Waiting(
                count: try readInt(), longestMilliseconds: try readInteger())
        }
        group.agentsOnline = try readInt()
        group.left = try readInt()
        group.overtakenMilliseconds = try readInteger()
        group.overtaken = skipAbsent() ? nil : try readSessionID()
        return group
    }

    private mutating func readBoardMinute(_ groups: [GroupID]) throws(MalformedAnswer)
        -> BoardSnapshot.Minute
    {
        guard try readArrayCount() == 8 else { throw MalformedAnswer(what: "minute") }
        let index = try readInt()
        guard groups.indices.contains(index) else { throw MalformedAnswer(what: "minute") }
        var minute = BoardSnapshot.Minute(group: groups[index], minute: try readInteger())
        minute.started = try readInt()
        minute.assigned = try readInt()
        minute.abandoned = try readInt()
        minute.closed = try readInt()
        minute.waits = try readIntegers().map { Int64($0) }
        minute.abandonedWaits = try readIntegers().map { Int64($0) }
        return minute
    }

    /// See `list_sessions.lua`.
    mutating func readSessionList() throws(MalformedAnswer) -> SessionPage {
        var page = SessionPage()
        for _ in 0..<(try readArrayCount()) { page.sessions.append(try readListed()) }
        let hasMore = try readBool()
        let next = SessionQuery.Place(place: try readInt(), arrival: try readInt())
        page.next = hasMore ? next : nil
        return page
    }

    private mutating func readListed() throws(MalformedAnswer) -> ListedSession {
        guard try readArrayCount() == 9 else { throw MalformedAnswer(what: "listed session") }
        let id = try readSessionID()
        let state = try readState()
        return ListedSession(
            id: id, state: state, customer: try readPerson(), level: try readLevel(),
            group: try readGroup(), topic: skipAbsent() ? nil : try readText(),
            agent: skipAbsent() ? nil : try readPerson(), waited: try readInteger(),
            customerConnected: try readBool())
    }
}
