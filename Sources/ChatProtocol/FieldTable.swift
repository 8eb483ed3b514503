/// Finds a field by its name's bytes: one probe of a small table in most cases, and a comparison of
/// two words. `FrameFields` asks it for every member of every line.
final class FieldTable: Sendable {
    private struct Entry: Sendable {
        /// Bytes 0-7 and 8-15 of the name, missing ones zero.
        var head: UInt64
        var tail: UInt64
        var count: Int
        var field: FieldName
    }

    /// A class, so that asking it copies nothing.
    static let shared = FieldTable()

    /// Open addressing; 1 + the index in `entries`, 0 for an empty place.
    private let places: InlineArray<256, UInt8>
    private let entries: [Entry]

    private init() {
        var places = InlineArray<256, UInt8>(repeating: 0)
        var entries: [Entry] = []
        for field in FieldName.allCases {
            Array(field.wireName.utf8).withUnsafeBytes { name in
                precondition((1...16).contains(name.count), "two words hold a field's name")
                let head = Self.word(name, at: 0, count: name.count)
                let tail = Self.word(name, at: 8, count: name.count - 8)
                entries.append(Entry(head: head, tail: tail, count: name.count, field: field))
                var place = Self.place(head, name.count)
                while places[place] != 0 { place = (place + 1) & 255 }
                places[place] = UInt8(entries.count)
            }
        }
        self.places = places
        self.entries = entries
    }

    @inline(__always)
    private static func place(_ head: UInt64, _ count: Int) -> Int {
        Int(truncatingIfNeeded: ((head &+ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15) >> 56)
    }

    /// Up to eight bytes from `start` as a number, the first one lowest.
    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, at start: Int, count: Int) -> UInt64 {
        guard count > 0 else { return 0 }
        if bytes.count - start >= 8 {
            let word = UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            return count >= 8 ? word : word & ((1 << UInt64(count * 8)) &- 1)
        }
        var word: UInt64 = 0
        for index in (0..<min(count, 8)).reversed() {
            word = word << 8 | UInt64(bytes[start + index])
        }
        return word
    }

    @inline(__always)
    func find(_ key: JSONSlot, of line: UnsafeRawBufferPointer) -> FieldName? {
        if key.mark {
            return JSONText.unescaped(key, of: line).withUnsafeBytes { find($0, 0, $0.count) }
        }
        return find(line, Int(key.start), Int(key.length))
    }

    private func find(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> FieldName? {
        guard count > 0, count <= 16 else { return nil }
        let head = Self.word(bytes, at: start, count: count)
        let tail = Self.word(bytes, at: start + 8, count: count - 8)
        var place = Self.place(head, count)
        while places[place] != 0 {
            let entry = entries[Int(places[place]) - 1]
            if entry.head == head, entry.tail == tail, entry.count == count { return entry.field }
            place = (place + 1) & 255
        }
        return nil
    }
}
