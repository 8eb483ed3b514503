/// Reads the frames of `ClientFrame+Hands`.
import ChatModel

extension FrameDecoder {
    /// Precondition: one of these types; `frame(_:_:)` names them.
    func together(_ type: ClientFrameType, _ fields: borrowing FrameFields) throws(FrameError)
        -> ClientFrame
    {
        switch type {
        case .sessionTransfer: return .sessionTransfer(try transfer(fields))
        case .sessionTransferCancel: return .sessionTransferCancel(try reference(fields))
        case .sessionInvite: return .sessionInvite(try invite(fields))
        case .sessionInviteCancel:
            return .sessionInviteCancel(
                SessionInviteCancel(session: try fields.session(), agent: try agent(fields)))
        case .sessionJoin: return .sessionJoin(try reference(fields))
        case .sessionTake: return .sessionTake(try reference(fields))
        case .sessionWatch: return .sessionWatch(try reference(fields))
        case .sessionUnwatch: return .sessionUnwatch(try reference(fields))
        case .sessionNote: return .sessionNote(try note(fields))
        case .sessionWhisper: return .sessionWhisper(try note(fields))
        case .sessionNotes: return .sessionNotes(try history(fields))
        default: preconditionFailure("a frame of another file")
        }
    }

    private func reference(_ fields: borrowing FrameFields) throws(FrameError) -> SessionReference {
        SessionReference(session: try fields.session())
    }

    private func transfer(_ fields: borrowing FrameFields) throws(FrameError) -> SessionTransfer {
        SessionTransfer(
            session: try fields.session(), key: try fields.name(.key, 1...64),
            to: try transferTarget(fields),
            note: fields.has(.note) ? try fields.messageText(.note, limits.messageBytes) : nil,
            isWarm: fields.has(.warm) ? try fields.boolean(.warm) : false)
    }

    private func invite(_ fields: borrowing FrameFields) throws(FrameError) -> SessionInvite {
        SessionInvite(
            session: try fields.session(), key: try fields.name(.key, 1...64),
            agent: try agent(fields),
            note: fields.has(.note) ? try fields.messageText(.note, limits.messageBytes) : nil)
    }

    private func transferTarget(_ fields: borrowing FrameFields) throws(FrameError)
        -> SessionTransfer.Target
    {
        guard let tree = try fields.tree(.to) else { throw fields.missing(.to) }
        switch (tree["agent"], tree["group"]) {
        case (.text(let text)?, nil):
            if let agent = PersonID(text) { return .agent(agent) }
        case (nil, .text(let text)?):
            if let group = GroupID(text) { return .group(group) }
        default: break
        }
        throw fields.bad(.to, "an object of either agent or group")
    }

    func agent(_ fields: borrowing FrameFields) throws(FrameError) -> PersonID {
        guard let agent = PersonID(try fields.boundedText(.agent, 1...64)) else {
            throw fields.bad(.agent, "a person: 1 to 64 of A-Z a-z 0-9 . _ @ + -")
        }
        return agent
    }

    private func note(_ fields: borrowing FrameFields) throws(FrameError) -> SessionNote {
        SessionNote(
            session: try fields.session(), key: try fields.name(.key, 1...64),
            text: try fields.messageText(.text, limits.messageBytes))
    }
}
