/// What random steps say of robots.
import ChatModel
import HubCore
import Routing

extension RandomSteps {
    func bot(_ name: String) -> Participant { Participant(role: .bot, id: person(name)) }

    mutating func ways() -> [ReceptionWay] {
        switch roll(8) {
        case 0: [.robot]
        case 1..<4: [.robot, .queue]
        case 4: [.queue, .robot]
        default: [.queue]
        }
    }
}
