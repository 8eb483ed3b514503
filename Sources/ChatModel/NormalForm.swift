/// One spelling for names and values that are compared: Unicode's composed form (NFC, UAX 15).
/// Swift takes two spellings of one text for equal and Redis compares bytes; in this form both say
/// the same. What a person wrote is kept as he wrote it.
@_spi(_Unicode) import Swift

extension String {
    /// Texts in most of the letters that people use are in this form already, and only looked at.
    /// O(bytes).
    public var composed: String {
        if unicodeScalars.allSatisfy(\.isAlwaysComposed) { return self }
        var scalars = UnicodeScalarView()
        scalars.append(contentsOf: _nfc)
        return String(scalars)
    }
}

extension Unicode.Scalar {
    /// Whether it stands as it is in that form, whatever is beside it: below the combining marks,
    /// Chinese and Japanese without voicing marks, Hangul syllables, full width forms, pictures.
    fileprivate var isAlwaysComposed: Bool {
        switch value {
        case 0..<0x300, 0x2010...0x2027, 0x3000...0x3029, 0x3030...0x3098, 0x309B...0x9FFF,
            0xAC00...0xD7A3, 0xFF00...0xFFEF, 0x1F000...0x1FAFF:
            true
        default: false
        }
    }
}
