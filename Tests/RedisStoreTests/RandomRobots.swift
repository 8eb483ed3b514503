/// What random steps say of robots.
import ChatModel
import HubCore
import Routing

extension RandomSteps {
    func bot(_ name: String) -> Participant { Participant(role: .bot, id: person(name)) }

    mutating func ways() -> [ReceptionWay] {
        switch roll(12) {
        case 0: [.robot]
        case 1..<4: [.robot, .queue]
        case 4: [.queue, .robot]
        default: [.queue]
        }
    }

    /// Robots come and go, and hand over.
    mutating func robots() -> StoreRequest {
        switch roll(9) {
        case 0..<3:
            return .attach(
                Attach(person: bot(pick(bots)), profile: nil, botCapacity: 1 + roll(4)))
        case 3: return detach(bot(pick(bots)))
        default:
            let talks = known.values.filter { $0.state == .bot }.sorted { $0.arrival < $1.arrival }
            let id = talks.isEmpty || roll(8) == 0 ? anySession() : pick(talks).id
            let isLimited = roll(2) == 0
            var handover = Handover(
                session: id, by: somebody(in: id), note: Array("{\"misses\":\(roll(3))}".utf8),
                keepsBot: roll(2) == 0, maximumWaiting: isLimited ? 2 : nil,
                reopenBelow: isLimited ? 1 : nil)
            if roll(2) == 0 {
                handover.lastWords = NewMessage(
                    sender: handover.by, key: "last\(roll(2))", body: Array("\"text\":\"!\"".utf8),
                    origin: origin)
            }
            return .handOver(handover)
        }
    }
}
