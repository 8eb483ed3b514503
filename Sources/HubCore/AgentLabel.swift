/// How the hub's own lines name an agent. Stores keep it with him, because steps that nobody asked
/// for (a sweep, a lost node) speak of him too.
public import ChatModel
import ChatProtocol

extension AgentProfile {
    /// One JSON object.
    public var label: [UInt8] { ServerFrame.agentLabel(id, name: name) }
}
