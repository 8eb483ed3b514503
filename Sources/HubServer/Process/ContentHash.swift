/// Tells contents apart: page versions, site files, folder names. FNV-1a, 64 bits: not for secrets
/// and not against people who look for collisions.
enum ContentHash {
    /// At most 13 letters and digits; the same for the same bytes on every machine.
    static func text(of bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 36)
    }
}
