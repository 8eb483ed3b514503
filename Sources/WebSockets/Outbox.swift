// What waits to be written to one connection. Pure; one in every session. The first entry lies in
// the session itself: the usual turn (one line for one connection) allocates nothing here.

/// Lines and messages in order of sending. A line is one JSON object without its line end.
struct Outbox {
    struct Frame: Equatable {
        var byteCount: Int
        var isBinary: Bool
    }

    private enum Kind: UInt8 { case line, volatileLine, textMessage, binaryMessage }

    private struct Entry {
        var bytes: [UInt8]
        var key: UInt64
        var kind: Kind
        var isLine: Bool { kind == .line || kind == .volatileLine }
    }

    private var first: Entry?
    /// What follows `first`; entries before `restHead` are gone.
    private var rest: [Entry] = []
    private var restHead = 0
    private var volatileCount: Int32 = 0
    /// Payload bytes waiting, without line ends.
    private(set) var waitingBytes = 0

    var isEmpty: Bool { first == nil }

    mutating func append(line: [UInt8]) { add(Entry(bytes: line, key: 0, kind: .line)) }

    /// A message with frames of its own, never joined with others.
    mutating func append(message: [UInt8], isBinary: Bool) {
        add(Entry(bytes: message, key: 0, kind: isBinary ? .binaryMessage : .textMessage))
    }

    /// Takes the place of the waiting line with the same key, else goes last. True when a line
    /// was replaced. O(waiting lines) only while volatile lines wait.
    mutating func appendVolatile(line: [UInt8], key: UInt64) -> Bool {
        let entry = Entry(bytes: line, key: key, kind: .volatileLine)
        if volatileCount > 0, replace(entry) { return true }
        volatileCount += 1
        add(entry)
        return false
    }

    private mutating func add(_ entry: Entry) {
        waitingBytes += entry.bytes.count
        if first == nil { first = entry } else { rest.append(entry) }
    }

    private mutating func replace(_ entry: Entry) -> Bool {
        if let old = first, old.kind == .volatileLine, old.key == entry.key {
            waitingBytes += entry.bytes.count - old.bytes.count
            first = entry
            return true
        }
        for index in restHead..<rest.count
        where rest[index].kind == .volatileLine && rest[index].key == entry.key {
            waitingBytes += entry.bytes.count - rest[index].bytes.count
            rest[index] = entry
            return true
        }
        return false
    }

    /// Drops all volatile lines; returns how many.
    mutating func dropVolatile() -> Int {
        guard volatileCount > 0 else { return 0 }
        let dropped = Int(volatileCount)
        let all = entries()
        self = Outbox()
        for entry in all where entry.kind != .volatileLine { add(entry) }
        return dropped
    }

    mutating func clear() { self = Outbox() }

    private func entries() -> [Entry] {
        var all = rest[restHead...]
        if let first { all.insert(first, at: all.startIndex) }
        return Array(all)
    }

    /// Moves the next frame's payload into `target`: one message, or as many whole lines as fit
    /// in `maxBytes` and `maxLines`, joined by line ends. A line longer than that goes alone. Nil
    /// when empty.
    mutating func nextFrame(
        into target: FrameBuffer, maxBytes: Int, maxLines: Int = .max
    ) -> Frame? {
        guard let head = first else { return nil }
        target.reset()
        target.append(head.bytes)
        removeFirst()
        if head.isLine {
            var lines = 1
            while let next = first, next.isLine, lines < maxLines,
                target.count + 1 + next.bytes.count <= maxBytes
            {
                lines += 1
                target.appendLineEnd()
                target.append(next.bytes)
                removeFirst()
            }
        }
        return Frame(byteCount: target.count, isBinary: head.kind == .binaryMessage)
    }

    private mutating func removeFirst() {
        guard let gone = first else { return }
        waitingBytes -= gone.bytes.count
        if gone.kind == .volatileLine { volatileCount -= 1 }
        if restHead == rest.count {
            first = nil
        } else {
            first = rest[restHead]
            rest[restHead].bytes = []
            restHead += 1
        }
        if restHead == rest.count, restHead > 0 {
            rest = []
            restHead = 0
        }
    }
}
