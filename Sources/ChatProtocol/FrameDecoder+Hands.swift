/// Reads the frames of `ClientFrame+Hands`.
import ChatModel

extension FrameDecoder {
    /// Precondition: one of these types; `frame(_:_:)` names them.
    func together(_ type: ClientFrameType, _ fields: borrowing FrameFields) throws(FrameError)
        -> ClientFrame
    {
        switch type {
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

    private func note(_ fields: borrowing FrameFields) throws(FrameError) -> SessionNote {
        SessionNote(
            session: try fields.session(), key: try fields.name(.key, 1...64),
            text: try fields.messageText(.text, limits.messageBytes))
    }
}
