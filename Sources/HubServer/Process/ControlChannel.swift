/// The line between the parent and one worker: small named messages over a Unix socket pair. When
/// it ends, the other side has gone, and a worker drains. Used on the loop's thread only.
import EventLoop
import Foundation

/// One message. On the wire: `NAME ID LENGTH\n` and LENGTH bytes.
struct ControlMessage: Equatable {
    /// Lower-case word, such as `ready` or `metrics`.
    var name: String
    /// Ties an answer to its question; 0 where there is none.
    var id: Int
    var body: [UInt8]

    init(_ name: String, id: Int = 0, body: [UInt8] = []) {
        self.name = name
        self.id = id
        self.body = body
    }

    static let longestBody = 16 << 20

    var bytes: [UInt8] { Array("\(name) \(id) \(body.count)\n".utf8) + body }

    /// Takes the first whole message off the buffer; nil while it is incomplete.
    static func take(from buffer: inout [UInt8]) throws(ControlError) -> ControlMessage? {
        guard let end = buffer.prefix(200).firstIndex(of: 0x0A) else {
            guard buffer.count < 200 else { throw ControlError.malformed }
            return nil
        }
        let head = String(decoding: buffer[..<end], as: UTF8.self).split(separator: " ")
        guard head.count == 3, let id = Int(head[1]), let length = Int(head[2]),
            (0...longestBody).contains(length)
        else { throw ControlError.malformed }
        guard buffer.count >= end + 1 + length else { return nil }
        let body = Array(buffer[(end + 1)..<(end + 1 + length)])
        buffer.removeFirst(end + 1 + length)
        return ControlMessage(String(head[0]), id: id, body: body)
    }
}

enum ControlError: Error { case malformed, closed }

final class ControlChannel {
    private let descriptor: Int32
    private let loop: EventLoop
    private var watcher: FileWatcher?
    private var incoming: [UInt8] = []
    private var outgoing: [UInt8] = []
    private var isOpen = true
    var onMessage: ((ControlMessage) -> Void)?
    /// Told once, when the other side has gone.
    var onEnd: (() -> Void)?

    /// Owns the descriptor from now on.
    init(loop: EventLoop, descriptor: Int32) {
        self.loop = loop
        self.descriptor = descriptor
    }

    /// Begins to listen; what the other side said before is heard then. Set the callbacks first.
    func open() throws {
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw ControlError.closed }
        watcher = try loop.watch(descriptor: descriptor, .readable) { [weak self] events in
            self?.ready(events)
        }
    }

    /// Two connected descriptors, closed on exec unless handed to a child.
    static func pair() throws(ControlError) -> (Int32, Int32) {
        var ends: [Int32] = [0, 0]
        // SOCK_STREAM, with SOCK_CLOEXEC, which is O_CLOEXEC (socket(2)). As names they belong to
        // whichever C module happened to read their header first.
        let kind = 1 | O_CLOEXEC
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw ControlError.closed }
        return (ends[0], ends[1])
    }

    func send(_ message: ControlMessage) {
        guard isOpen else { return }
        outgoing += message.bytes
        flush()
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        watcher?.stop()
        watcher = nil
        _ = Foundation.close(descriptor)
    }

    private func ready(_ events: FileEvents) {
        if events.contains(.writable) { flush() }
        guard isOpen, events.contains(.readable) || events.contains(.disconnected)
            || events.contains(.failed)
        else { return }
        receive()
    }

    private func receive() {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return end() }
        incoming += chunk[..<count]
        do {
            while let message = try ControlMessage.take(from: &incoming) { onMessage?(message) }
        } catch {
            end()
        }
    }

    private func flush() {
        while !outgoing.isEmpty {
            // The other side may have gone: MSG_NOSIGNAL turns SIGPIPE into an error.
            let count = Foundation.send(
                descriptor, outgoing, outgoing.count, Int32(MSG_NOSIGNAL))
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { break }
            guard count > 0 else { return end() }
            outgoing.removeFirst(count)
        }
        watcher?.change(outgoing.isEmpty ? .readable : [.readable, .writable])
    }

    private func end() {
        guard isOpen else { return }
        close()
        onEnd?()
    }
}
