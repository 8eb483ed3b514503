// hiredis' reply reader for a subscribed connection: three-element arrays become pushes without a
// single allocation. Used by `RedisSubscriber`.
//
// Channel and payload are copied into two buffers that are reused, because the reader moves its
// own buffer between the elements of one push and before it reports the last one.
import CHiredis

/// One thing a subscribed connection receives.
enum Push {
    /// A message: channel and payload are in the reader's `channel` and `payload`.
    case message
    /// A channel (in `channel`) is subscribed now.
    case subscribed
    /// A channel (in `channel`) is no longer subscribed.
    case unsubscribed
    /// An answer to a greeting command or PING, or an error.
    case answer(RedisServerError?)
    /// Anything else Redis may send (pattern messages...): ignored.
    case other
}

/// Takes a subscribed connection's bytes apart. Not thread safe.
final class PushReader {
    private let reader: RawReader
    private let state: UnsafeMutablePointer<PushState>

    init() {
        state = .allocate(capacity: 1)
        state.initialize(to: PushState())
        reader = RawReader(
            redisReplyObjectFunctions(
                createString: pushDidReadString, createArray: pushDidBeginArray,
                createInteger: pushDidReadInteger, createNil: pushDidReadNull, freeObject: nil),
            state: state)
    }

    deinit {
        reader.free()
        state.pointee.channel.free()
        state.pointee.payload.free()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    func feed(_ bytes: UnsafeRawBufferPointer) {
        reader.feed(bytes)
    }

    /// The next complete push.
    func next() -> ReaderStep<Push> {
        state.pointee.kind = .other
        switch reader.advance() {
        case .needsMore: return .needsMore
        case .violation(let text): return .violation(text)
        case .item: return .item(state.pointee.push)
        }
    }

    /// The channel of the push that `next` gave last; valid until the next call of `next`.
    var channel: UnsafeRawBufferPointer { state.pointee.channel.contents }
    /// The payload of the push that `next` gave last; valid until the next call of `next`.
    var payload: UnsafeRawBufferPointer { state.pointee.payload.contents }
}

/// The push being read. Pieces of one push may come in different feeds.
struct PushState {
    enum Kind { case message, subscribed, unsubscribed, answer, error, other }
    var kind = Kind.other
    /// Kind of the array being read: survives `next` calls that need more bytes.
    var arrayKind = Kind.other
    var isArray = false
    var error: RedisServerError?
    var channel = ReusedBuffer()
    var payload = ReusedBuffer()

    var push: Push {
        let kind = isArray ? arrayKind : self.kind
        switch kind {
        case .message: return .message
        case .subscribed: return .subscribed
        case .unsubscribed: return .unsubscribed
        case .answer: return .answer(nil)
        case .error: return .answer(error)
        case .other: return .other
        }
    }

    mutating func readString(_ bytes: UnsafeRawBufferPointer, type: Int32, index: Int32) {
        if !isArray {
            kind = type == REDIS_REPLY_ERROR ? .error : .answer
            error =
                type == REDIS_REPLY_ERROR
                ? RedisServerError(line: String(decoding: bytes, as: UTF8.self)) : nil
            return
        }
        switch index {
        case 0: arrayKind = Self.kind(of: bytes)
        case 1: channel.set(bytes)
        case 2: payload.set(bytes)
        default: arrayKind = .other
        }
    }

    private static func kind(of word: UnsafeRawBufferPointer) -> Kind {
        // Of all the words Redis may begin a push with, the length and first letter decide.
        switch (word.count, word.first) {
        case (7, UInt8(ascii: "m")): return .message
        case (9, UInt8(ascii: "s")): return .subscribed
        case (11, UInt8(ascii: "u")): return .unsubscribed
        case (4, UInt8(ascii: "p")): return .answer
        default: return .other
        }
    }
}

/// Bytes that are replaced often and keep their memory. Owner calls `free`.
struct ReusedBuffer {
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var count = 0

    var contents: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    mutating func set(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count > memory.count {
            memory.deallocate()
            memory = .allocate(byteCount: max(256, bytes.count * 2), alignment: 1)
        }
        memory.copyMemory(from: bytes)
        count = bytes.count
    }

    func free() {
        memory.deallocate()
    }
}

private func pushState(_ task: UnsafePointer<redisReadTask>?) -> UnsafeMutablePointer<PushState>? {
    task?.pointee.privdata?.assumingMemoryBound(to: PushState.self)
}

private func pushDidReadString(
    _ task: UnsafePointer<redisReadTask>?, _ start: UnsafeMutablePointer<CChar>?, _ count: Int
) -> UnsafeMutableRawPointer? {
    guard let task, let state = pushState(task) else { return nil }
    if task.pointee.parent == nil { state.pointee.isArray = false }
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    state.pointee.readString(bytes, type: task.pointee.type, index: task.pointee.idx)
    return madeByReader
}

private func pushDidBeginArray(
    _ task: UnsafePointer<redisReadTask>?, _ count: Int32
) -> UnsafeMutableRawPointer? {
    guard let task, let state = pushState(task) else { return nil }
    state.pointee.isArray = true
    state.pointee.arrayKind = .other
    return madeByReader
}

private func pushDidReadInteger(
    _ task: UnsafePointer<redisReadTask>?, _ value: Int64
) -> UnsafeMutableRawPointer? {
    guard let task, let state = pushState(task) else { return nil }
    if task.pointee.parent == nil { state.pointee.isArray = false }
    return madeByReader
}

private func pushDidReadNull(
    _ task: UnsafePointer<redisReadTask>?
) -> UnsafeMutableRawPointer? {
    guard let task, let state = pushState(task) else { return nil }
    if task.pointee.parent == nil { state.pointee.isArray = false }
    return madeByReader
}
