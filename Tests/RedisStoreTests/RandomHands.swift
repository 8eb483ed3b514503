/// What random steps do beside a session: notes, and supervisors who take over.
import ChatModel
import HubCore

extension RandomSteps {
    mutating func besides() -> StoreRequest {
        switch roll(26) {
        case 16..<20: deletion()
        case 0..<2: note()
        case 4..<11: transfer()
        case 2, 11..<15, 20..<26: together()
        case 3:
            .notes(
                HistoryQuery(
                    session: anySession(),
                    direction: roll(2) == 0 ? .after(roll(3)) : .before(roll(5)),
                    limit: 1 + roll(3)))
        default:
            .takeOver(session: anySession(), agent: person(roll(20) == 0 ? "nobody" : pick(agents)))
        }
    }

    /// Mostly of what somebody has, by him; who is asked answers, and now and then it is taken
    /// back.
    private mutating func transfer() -> StoreRequest {
        let active = known.values.filter { $0.state == .active }.sorted { $0.arrival < $1.arrival }
        let pending = active.filter { $0.transfer != nil }
        if !pending.isEmpty, roll(5) != 0 {
            let record = pick(pending)
            let who = roll(8) == 0 ? person(pick(agents)) : record.transfer!.to
            switch roll(3) {
            case 0:
                let owner = Participant(role: .agent, id: record.transfer!.from)
                let by = roll(3) == 0 ? somebody(in: record.id) : owner
                return .cancelTransfer(session: record.id, by: by)
            case 1:
                return .decline(session: record.id, agent: who, reason: "", pauseMilliseconds: 0)
            default: return .accept(session: record.id, agent: who)
            }
        }
        let id = active.isEmpty || roll(8) == 0 ? anySession() : pick(active).id
        let by =
            roll(4) == 0
            ? Participant(role: .supervisor, id: person("zoe")) : somebody(in: id)
        let words = roll(2) == 0 ? nil : "words"
        let target: TransferSession.Target =
            roll(3) == 0
            ? .group(group(pick(groups)))
            : .agent(person(roll(20) == 0 ? "nobody" : pick(agents)))
        var transfer = TransferSession(
            session: id, target: target, by: by, key: "t\(roll(9))",
            body: Array("\(roll(2))".utf8), isWarm: roll(2) == 0, text: words,
            note: words.map { text in
                NewMessage(
                    sender: by, key: "t\(roll(9))", body: Array(text.utf8), origin: origin)
            })
        let isLimited = roll(2) == 0
        transfer.maximumWaiting = isLimited ? 2 : nil
        transfer.reopenBelow = isLimited ? 1 : nil
        return .transfer(transfer)
    }

    /// Agents are invited, come in and leave: mostly where somebody talks, and who is in it already
    /// more often than not.
    private mutating func together() -> StoreRequest {
        let active = known.values.filter { $0.state == .active }.sorted { $0.arrival < $1.arrival }
        let shared = active.filter { !$0.others.isEmpty }
        let likely = shared.isEmpty || roll(3) == 0 ? active : shared
        let id = likely.isEmpty || roll(8) == 0 ? anySession() : pick(likely).id
        let others = known[id]?.others.map(\.agent) ?? []
        let agent = others.isEmpty || roll(3) == 0 ? person(pick(agents)) : pick(others)
        let by =
            roll(3) == 0 ? Participant(role: .supervisor, id: person("zoe")) : somebody(in: id)
        switch roll(7) {
        case 0..<2:
            let words = roll(2) == 0 ? nil : "words"
            return .invite(
                InviteAgent(
                    session: id, agent: roll(20) == 0 ? person("nobody") : person(pick(agents)),
                    by: by, key: "i\(roll(9))", body: Array("\(roll(2))".utf8),
                    timeoutMilliseconds: Int64(1 + roll(3)) * 1_500, text: words,
                    note: words.map {
                        NewMessage(
                            sender: by, key: "i\(roll(9))", body: Array($0.utf8), origin: origin)
                    }))
        case 2..<4:
            return .join(
                session: id, by: Participant(role: roll(4) == 0 ? .supervisor : .agent, id: agent))
        case 4, 5:
            let owner = known[id]?.agent.map { Participant(role: .agent, id: $0) }
            return .cancelInvite(session: id, agent: agent, by: roll(3) > 0 ? owner ?? by : by)
        default: return .stepOut(session: id, agent: agent)
        }
    }

    /// Mostly one of the last that were closed, by its customer.
    mutating func reopening(_ start: StartSession) -> StartSession {
        let over = known.values.filter(\.state.isOver).sorted { $0.arrival < $1.arrival }
        guard let past = over.last, roll(12) > 0 else { return start }
        let record = roll(3) > 0 ? past : pick(over)
        var again = start
        again.session = record.id
        again.customer = roll(12) == 0 ? start.customer : record.customer
        again.firstMessage = nil
        again.reopensWithin = Int64(1 + roll(3)) * 5_000
        return again
    }

    private mutating func deletion() -> StoreRequest {
        .deleteMessage(DeleteMessage(session: anySession(), seq: 1 + roll(5), by: person("zoe")))
    }

    /// Mostly by an agent of it or a supervisor; few keys, so that they come again.
    private mutating func note() -> StoreRequest {
        let id = anySession()
        let writer =
            roll(2) == 0
            ? Participant(role: .supervisor, id: person("zoe")) : somebody(in: id)
        return .addNote(
            AddNote(
                session: id,
                note: NewMessage(
                    sender: writer, key: "n\(roll(6))",
                    body: Array("\"text\":\"\(roll(4) == 0 ? "我" : "a")\"".utf8), origin: origin)))
    }
}
