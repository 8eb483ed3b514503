// Bytes that wait to be written to one socket. Used by `RedisLink`.
import Glibc

/// One growing buffer, written from the front.
struct Outbox {
    /// Memory kept when everything was written.
    private static let keptBytes = 1 << 20

    private var bytes: [UInt8] = []
    private var written = 0

    /// Bytes that wait.
    var count: Int { bytes.count - written }

    mutating func append(_ arguments: RedisArguments) {
        bytes.appendHeader(UInt8(ascii: "*"), arguments.count)
        bytes.append(contentsOf: arguments.bytes)
    }

    /// A script call: `opening` is EVALSHA and the hash, or EVAL and the text.
    mutating func append(_ opening: RedisArguments, _ call: RedisFunctionCall) {
        bytes.appendHeader(UInt8(ascii: "*"), opening.count + 1 + call.values.count)
        bytes.append(contentsOf: opening.bytes)
        bytes.appendHeader(UInt8(ascii: "$"), decimalLength(Int64(call.keyCount)))
        bytes.appendDecimal(Int64(call.keyCount))
        bytes.appendLineEnd()
        bytes.append(contentsOf: call.values.bytes)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytes)
        written = 0
    }

    /// Writes once. Answers the bytes taken by the kernel, or the negated errno.
    mutating func write(to descriptor: Int32) -> Int {
        let taken = bytes.withUnsafeBytes { buffer in
            Glibc.send(
                descriptor, buffer.baseAddress.map { $0 + written }, count, Int32(MSG_NOSIGNAL))
        }
        if taken < 0 { return -Int(errno) }
        written += taken
        if written == bytes.count {
            removeAll()
        } else if written > max(Self.keptBytes, bytes.count / 2) {
            bytes.removeFirst(written)
            written = 0
        }
        return taken
    }
}
