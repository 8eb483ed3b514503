/// Looks at the board and through lists of sessions.
import ChatModel
import HubCore

extension RandomSteps {
    mutating func board() -> StoreRequest {
        guard roll(2) == 0 else { return list() }
        let count = 1 + roll(3)
        return .board(
            BoardQuery(groups: groups.prefix(count).map { group($0) }, minutes: 1 + roll(60)))
    }

    private mutating func list() -> StoreRequest {
        let states = BoardSnapshot.counted.shuffled(using: &random).prefix(1 + roll(5))
        var query = SessionQuery(states: Array(states), limit: 1 + roll(3))
        if roll(3) == 0 { query.group = group(pick(groups)) }
        if roll(3) == 0 { query.agent = person(pick(agents)) }
        if roll(2) == 0, let some = open.last {
            query.after = SessionQuery.Place(
                place: 1 + roll(states.count), arrival: roll(some.arrival + 1))
        }
        return .listSessions(query)
    }
}

/// What boards and lists have shown so far.
struct SeenOnBoard {
    private var assigned = 0
    private var abandoned = 0
    private var overtaken = 0
    private var listed = 0
    private var cut = 0

    var hasSeenEverything: Bool {
        assigned > 0 && abandoned > 0 && overtaken > 0 && listed > 0 && cut > 0
    }

    mutating func count(_ reply: StoreReply) {
        switch reply {
        case .board(let board):
            assigned += board.minutes.reduce(0) { $0 + $1.assigned }
            abandoned += board.minutes.reduce(0) { $0 + $1.abandoned }
            overtaken += board.groups.count { $0.overtaken != nil }
        case .sessionList(let page):
            listed += page.sessions.count
            cut += page.next == nil ? 0 : 1
        default: break
        }
    }
}
