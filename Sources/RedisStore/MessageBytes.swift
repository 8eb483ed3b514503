/// A message's bytes on their way: role letter, length and bytes of the sender's identifier, length
/// and bytes of his key, body. So they lie in the stream, and so they are published behind a line
/// of numbers (`append.lua`). No strings are made of what need not be one.
import ChatModel
import HubCore

enum MessageBytes {
    /// The form a script takes. Precondition: identifier and key are within their limits.
    static func append(_ message: NewMessage, to bytes: inout [UInt8]) {
        bytes.append(letter(of: message.sender.role))
        append(message.sender.id.text, to: &bytes)
        append(message.key, to: &bytes)
        bytes.append(contentsOf: message.body)
    }

    /// How many bytes `append` makes of it.
    static func count(of message: NewMessage) -> Int {
        3 + message.sender.id.text.utf8.count + message.key.utf8.count + message.body.count
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let utf8 = text.utf8
        precondition(utf8.count <= 255, "identifiers and keys are 64 bytes at most")
        bytes.append(UInt8(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    static func appendOrigin(_ origin: ConnectionReference, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(origin.incarnation).utf8)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: String(origin.connection).utf8)
    }

    static func letter(of role: Role) -> UInt8 {
        switch role {
        case .customer: UInt8(ascii: "c")
        case .agent: UInt8(ascii: "a")
        case .supervisor: UInt8(ascii: "s")
        case .admin: UInt8(ascii: "m")
        case .bot: UInt8(ascii: "b")
        }
    }

    static func role(of letter: UInt8) -> Role? {
        switch letter {
        case UInt8(ascii: "c"): .customer
        case UInt8(ascii: "a"): .agent
        case UInt8(ascii: "s"): .supervisor
        case UInt8(ascii: "m"): .admin
        case UInt8(ascii: "b"): .bot
        default: nil
        }
    }

    /// The payload of volatile events: `v`, `t0`, `t1`, `r<seq>` or `q0`, origin, role and person.
    static func payload(of event: VolatileEvent) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "v")]
        switch event.kind {
        case .typing(let isTyping): bytes.append(contentsOf: (isTyping ? "t1" : "t0").utf8)
        case .read(let seq): bytes.append(contentsOf: "r\(seq)".utf8)
        case .whoRead: bytes.append(contentsOf: "q0".utf8)
        }
        bytes.append(UInt8(ascii: " "))
        appendOrigin(event.origin, to: &bytes)
        bytes.append(UInt8(ascii: " "))
        bytes.append(letter(of: event.from.role))
        bytes.append(contentsOf: event.from.id.text.utf8)
        return bytes
    }
}

/// Reads message bytes and payloads. `Senders` saves making the same identifier again and again.
struct MessageReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// What a session's channel brought. Nil when it is nothing this version knows.
    static func notice(
        of session: SessionID, _ payload: UnsafeRawBufferPointer, senders: inout Senders
    ) -> StoreNotice? {
        var reader = MessageReader(payload)
        switch reader.readByte() {
        case UInt8(ascii: "m"): return reader.readMessageNotice(session, &senders)
        case UInt8(ascii: "v"): return reader.readVolatileNotice(session, &senders)
        case UInt8(ascii: "n"): return reader.readNoteNotice(session, &senders)
        default: return nil
        }
    }

    private mutating func readMessageNotice(_ session: SessionID, _ senders: inout Senders)
        -> StoreNotice?
    {
        guard let seq = readNumber(), let at = readNumber(), let epoch = readNumber(),
            let incarnation = readNumber(), let connection = readNumber(),
            let message = readMessage(
                seq: Int(seq), at: Int64(at), senders: &senders)
        else { return nil }
        let origin = ConnectionReference(incarnation: Int64(incarnation), connection: connection)
        return .message(session, epoch: Int(epoch), message, origin: origin)
    }

    private mutating func readNoteNotice(_ session: SessionID, _ senders: inout Senders)
        -> StoreNotice?
    {
        guard let number = readNumber(), let at = readNumber(), let after = readNumber(),
            let incarnation = readNumber(), let connection = readNumber(),
            let note = readMessage(seq: Int(number), at: Int64(at), senders: &senders)
        else { return nil }
        let origin = ConnectionReference(incarnation: Int64(incarnation), connection: connection)
        return .note(session, NoteRecord(note, afterSeq: Int(after)), origin: origin)
    }

    /// The rest of the bytes is one message.
    mutating func readMessage(seq: Int, at: Int64, senders: inout Senders) -> MessageRecord? {
        guard let letter = readByte(), let role = MessageBytes.role(of: letter),
            let id = readCounted(), let sender = senders.participant(role, id),
            let key = readCounted()
        else { return nil }
        return MessageRecord(
            seq: seq, at: at, sender: sender, key: String(decoding: key, as: UTF8.self),
            body: Array(UnsafeRawBufferPointer(rebasing: bytes[position...])))
    }

    private mutating func readVolatileNotice(_ session: SessionID, _ senders: inout Senders)
        -> StoreNotice?
    {
        let letter = readByte()
        guard let value = readNumber(), let incarnation = readNumber(),
            let connection = readNumber(), let role = readByte().flatMap(MessageBytes.role(of:)),
            let from = senders.participant(
                role, UnsafeRawBufferPointer(rebasing: bytes[position...]))
        else { return nil }
        let kind: VolatileEvent.Kind
        switch letter {
        case UInt8(ascii: "t"): kind = .typing(value == 1)
        case UInt8(ascii: "r"): kind = .read(Int(value))
        case UInt8(ascii: "q"): kind = .whoRead
        default: return nil
        }
        let origin = ConnectionReference(incarnation: Int64(incarnation), connection: connection)
        return .volatile(
            VolatileEvent(session: session, from: from, kind: kind, origin: origin))
    }

    private mutating func readByte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// A decimal number and the space or end behind it.
    mutating func readNumber() -> UInt64? {
        var value: UInt64 = 0
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: " ") {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10, position - start < 19 else { return nil }
            value = value * 10 + UInt64(digit)
            position += 1
        }
        guard position > start else { return nil }
        position += 1
        return value
    }

    private mutating func readCounted() -> UnsafeRawBufferPointer? {
        guard let count = readByte().map(Int.init), count <= bytes.count - position else {
            return nil
        }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }
}

extension NoteRecord {
    /// A note lies in its stream as a message does.
    init(_ message: MessageRecord, afterSeq: Int) {
        self.init(
            number: message.seq, at: message.at, afterSeq: afterSeq, sender: message.sender,
            key: message.key, body: message.body)
    }
}

/// The few people who write in one session: their identifiers are made once.
struct Senders {
    private var known: [Participant] = []

    mutating func participant(_ role: Role, _ id: UnsafeRawBufferPointer) -> Participant? {
        if let found = known.first(where: { $0.role == role && $0.id.text.utf8.elementsEqual(id) })
        {
            return found
        }
        guard let person = PersonID(String(decoding: id, as: UTF8.self)) else { return nil }
        let participant = Participant(role: role, id: person)
        if known.count >= 8 { known.removeFirst() }
        known.append(participant)
        return participant
    }
}
