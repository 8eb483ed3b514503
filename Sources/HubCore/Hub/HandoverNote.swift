/// What a robot leaves to the agent who takes over, as one JSON object: why, who the robot was, how
/// often it did not know, and the customer's last questions. Agents see it, customers never do.
import ChatModel
import ChatProtocol

struct HandoverNote {
    let bytes: [UInt8]

    /// Messages of the talk's end that are looked at.
    static let pageLimit = 50
    private static let questionBound = 3
    /// Characters of a question that are repeated; the whole of it is in the talk.
    private static let questionLength = 100

    init(cause: HandoverCause, said: String?, robot: PersonID?, _ messages: [MessageRecord]) {
        var misses = 0
        var questions: [String] = []
        for message in messages {
            let tree = JSONValue([UInt8(ascii: "{")] + message.body + [UInt8(ascii: "}")])
            switch message.sender.role {
            case .bot:
                if case .boolean(true) = tree?["unknown"] { misses += 1 }
            case .customer:
                if case .text(let text) = tree?["text"] {
                    questions.append(String(text.prefix(Self.questionLength)))
                }
            default: break
            }
        }
        var json = JSONWriter(capacity: 256)
        json.raw("{")
        json.member("reason", cause.rawValue)
        json.optional("robot", robot?.text)
        json.optional("said", said)
        json.member("misses", misses)
        json.name("questions")
        json.raw("[")
        for (index, question) in questions.suffix(Self.questionBound).enumerated() {
            if index > 0 { json.raw(",") }
            json.text(question)
        }
        json.raw("]}")
        bytes = json.bytes
    }
}
