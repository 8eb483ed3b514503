/// What customers say instead of waiting, and how agents take what they left.
public import ChatModel

public struct MessageLeave: Hashable, Sendable {
    /// 1...64 bytes; the same key gives the first result.
    public var key: String
    /// At most 64 bytes.
    public var topic: String?
    /// 1 byte...the site's `message_bytes` of UTF-8.
    public var text: String
    /// How he wants to be called, at most 64 bytes; for agents' eyes.
    public var name: String?
    /// Where he can be reached otherwise, at most 200 bytes; for agents' eyes.
    public var contact: String?
    public var attributes: [String: AttributeValue]

    public init(
        key: String, topic: String? = nil, text: String, name: String? = nil,
        contact: String? = nil, attributes: [String: AttributeValue] = [:]
    ) {
        self.key = key
        self.topic = topic
        self.text = text
        self.name = name
        self.contact = contact
        self.attributes = attributes
    }
}

/// The answer of a customer who was asked what he wants after a long wait.
public struct QueueChoose: Hashable, Sendable {
    public var session: SessionID
    public var choice: CustomerChoice
    /// With `message`: what is to be added to what he wrote already.
    public var text: String?

    public init(session: SessionID, choice: CustomerChoice, text: String? = nil) {
        self.session = session
        self.choice = choice
        self.text = text
    }
}

extension FrameDecoder {
    func messageLeave(_ fields: borrowing FrameFields) throws(FrameError) -> MessageLeave {
        MessageLeave(
            key: try fields.name(.key, 1...64),
            topic: try fields.optionalName(.topic, 1...64),
            text: try fields.messageText(.text, limits.messageBytes),
            name: try fields.optionalName(.name, 1...64),
            contact: try fields.optionalName(.contact, 1...200),
            attributes: try attributes(fields))
    }

    func messageTake(_ fields: borrowing FrameFields) throws(FrameError) -> LeftMessageID {
        let text = try fields.boundedText(.message, 1...64)
        guard let message = LeftMessageID(text) else {
            throw fields.bad(.message, "m_ and 26 letters of base 32")
        }
        return message
    }

    func queueChoose(_ fields: borrowing FrameFields) throws(FrameError) -> QueueChoose {
        QueueChoose(
            session: try fields.session(), choice: try fields.choice(.choice),
            text: fields.has(.text)
                ? try fields.messageText(.text, limits.messageBytes) : nil)
    }
}
