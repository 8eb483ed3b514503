/// Random values for tests, from a seed that a failing test prints.

/// SplitMix64: small, and the same everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Text of up to so many scalars: plain letters mixed with all that goes wrong elsewhere.
    mutating func text(upTo count: Int) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...count, using: &self) { text.append(scalar()) }
        return String(text)
    }

    mutating func scalar() -> Unicode.Scalar {
        switch Int.random(in: 0..<6, using: &self) {
        case 0: return Self.awkward.randomElement(using: &self) ?? "x"
        case 1: return scalar(in: 0...0x1F)
        case 2: return scalar(in: 0x4E00...0x9FFF)
        case 3: return scalar(in: 0...0x10FFFF)
        default: return scalar(in: 0x20...0x7E)
        }
    }

    private mutating func scalar(in range: ClosedRange<UInt32>) -> Unicode.Scalar {
        while true {
            // Surrogates are no scalars: draw again.
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) { return scalar }
        }
    }

    private static let awkward: [Unicode.Scalar] = [
        "\"", "\\", "/", "\u{7F}", "\u{85}", "\u{301}", "\u{200B}", "\u{200D}", "\u{202E}",
        "\u{2028}", "\u{FEFF}", "\u{FFFD}", "\u{FFFF}", "\u{1F469}", "\u{1F3FD}", "\u{10FFFF}",
    ]

    /// The text as a JSON string in which each scalar is escaped or not, as it comes.
    mutating func jsonString(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if mustEscape || Int.random(in: 0..<4, using: &self) == 0 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &self))
                    json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }

    /// Well-formed JSON, nested so deep at most.
    mutating func json(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &self) {
        case 0: return "null"
        case 1: return Bool.random(using: &self) ? "true" : "false"
        case 2: return String(Int64.random(in: .min ... .max, using: &self))
        case 3: return Double.random(in: -1e9...1e9, using: &self).description
        case 4: return jsonString(text(upTo: 8))
        case 5: return "[" + parts { $0.json(depth: depth - 1) }.joined(separator: " , ") + "]"
        default:
            var count = 0
            let members = parts { random in
                count += 1
                return "\"m\(count)\" : " + random.json(depth: depth - 1)
            }
            return "{" + members.joined(separator: ",\t") + "}"
        }
    }

    private mutating func parts(_ make: (inout SeededRandom) -> String) -> [String] {
        (0..<Int.random(in: 0...3, using: &self)).map { _ in make(&self) }
    }
}

/// A new seed for each run, or the one under test again: set it here while looking for a fault.
enum Seed {
    static func new() -> UInt64 { UInt64.random(in: .min ... .max) }
}
