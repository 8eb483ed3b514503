// What becomes of a request's body, which its handler decides by the head. Used by `HTTPExchange`.

/// Of a POST or PATCH.
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
