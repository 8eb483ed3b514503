/// Makes texts that a person reads as the same the same: letter case and character width
/// (full-width Latin letters and digits, half-width kana) do not matter for keywords.
public enum TextFolding {
    /// O(length).
    public static func fold(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 && !(0x41...0x5A).contains($0) }) { return text }
        var folded = String.UnicodeScalarView()
        var voicable: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if let base = voicable, let voiced = voiced(base, by: scalar) {
                folded.removeLast()
                folded.append(voiced)
                voicable = nil
                continue
            }
            let wide = normalWidth(scalar)
            voicable = wide == scalar ? nil : wide
            folded.append(contentsOf: wide.properties.lowercaseMapping.unicodeScalars)
        }
        return String(folded)
    }

    /// The usual form of a full-width or half-width character.
    private static func normalWidth(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x3000: " "
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
        case 0xFF61...0xFF9F: halfWidthForms[Int(scalar.value - 0xFF61)]
        default: scalar
        }
    }

    /// The usual forms of U+FF61...U+FF9F, in this order.
    private static let halfWidthForms = Array(
        """
        。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテト\
        ナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u{3099}\u{309A}
        """.unicodeScalars)

    /// Half-width kana carry their sound mark apart: カ and U+FF9E are ガ.
    private static func voiced(_ base: Unicode.Scalar, by mark: Unicode.Scalar) -> Unicode.Scalar? {
        let isHard = mark.value == 0xFF9F
        guard isHard || mark.value == 0xFF9E else { return nil }
        switch base {
        case "ハ", "ヒ", "フ", "ヘ", "ホ":
            return Unicode.Scalar(base.value + (isHard ? 2 : 1))
        case "ウ" where !isHard: return "ヴ"
        case "カ"..."ト" where !isHard && "カキクケコサシスセソタチツテト".unicodeScalars.contains(base):
            return Unicode.Scalar(base.value + 1)
        default: return nil
        }
    }
}
