/// What the hub itself says in a session.
import ChatModel
import ChatProtocol

extension MemorySite {
    /// Numbered, in the stream, and told like every message; nobody's last word.
    mutating func say(_ event: SystemEvent, about agent: PersonID? = nil, in id: SessionID) {
        renewEpoch(id)
        let label = agent.map { agents[$0]?.label ?? AgentProfile(id: $0).label }
        let (seq, epoch) = (sessions[id]!.record.lastSeq + 1, sessions[id]!.record.epoch)
        let line = MessageRecord(
            seq: seq, at: now, sender: .hub, key: "",
            body: ServerFrame.systemBody(event, agent: label))
        sessions[id]!.record.lastSeq = seq
        sessions[id]!.stream.append(line)
        told.append(
            MemoryTold(
                watching: id,
                notice: .message(id, epoch: epoch, line, origin: .nobody)))
    }
}

extension ConnectionReference {
    /// What the hub says comes from no connection.
    static let nobody = ConnectionReference(incarnation: 0, connection: 0)
}
