/// What must never reach a customer, looked for in every frame he gets. Part of `Checker`.
import ChatModel
import ChatProtocol

@testable import HubCore

extension Checker {
    func checkNothingLeaks(_ frame: ServerEvent, to client: Client) {
        let line = frame.line
        for word in [
            "\"level\"", "\"profile\"", "\"group\"", "\"channel\"", "\"held\"", "\"last_note\"",
            "\"tags\"", "\"transfer\"", "\"others\"", "invited", "wrapup",
        ]
        where line.contains(word) {
            fail(7, "\(client.name) got \(word): \(line)")
        }
        let agents = [
            "offer", "invite", "queue.update", "agent.update", "board.update", "session.rated",
        ]
        if agents.contains(frame.type) {
            fail(7, "\(client.name) got \(line)")
        }
        // Every text of the walk names its customer.
        for part in line.components(between: "for=", and: ";") where part != client.person {
            fail(7, "\(client.name) got what was meant for \(part): \(line)")
        }
    }
}
