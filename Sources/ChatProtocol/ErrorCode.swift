/// The codes of error frames. `Protocol/codes.json` lists the same ones with their meaning; a test
/// compares the two.
public enum ErrorCode: String, Hashable, Sendable, CaseIterable {
    // The line itself is wrong.
    case badJSON = "bad_json"
    case badFrame = "bad_frame"
    case unknownType = "unknown_type"
    case missingField = "missing_field"
    case badField = "bad_field"
    case textTooLong = "text_too_long"
    case tooManyLines = "too_many_lines"
    // The line comes at the wrong time or from the wrong person.
    case helloExpected = "hello_expected"
    case alreadyGreeted = "already_greeted"
    case unauthorized
    case tokenExpired = "token_expired"
    case originRefused = "origin_refused"
    case unknownSite = "unknown_site"
    case forbidden
    case notFound = "not_found"
    // The state does not allow it.
    case sessionClosed = "session_closed"
    case noOffer = "no_offer"
    case keyConflict = "key_conflict"
    case gone
    case queueFull = "queue_full"
    case unknownGroup = "unknown_group"
    case tooManySessions = "too_many_sessions"
    case noHuman = "no_human"
    case noRobot = "no_robot"
    case noFloor = "no_floor"
    case notWaiting = "not_waiting"
    case notActive = "not_active"
    case agentFull = "agent_full"
    case agentUnavailable = "agent_unavailable"
    case closed
    case sessionOpen = "session_open"
    case notReopenable = "not_reopenable"
    case tooManyMessages = "too_many_messages"
    case noMessage = "no_message"
    case noChoice = "no_choice"
    case fileTooBig = "file_too_big"
    case fileType = "file_type"
    case tooManyFiles = "too_many_files"
    case noFile = "no_file"
    // Try again.
    case rateLimited = "rate_limited"
    case unavailable
    case uncertain
    case draining
    case internalError = "internal"

    /// Whether the same request may succeed later, unchanged and with the same key.
    public var isRetryable: Bool {
        switch self {
        case .rateLimited, .unavailable, .uncertain, .draining, .internalError, .tooManySessions,
            .queueFull, .tooManyMessages, .noRobot:
            true
        default: false
        }
    }
}

/// Codes a connection is closed with: 4000-4499 reconnect with back-off, 4500-4999 do not.
public enum CloseCode: UInt16, Hashable, Sendable, CaseIterable {
    case drain = 4000
    case heartbeatLost = 4001
    case slowReader = 4008
    case overloaded = 4010
    case badPayload = 4500
    case tooBig = 4501
    case unfinishedMessage = 4502
    case helloExpected = 4503
    case refused = 4504
    case tooManyErrors = 4505
    case replaced = 4506
    case tokenExpired = 4507

    public var mayReconnect: Bool { rawValue < 4500 }
}
