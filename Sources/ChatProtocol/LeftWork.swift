/// The left messages of a group as its agents see them in `queue.update`.
public import ChatModel

public struct LeftWork: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var message: LeftMessageID
        public var level: Level
        public var topic: String?
        /// When it was left, in milliseconds since 1970.
        public var since: Int64

        public init(message: LeftMessageID, level: Level, topic: String?, since: Int64) {
            self.message = message
            self.level = level
            self.topic = topic
            self.since = since
        }
    }

    public var count: Int
    public var oldestSeconds: Int
    /// The first in true order.
    public var head: [Entry]

    public init(count: Int, oldestSeconds: Int, head: [Entry]) {
        self.count = count
        self.oldestSeconds = oldestSeconds
        self.head = head
    }
}

extension ServerFrame {
    static func leftWork(_ left: LeftWork, _ json: inout JSONWriter) {
        json.name("left")
        json.raw("{")
        json.member("count", left.count)
        json.member("oldest_s", left.oldestSeconds)
        json.name("head")
        json.raw("[")
        for (index, entry) in left.head.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{")
            json.member("message", entry.message.description)
            json.member("level", entry.level.value)
            json.optional("topic", entry.topic)
            json.member("since", entry.since)
            json.raw("}")
        }
        json.raw("]}")
    }
}
