// hiredis' reply reader behind a typed face: bytes in, `RedisReply` values out. Used by
// `RedisConnection`.
//
// The reader calls us for each item, depth first; `ReplyBuilder` puts the values together without
// hiredis' own reply objects (which cost one allocation for every item).
import CHiredis

/// What a reader has after some bytes.
enum ReaderStep<Item> {
    case item(Item)
    case needsMore
    /// Not RESP2; the text is hiredis' and quotes at most one byte of the input.
    case violation(String)
}

/// Takes a stream of bytes apart into replies. Not thread safe.
final class ReplyReader {
    private let reader: RawReader
    private let builder: UnsafeMutablePointer<ReplyBuilder>

    init() {
        builder = .allocate(capacity: 1)
        builder.initialize(to: ReplyBuilder())
        reader = RawReader(
            redisReplyObjectFunctions(
                createString: replyDidReadString, createArray: replyDidBeginArray,
                createInteger: replyDidReadInteger, createNil: replyDidReadNull,
                freeObject: nil),
            state: builder)
    }

    deinit {
        reader.free()
        builder.deinitialize(count: 1)
        builder.deallocate()
    }

    func feed(_ bytes: UnsafeRawBufferPointer) {
        reader.feed(bytes)
    }

    /// The next complete reply.
    func next() -> ReaderStep<RedisReply> {
        switch reader.advance() {
        case .needsMore: return .needsMore
        case .violation(let text): return .violation(text)
        case .item: return .item(builder.pointee.take())
        }
    }
}

/// The C reader, its callbacks and the buffers between. Freed by its owner.
struct RawReader {
    /// Bytes to feed at a time: the reader moves its rest after each kilobyte consumed, which
    /// grows dear with longer feeds.
    static let feedBytes = 16 << 10

    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>

    init(_ callbacks: redisReplyObjectFunctions, state: UnsafeMutableRawPointer) {
        functions = .allocate(capacity: 1)
        functions.initialize(to: callbacks)
        guard let made = redisReaderCreateWithFunctions(functions) else {
            preconditionFailure("out of memory")
        }
        reader = made
        reader.pointee.privdata = state
        // Keep the buffer between feeds unless one reply made it huge.
        reader.pointee.maxbuf = 1 << 20
    }

    func free() {
        redisReaderFree(reader)
        functions.deallocate()
    }

    func feed(_ bytes: UnsafeRawBufferPointer) {
        redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }

    func advance() -> ReaderStep<Void> {
        var reply: UnsafeMutableRawPointer?
        if redisReaderGetReply(reader, &reply) != REDIS_OK {
            let text = withUnsafeBytes(of: &reader.pointee.errstr) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            return .violation(text)
        }
        return reply == nil ? .needsMore : .item(())
    }
}

/// What callbacks return for "made": the reader only compares it with NULL.
var madeByReader: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }

/// Puts items that arrive depth first together into one value.
struct ReplyBuilder {
    private struct OpenArray {
        var missing: Int
        var elements: [RedisReply]
    }

    private var open: [OpenArray] = []
    private var complete: RedisReply = .null

    mutating func take() -> RedisReply {
        let reply = complete
        complete = .null
        return reply
    }

    mutating func begin(count: Int) {
        if count == 0 { return add(.array([])) }
        var elements: [RedisReply] = []
        // The announced number is the peer's word: do not set aside more than a little for it.
        elements.reserveCapacity(min(count, 4096))
        open.append(OpenArray(missing: count, elements: elements))
    }

    mutating func add(_ reply: RedisReply) {
        var reply = reply
        while let last = open.indices.last {
            open[last].elements.append(reply)
            open[last].missing -= 1
            if open[last].missing > 0 { return }
            reply = .array(open.removeLast().elements)
        }
        complete = reply
    }
}

private func builder(
    _ task: UnsafePointer<redisReadTask>?
) -> UnsafeMutablePointer<ReplyBuilder>? {
    task?.pointee.privdata?.assumingMemoryBound(to: ReplyBuilder.self)
}

private func replyDidReadString(
    _ task: UnsafePointer<redisReadTask>?, _ start: UnsafeMutablePointer<CChar>?, _ count: Int
) -> UnsafeMutableRawPointer? {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    switch task?.pointee.type {
    case REDIS_REPLY_STATUS:
        builder(task)?.pointee.add(.status(String(decoding: bytes, as: UTF8.self)))
    case REDIS_REPLY_ERROR:
        let error = RedisServerError(line: String(decoding: bytes, as: UTF8.self))
        builder(task)?.pointee.add(.error(error))
    default: builder(task)?.pointee.add(.bytes([UInt8](bytes)))
    }
    return madeByReader
}

private func replyDidBeginArray(
    _ task: UnsafePointer<redisReadTask>?, _ count: Int32
) -> UnsafeMutableRawPointer? {
    builder(task)?.pointee.begin(count: Int(count))
    return madeByReader
}

private func replyDidReadInteger(
    _ task: UnsafePointer<redisReadTask>?, _ value: Int64
) -> UnsafeMutableRawPointer? {
    builder(task)?.pointee.add(.integer(value))
    return madeByReader
}

private func replyDidReadNull(
    _ task: UnsafePointer<redisReadTask>?
) -> UnsafeMutableRawPointer? {
    builder(task)?.pointee.add(.null)
    return madeByReader
}
