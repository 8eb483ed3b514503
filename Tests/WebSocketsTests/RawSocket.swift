// A blocking TCP socket that speaks bytes, so that tests can send what no client would.
import Glibc
import Testing

final class RawSocket {
    private(set) var descriptor: Int32
    private var buffered: [UInt8] = []

    /// Reads give up after `seconds`.
    init(port: UInt16, seconds: Int = 10, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure("socket: errno \(errno)") }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
        }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw TestFailure("connect: errno \(errno)") }
    }

    deinit { close() }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw TestFailure("send: errno \(errno)") }
            sent += count
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// More bytes; false at the end of the stream. A reset counts as an end.
    private func fill() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count > 0 {
            buffered += chunk[..<count]
            return true
        }
        if count < 0 && errno != ECONNRESET { throw TestFailure("recv: errno \(errno)") }
        return false
    }

    /// Everything until the peer closes.
    func readToEnd() throws -> [UInt8] {
        while try fill() {}
        defer { buffered = [] }
        return buffered
    }

    /// Exactly `count` bytes; nil at the end of the stream.
    func read(_ count: Int) throws -> [UInt8]? {
        while buffered.count < count {
            if try !fill() { return nil }
        }
        defer { buffered.removeFirst(count) }
        return Array(buffered[..<count])
    }

    /// Up to and with `end`; at the end of the stream what there was.
    func read(until end: String) throws -> String {
        let mark = Array(end.utf8)
        var from = 0
        while true {
            if buffered.count >= mark.count {
                for start in from...(buffered.count - mark.count)
                where Array(buffered[start..<start + mark.count]) == mark {
                    let found = buffered[..<(start + mark.count)]
                    buffered.removeFirst(found.count)
                    return String(decoding: found, as: UTF8.self)
                }
                from = buffered.count - mark.count + 1
            }
            if try !fill() {
                defer { buffered = [] }
                return String(decoding: buffered, as: UTF8.self)
            }
        }
    }

    // MARK: WebSocket

    static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    /// A good handshake, with changes.
    static func handshake(
        method: String = "GET", path: String = "/v1/ws", version: String = "HTTP/1.1",
        _ changes: [String: String] = [:], without left: String? = nil, extra: String = ""
    ) -> String {
        var headers: [(String, String)] = [
            ("Host", "127.0.0.1"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", key), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Protocol", "chathub.v1"),
        ]
        for (name, value) in changes {
            headers.removeAll { $0.0 == name }
            headers.append((name, value))
        }
        headers.removeAll { $0.0 == left }
        let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        return "\(method) \(path) \(version)\r\n\(lines)\(extra)\r\n"
    }

    /// Connects and expects a 101.
    static func opened(
        port: UInt16, receiveBuffer: Int32? = nil, _ changes: [String: String] = [:]
    ) throws -> RawSocket {
        let socket = try RawSocket(port: port, receiveBuffer: receiveBuffer)
        try socket.send(handshake(changes))
        let answer = try socket.read(until: "\r\n\r\n")
        guard answer.hasPrefix("HTTP/1.1 101 ") else { throw TestFailure("no 101: \(answer)") }
        return socket
    }

    struct Frame: Equatable {
        var opcode: UInt8
        var isFinal: Bool
        var payload: [UInt8]
        var text: String { String(decoding: payload, as: UTF8.self) }
        /// Of a close frame; 1005 without one.
        var code: Int { payload.count < 2 ? 1005 : Int(payload[0]) << 8 | Int(payload[1]) }
    }

    /// A masked frame's bytes. `announcing` lies about the length.
    static func frame(
        _ payload: [UInt8], opcode: UInt8 = 1, isFinal: Bool = true, announcing: UInt64? = nil
    ) -> [UInt8] {
        let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
        let count = announcing ?? UInt64(payload.count)
        if count < 126 {
            bytes.append(0x80 | UInt8(count))
        } else if count < 65_536 {
            bytes += [0x80 | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
        } else {
            bytes.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: count >> UInt64(shift)))
            }
        }
        bytes += mask
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index & 3]) }
        return bytes
    }

    func sendFrame(_ text: String, opcode: UInt8 = 1, isFinal: Bool = true) throws {
        try send(Self.frame(Array(text.utf8), opcode: opcode, isFinal: isFinal))
    }

    /// Nil at the end of the stream.
    func readFrame() throws -> Frame? {
        guard let head = try read(2) else { return nil }
        var length = Int(head[1] & 0x7F)
        if length == 126 {
            guard let more = try read(2) else { return nil }
            length = Int(more[0]) << 8 | Int(more[1])
        } else if length == 127 {
            guard let more = try read(8) else { return nil }
            length = more.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = try read(length) else { return nil }
        return Frame(opcode: head[0] & 0x0F, isFinal: head[0] & 0x80 != 0, payload: payload)
    }

    /// The next close frame's code, past whatever comes before; nil when the stream just ends.
    func readCloseCode() throws -> Int? {
        while let frame = try readFrame() {
            if frame.opcode == 8 { return frame.code }
        }
        return nil
    }
}
