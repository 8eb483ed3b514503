/// From a client's line to a `ClientLine`: the only way in. `HubCore` calls it for every line.
///
/// One pass finds the members (`FrameFields`), a second takes those the frame's type has. Members
/// it does not know are passed over, so that older hubs take newer clients. A pure value: it holds
/// nothing but its limits.
public struct FrameDecoder: Hashable, Sendable {
    /// Lines of one message, empty ones not counted.
    public static let lineLimit = 64
    /// Bytes of one message.
    public static let messageByteLimit = 65_536

    public var limits: DecoderLimits

    public init(limits: DecoderLimits = DecoderLimits()) {
        self.limits = limits
    }

    /// Calls `each` for the lines of a message in order, at most `limit`; lines of nothing but
    /// white space are skipped. False when there are more: the rest was not looked at and is to be
    /// answered with `too_many_lines`.
    @discardableResult
    public static func lines(
        in message: UnsafeRawBufferPointer, atMost limit: Int = lineLimit,
        _ each: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var start = 0
        var count = 0
        while start < message.count {
            let rest = UnsafeRawBufferPointer(rebasing: message[start...])
            let length = rest.firstIndex(of: 0x0A) ?? rest.count
            let line = UnsafeRawBufferPointer(rebasing: rest[..<length])
            start += length + 1
            let isEmpty = line.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
            if isEmpty { continue }
            guard count < limit else { return false }
            count += 1
            each(line)
        }
        return true
    }

    /// What a message of more lines than `limit` is answered with, after the first ones.
    public static func tooManyLines(limit: Int = lineLimit) -> FrameError {
        FrameError(id: nil, code: .tooManyLines, message: "at most \(limit) lines in one message")
    }

    /// Linear in the line's length. Never traps, whatever the bytes.
    public func decode(_ line: UnsafeRawBufferPointer) -> Result<ClientLine, FrameError> {
        var fields = FrameFields(line)
        do throws(JSONFault) {
            try fields.read()
            guard fields.isObject else {
                return .failure(
                    FrameError(id: nil, code: .badFrame, message: "a frame is a JSON object"))
            }
            return decode(&fields)
        } catch {
            return .failure(FrameError(error))
        }
    }

    /// The same for bytes in an array; for tests and rare paths.
    public func decode(_ line: [UInt8]) -> Result<ClientLine, FrameError> {
        line.withUnsafeBytes { decode($0) }
    }

    private func decode(_ fields: inout FrameFields) -> Result<ClientLine, FrameError> {
        do throws(FrameError) {
            let type = try Self.type(of: fields)
            if fields.has(.id) || !type.mayOmitID { fields.id = try fields.requestNumber() }
            return .success(ClientLine(id: fields.id, frame: try frame(type, fields)))
        } catch {
            return .failure(error)
        }
    }

    private static func type(of fields: borrowing FrameFields) throws(FrameError) -> ClientFrameType
    {
        if fields.isText(.type, "message.send") { return .messageSend }
        let text = try fields.boundedText(.type, 1...64)
        guard let type = ClientFrameType(rawValue: text) else {
            throw FrameError(
                id: fields.readableID, code: .unknownType, field: "type",
                message: "no frame has the type \(excerpt(text))")
        }
        return type
    }

    /// At most 40 bytes, and only when they are harmless wherever the message is shown.
    private static func excerpt(_ text: String) -> String {
        let isHarmless = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isHarmless && text.utf8.count <= 40 ? "'\(text)'" : "given"
    }

    private func frame(_ type: ClientFrameType, _ fields: borrowing FrameFields) throws(FrameError)
        -> ClientFrame
    {
        switch type {
        case .messageSend: return .messageSend(try messageSend(fields))
        case .pong: return .pong
        case .typing:
            return .typing(
                Typing(
                    session: try fields.session(), isTyping: try fields.boolean(.typing)))
        case .read:
            return .read(
                ReadMark(session: try fields.session(), seq: try fields.count(.seq, 0...)))
        case .hello: return .hello(try hello(fields))
        case .history: return .history(try history(fields))
        case .sessionStart: return .sessionStart(try sessionStart(fields))
        case .sessionLeave: return .sessionLeave(SessionReference(session: try fields.session()))
        case .sessionClose: return .sessionClose(SessionReference(session: try fields.session()))
        case .statusSet: return .statusSet(try statusSet(fields))
        case .queueSubscribe: return .queueSubscribe(try groups(fields))
        case .queueUnsubscribe: return .queueUnsubscribe(try groups(fields))
        case .offerAccept: return .offerAccept(SessionReference(session: try fields.session()))
        case .offerDecline:
            return .offerDecline(
                OfferDecline(
                    session: try fields.session(), reason: try fields.optionalText(.reason, 0...200)
                ))
        case .sessionHuman:
            return .sessionHuman(
                SessionHuman(
                    session: try fields.session(), reason: try fields.optionalText(.reason, 0...200)
                ))
        case .sessionPick: return .sessionPick(SessionReference(session: try fields.session()))
        case .sessionAssign: return .sessionAssign(try sessionAssign(fields))
        case .sessionExplain:
            return .sessionExplain(SessionReference(session: try fields.session()))
        case .sessionTransfer, .sessionTransferCancel, .sessionInvite, .sessionInviteCancel,
            .sessionJoin, .sessionTake, .sessionWatch, .sessionUnwatch, .sessionNote,
            .sessionWhisper, .sessionNotes:
            return try together(type, fields)
        case .messageLeave: return .messageLeave(try messageLeave(fields))
        case .messageTake: return .messageTake(try messageTake(fields))
        case .queueChoose: return .queueChoose(try queueChoose(fields))
        case .sessionRate: return .sessionRate(try sessionRate(fields))
        case .customerGet: return .customerGet(CustomerReference(customer: try customer(fields)))
        case .customerSet: return .customerSet(try customerSet(fields))
        case .fileOffer: return .fileOffer(try fileOffer(fields))
        case .fileLink: return .fileLink(try fileReference(fields))
        case .boardSubscribe: return .boardSubscribe
        case .boardUnsubscribe: return .boardUnsubscribe
        case .sessionsList: return .sessionsList(try sessionsList(fields))
        case .agentsList: return .agentsList
        case .cannedList: return .cannedList
        case .cannedSet: return .cannedSet(try cannedSet(fields))
        case .sessionWrap: return .sessionWrap(try sessionWrap(fields))
        case .sessionTag: return .sessionTag(try sessionTag(fields))
        case .agentSet: return .agentSet(try agentSet(fields))
        case .customerSessions: return .customerSessions(try customerSessions(fields))
        case .messageDelete: return .messageDelete(try messageDelete(fields))
        case .sessionReopen: return .sessionReopen(try sessionReopen(fields))
        }
    }
}
