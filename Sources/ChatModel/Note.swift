/// A note or whisper as it lies in a session's second stream, which no customer's path reads.
public struct NoteRecord: Hashable, Sendable {
    /// 1, 2, 3... without holes in its session.
    public let number: Int
    /// Milliseconds since 1970, the store's clock.
    public let at: Int64
    /// The number of the message it follows; 0 before the first.
    public let afterSeq: Int
    public let sender: Participant
    /// The writer's own key; shown to his own connections only.
    public let key: String
    /// As in `MessageRecord.body`, of kind `note` or `whisper`.
    public let body: [UInt8]

    public init(
        number: Int, at: Int64, afterSeq: Int, sender: Participant, key: String, body: [UInt8]
    ) {
        self.number = number
        self.at = at
        self.afterSeq = afterSeq
        self.sender = sender
        self.key = key
        self.body = body
    }
}
