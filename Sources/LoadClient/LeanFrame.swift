/// The members a load test checks on every message, read from the bytes without making a string:
/// `RelayScenario` hears thousands of these a second. What does not look as the hub writes it is
/// left to `ServerEvent`, which judges; `LoadCrowd` decides which one reads.
import ChatModel
import Glibc

struct LeanFrame {
    enum Kind { case ok, message, position, ping, other }

    private(set) var kind = Kind.other
    /// The request it answers; nil on events.
    private(set) var id: Int64?
    private(set) var session: SessionID?
    private(set) var seq: Int?
    private(set) var position: Int?
    /// Between the quotes, escapes unread; empty without a `text`. Valid while the line is.
    private(set) var text = UnsafeRawBufferPointer(start: nil, count: 0)

    /// Nil when the line has white space between its members, an escape in a name, a number that
    /// is no integer, or is no object. One pass; nested values are passed over unread.
    init?(_ line: UnsafeRawBufferPointer) {
        var walk = LeanWalk(line)
        guard walk.take(UInt8(ascii: "{")) else { return nil }
        repeat {
            guard let name = walk.string(), walk.take(UInt8(ascii: ":")),
                read(name, &walk)
            else { return nil }
        } while walk.take(UInt8(ascii: ","))
        guard walk.take(UInt8(ascii: "}")), walk.isAtEnd else { return nil }
    }

    @inline(__always)
    private mutating func read(_ name: UnsafeRawBufferPointer, _ walk: inout LeanWalk) -> Bool {
        switch name.count {
        case 2 where Self.same(name, "id"):
            id = walk.integer()
            return id != nil
        case 3 where Self.same(name, "seq"):
            seq = walk.integer().map { Int($0) }
            return seq != nil
        case 4 where Self.same(name, "type"):
            guard let value = walk.string() else { return false }
            kind = Self.kind(value)
            return true
        case 4 where Self.same(name, "text"):
            guard let value = walk.string() else { return false }
            text = value
            return true
        case 7 where Self.same(name, "session"):
            guard let value = walk.string() else { return false }
            session = SessionID(utf8: value)
            return true
        case 8 where Self.same(name, "position"):
            position = walk.integer().map { Int($0) }
            return position != nil
        default: return walk.skipValue()
        }
    }

    private static func kind(_ value: UnsafeRawBufferPointer) -> Kind {
        switch value.count {
        case 2 where same(value, "ok"): .ok
        case 4 where same(value, "ping"): .ping
        case 7 where same(value, "message"): .message
        case 14 where same(value, "queue.position"): .position
        default: .other
        }
    }

    /// The caller has compared the lengths.
    @inline(__always)
    private static func same(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        // Both are `bytes.count` long; a static string's bytes live as long as the process.
        bytes.baseAddress.map { memcmp($0, word.utf8Start, bytes.count) == 0 } ?? false
    }
}

/// A position in a line of JSON without white space. Never reads outside the line.
private struct LeanWalk {
    private let line: UnsafeRawBufferPointer
    private var at = 0

    init(_ line: UnsafeRawBufferPointer) { self.line = line }

    var isAtEnd: Bool { at == line.count }

    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard at < line.count, line[at] == byte else { return false }
        at += 1
        return true
    }

    /// What stands between two quotes; nil when there are none, or an escape in between.
    mutating func string() -> UnsafeRawBufferPointer? {
        guard take(0x22), let start = line.baseAddress?.advanced(by: at),
            let end = memchr(start, 0x22, line.count - at)
        else { return nil }
        let count = UnsafeRawPointer(end) - start
        guard memchr(start, 0x5C, count) == nil else { return nil }
        at += count + 1
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// At most 18 digits, followed by the end of the member.
    mutating func integer() -> Int64? {
        let isNegative = take(0x2D)
        var value: Int64 = 0
        let first = at
        while at < line.count, (0x30...0x39).contains(line[at]), at - first < 18 {
            value = value &* 10 &+ Int64(line[at] &- 0x30)
            at += 1
        }
        guard at > first, at < line.count, line[at] == 0x2C || line[at] == 0x7D else { return nil }
        return isNegative ? -value : value
    }

    mutating func skipValue() -> Bool {
        guard at < line.count else { return false }
        switch line[at] {
        case 0x22: return skipString()
        case 0x7B, 0x5B: return skipNested()
        default:
            let first = at
            while at < line.count, line[at] != 0x2C, line[at] != 0x7D, line[at] > 0x20 { at += 1 }
            return at > first
        }
    }

    private mutating func skipString() -> Bool {
        at += 1
        while at < line.count, line[at] != 0x22 { at += line[at] == 0x5C ? 2 : 1 }
        at += 1
        return at <= line.count
    }

    private mutating func skipNested() -> Bool {
        var depth = 0
        while at < line.count {
            switch line[at] {
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D:
                depth -= 1
                if depth == 0 {
                    at += 1
                    return true
                }
            case 0x22:
                guard skipString() else { return false }
                continue
            default: break
            }
            at += 1
        }
        return false
    }
}
