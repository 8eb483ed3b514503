/// What the hub says to a customer whom nobody can answer now: closed, full, or waiting too long.
public import ChatModel

extension ServerFrame {
    /// To a `session.start` that nobody takes. `opensAt`, milliseconds since 1970, is told with
    /// `closed` alone: nil there when no opening is known.
    public static func turnedAway(
        id: Int64, code: ErrorCode, message: String, opensAt: Int64?, choices: [CustomerChoice]
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 192)
        json.raw("{\"type\":\"error\"")
        json.member("id", id)
        json.member("code", code.rawValue)
        json.member("message", message)
        json.member("retryable", code.isRetryable)
        if code == .closed {
            json.name("opens_at")
            if let opensAt { json.integer(opensAt) } else { json.raw("null") }
        }
        list(choices, &json)
        json.raw("}")
        return json.bytes
    }

    /// To `message.leave`, and to `queue.choose` when a message was left.
    public static func leftOK(id: Int64, _ message: LeftMessageID) -> [UInt8] {
        var json = JSONWriter(capacity: 80)
        json.raw("{\"type\":\"ok\"")
        json.member("id", id)
        json.member("message", message.description)
        json.raw("}")
        return json.bytes
    }

    /// To a customer who has waited as long as the site lets him wait unasked.
    public static func queueChoice(session: SessionID, choices: [CustomerChoice]) -> [UInt8] {
        var json = JSONWriter(capacity: 128)
        json.raw("{\"type\":\"queue.choice\"")
        json.member("session", session)
        list(choices, &json)
        json.raw("}")
        return json.bytes
    }

    private static func list(_ choices: [CustomerChoice], _ json: inout JSONWriter) {
        json.name("choices")
        json.raw("[")
        for (index, choice) in choices.enumerated() {
            if index > 0 { json.raw(",") }
            json.text(choice.rawValue)
        }
        json.raw("]")
    }
}
