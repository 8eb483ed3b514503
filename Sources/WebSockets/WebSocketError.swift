// What can go wrong when a server, client or listener is set up. Later trouble is a close code.

public struct WebSocketError: Error, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// Not a numeric IPv4 or IPv6 address, or a port outside 0...65535.
        case badAddress
        /// Somebody else serves this address and port.
        case portInUse
        /// The system refused a socket call; `detail` names it.
        case socket
        /// An inherited descriptor is not a listening TCP socket.
        case notAListener
        /// libwebsockets gave no context: plug-in missing, certificate unreadable...
        case library
    }

    public let code: Code
    /// For the operator; holds no customer data.
    public let detail: String

    init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    public var description: String { "\(code.rawValue): \(detail)" }
}
