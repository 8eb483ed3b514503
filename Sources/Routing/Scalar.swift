/// A single value a rule compares with, and how it equals what is known of a customer.

/// A value written in a rule. It keeps its text, and what else that text may mean.
public struct Scalar: Hashable, Sendable {
    public let text: String
    /// Set where the text was written as a number: then 5, 5.0 and "5" are the same.
    let number: Double?
    /// Set where it was written as a whole number, so that long ones compare exactly.
    let integer: Int64?
    /// Set where it was written as `true`, `yes`, `false` or `no`: then all words for it are equal.
    let truth: Bool?

    /// Nothing but this text. Other ways to write a number do not equal it.
    public init(text: String) {
        self.text = text
        number = nil
        integer = nil
        truth = nil
    }

    /// A number or a truth word where it looks like one, as an unquoted value in a file.
    public init(unquoted text: String) {
        self.text = text
        number = NumberText.value(of: text)
        integer = Int64(text)
        truth = TruthWord.value(of: text)
    }

    func equals(_ value: FactValue) -> Bool {
        if text == value.text { return true }
        if let truth { return truth == value.truth }
        if let integer, let other = value.integer { return integer == other }
        if let number, let other = value.number { return number == other }
        return false
    }
}

/// One value found in the facts, prepared once for every rule that looks at it.
struct FactValue: Hashable, Sendable {
    let text: String
    let number: Double?
    let integer: Int64?
    let truth: Bool?

    init(text: String) {
        self.text = text
        number = NumberText.value(of: text)
        integer = number == nil ? nil : Int64(text)
        truth = TruthWord.value(of: text)
    }

    init(integer: Int64) {
        text = String(integer)
        number = Double(integer)
        self.integer = integer
        truth = nil
    }

    init(number: Double) {
        integer = Int64(exactly: number)
        text = integer.map { String($0) } ?? String(number)
        self.number = number
        truth = nil
    }

    init(truth: Bool) {
        text = truth ? "true" : "false"
        number = nil
        integer = nil
        self.truth = truth
    }
}

/// Numbers in text: a sign, digits, a decimal point, an exponent; none of the other forms that
/// Swift's own conversion takes (`nan`, `inf`, hexadecimal).
public enum NumberText {
    /// O(length); texts over 40 bytes are no numbers.
    public static func value(of text: String) -> Double? {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= 40,
            (0x30...0x39).contains(first) || first == 0x2D || first == 0x2B || first == 0x2E,
            bytes.allSatisfy({ byte in
                (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D || byte == 0x2B
                    || byte | 0x20 == 0x65
            })
        else { return nil }
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }
}

/// Words that mean true or false, whatever their case.
enum TruthWord {
    static func value(of text: String) -> Bool? {
        guard (2...5).contains(text.utf8.count) else { return nil }
        switch text.lowercased() {
        case "true", "yes": return true
        case "false", "no": return false
        default: return nil
        }
    }
}
