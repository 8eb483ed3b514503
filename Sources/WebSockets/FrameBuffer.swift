// The one buffer frames are put together in before they are written; a server and a client own
// one each. Server frames are not masked, so it serves all sessions in turn.

/// Payload with the head room in front that `lws_write` puts the frame's head into.
///
/// Used on the loop's thread only, by its owner.
final class FrameBuffer {
    private let headRoom: Int
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(headRoom: Int, capacity: Int) {
        self.headRoom = headRoom
        self.capacity = capacity
        base = .allocate(byteCount: headRoom + capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// Where the payload begins; `headRoom` bytes before it are writable.
    var payload: UnsafeMutablePointer<UInt8> {
        (base + headRoom).assumingMemoryBound(to: UInt8.self)
    }

    func reset() { count = 0 }

    func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(count + bytes.count)
        (base + headRoom + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    func appendLineEnd() {
        reserve(count + 1)
        payload[count] = 0x0A
        count += 1
    }

    /// Grows for a line longer than a frame; stays grown.
    private func reserve(_ wanted: Int) {
        guard wanted > capacity else { return }
        let larger = max(wanted, capacity * 2)
        let moved = UnsafeMutableRawPointer.allocate(
            byteCount: headRoom + larger, alignment: 16)
        moved.copyMemory(from: base, byteCount: headRoom + count)
        base.deallocate()
        base = moved
        capacity = larger
    }
}
