/// Tells what a content is by its bytes alone, while it comes; what its name or its sender says
/// counts for nothing. What is told apart: `FileSettings.knownTypes`. Markup and scripts are text.

struct ContentSniffer {
    private var head: [UInt8] = []
    private var text = TextCheck()

    mutating func take(_ piece: UnsafeRawBufferPointer) {
        if head.count < 16 { head.append(contentsOf: piece.prefix(16 - head.count)) }
        text.take(piece)
    }

    /// Of all that was taken; nil for what is none of the known types.
    var type: String? {
        for (type, mark) in Self.marks where head.starts(with: mark) { return type }
        if head.starts(with: Array("RIFF".utf8)), head.dropFirst(8).starts(with: Array("WEBP".utf8))
        {
            return "image/webp"
        }
        return text.isText ? "text/plain" : nil
    }

    /// First bytes (PNG specification 5.2, JPEG ISO 10918-1, GIF89a, ISO 32000, PKWARE's APPNOTE).
    private static let marks: [(type: String, mark: [UInt8])] = [
        ("image/png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        ("image/jpeg", [0xFF, 0xD8, 0xFF]),
        ("image/gif", Array("GIF87a".utf8)), ("image/gif", Array("GIF89a".utf8)),
        ("application/pdf", Array("%PDF-".utf8)),
        ("application/zip", [0x50, 0x4B, 0x03, 0x04]),
        ("application/zip", [0x50, 0x4B, 0x05, 0x06]),
    ]
}

/// Well-formed UTF-8 (RFC 3629) of characters that texts have, over any cutting into pieces.
private struct TextCheck {
    private var isGood = true
    private var missing = 0
    /// What the next byte of a character may be.
    private var allowed: ClosedRange<UInt8> = 0x80...0xBF

    /// Whether all that came is text, and whole.
    var isText: Bool { isGood && missing == 0 }

    mutating func take(_ piece: UnsafeRawBufferPointer) {
        guard isGood else { return }
        for byte in piece where !next(byte) {
            isGood = false
            return
        }
    }

    private mutating func next(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard allowed.contains(byte) else { return false }
            missing -= 1
            allowed = 0x80...0xBF
            return true
        }
        switch byte {
        // Tab, line feed, form feed, carriage return, escape.
        case 0x20...0x7E, 0x09, 0x0A, 0x0C, 0x0D, 0x1B: return true
        case 0xC2...0xDF: missing = 1
        case 0xE0...0xEF:
            missing = 2
            // No overlong form, no surrogate.
            if byte == 0xE0 { allowed = 0xA0...0xBF }
            if byte == 0xED { allowed = 0x80...0x9F }
        case 0xF0...0xF4:
            missing = 3
            if byte == 0xF0 { allowed = 0x90...0xBF }
            if byte == 0xF4 { allowed = 0x80...0x8F }
        default: return false
        }
        return true
    }
}
