// What becomes of a request's body, which its handler decides by the head, and bodies that go out
// piece by piece. Used by `HTTPExchange`.

/// Of a POST, PUT or PATCH.
public enum HTTPBodyPlan {
    /// Whole in memory, at most `limits.maxBodyBytes`; then `respond` is asked.
    case collect
    /// Read while it comes, at most `limits.maxStreamedBytes`; `respond` is not asked.
    case stream(any HTTPBodyReader)
    /// Not read at all: answered at once, and the connection is closed.
    case refuse(HTTPResponse)
}

/// Takes a body while it comes. Called on the loop's thread.
public protocol HTTPBodyReader: AnyObject {
    /// The next piece; `piece` is valid during the call only. To be left alone for a while, call
    /// the completion's `pauseBody`.
    func take(_ piece: UnsafeRawBufferPointer)
    /// The body is whole. Not called for one whose connection ends before.
    func finish() -> HTTPResponse
}

/// Gives a response's body while it goes out: the next piece is asked for when the one before has
/// been written, so a slow reader holds one piece in memory. Used on the loop's thread.
public protocol HTTPBodySource: AnyObject, Sendable {
    /// Hands 1...`most` bytes to `then`, at once or later, on the loop; nil when it cannot be read
    /// on, and the connection ends there.
    func read(atMost most: Int, then: @escaping ([UInt8]?) -> Void)
    /// Nothing more is asked for: all has gone out, or nobody reads any more.
    func end()
}
