/// A customer's level, where it came from, and why not from elsewhere. Part of each `Decision`.
public import ChatModel

public struct LevelFinding: Hashable, Sendable {
    public let level: Level
    public let source: LevelSource
    /// In the order things were looked at; the last one decided.
    public let reasons: [LevelReason]

    public init(level: Level, source: LevelSource, reasons: [LevelReason]) {
        self.level = level
        self.source = source
        self.reasons = reasons
    }
}

/// One thing that was looked at for a level, and what came of it. Never carries customer text.
public enum LevelReason: Hashable, Sendable, CustomStringConvertible {
    case parameterUsed(name: String, level: Int)
    /// Worth a log line: somebody asked for more than an unproven parameter may give.
    case parameterCapped(name: String, asked: Int, used: Int)
    case parameterAbsent(name: String)
    case parameterNotALevel(name: String)
    /// Signed parameters only.
    case parameterRefused(name: String, reason: String)
    case attributeUsed(name: String, level: Int)
    /// It said yes, which counts as the site's default level.
    case attributeSaidYes(name: String, level: Int)
    case attributeSaidNo(name: String)
    case attributeAbsent(name: String)
    /// The page said so, and a page's word makes nobody important.
    case attributeFromPage(name: String)
    case attributeNotALevel(name: String)

    public var description: String {
        switch self {
        case .parameterUsed(let name, let level):
            "parameter \(name) gives level \(level)"
        case .parameterCapped(let name, let asked, let used):
            "parameter \(name) asks for level \(asked) and counts as \(used), the most it may give"
        case .parameterAbsent(let name):
            "no parameter \(name)"
        case .parameterNotALevel(let name):
            "parameter \(name) is ignored: not a whole number from 1 to 10"
        case .parameterRefused(let name, let reason):
            "parameter \(name) is ignored: \(reason)"
        case .attributeUsed(let name, let level):
            "attribute \(name) gives level \(level)"
        case .attributeSaidYes(let name, let level):
            "attribute \(name) says yes, which counts as level \(level)"
        case .attributeSaidNo(let name):
            "attribute \(name) says no"
        case .attributeAbsent(let name):
            "no attribute \(name)"
        case .attributeFromPage(let name):
            "attribute \(name) is ignored: it comes from the page"
        case .attributeNotALevel(let name):
            "attribute \(name) is ignored: neither yes, no nor a whole number from 1 to 10"
        }
    }
}

extension VipSettings {
    /// The level of a customer. O(length of the page's address).
    public func level(for facts: Facts) -> LevelFinding {
        var reasons: [LevelReason] = []
        if source != .attribute, let level = levelByParameter(facts, &reasons) {
            return LevelFinding(level: level, source: .parameter, reasons: reasons)
        }
        if source != .parameter, let level = levelByAttribute(facts, &reasons) {
            return LevelFinding(level: level, source: .attribute, reasons: reasons)
        }
        return LevelFinding(level: .ordinary, source: .none, reasons: reasons)
    }

    /// The raw text of the level parameter: `page.<name>`, else the first of that name in the query
    /// of the page's address. Where the site wants it signed, this is the JWT to verify.
    public func parameterText(in facts: Facts) -> String? {
        if let text = facts.parameters[parameter.name] { return text }
        return facts.url.flatMap { PageAddress($0).queryValue(of: parameter.name) }
    }

    private func levelByParameter(_ facts: Facts, _ reasons: inout [LevelReason]) -> Level? {
        let name = parameter.name
        let asked: Int?
        switch parameter.trust {
        case .unsigned:
            guard let text = parameterText(in: facts) else {
                reasons.append(.parameterAbsent(name: name))
                return nil
            }
            asked = Self.level(inText: text)
        case .signed:
            switch facts.signedLevel {
            case nil:
                reasons.append(.parameterAbsent(name: name))
                return nil
            case .refused(let reason):
                reasons.append(.parameterRefused(name: name, reason: reason))
                return nil
            case .verified(let claim):
                asked = (1...10).contains(claim) ? claim : nil
            }
        }
        guard let asked, let level = Level(asked) else {
            reasons.append(.parameterNotALevel(name: name))
            return nil
        }
        guard level <= parameter.maximum else {
            let used = parameter.maximum.value
            reasons.append(.parameterCapped(name: name, asked: asked, used: used))
            return parameter.maximum
        }
        reasons.append(.parameterUsed(name: name, level: asked))
        return level
    }

    private func levelByAttribute(_ facts: Facts, _ reasons: inout [LevelReason]) -> Level? {
        guard let known = facts.attributes[attribute] else {
            reasons.append(.attributeAbsent(name: attribute))
            return nil
        }
        guard let value = facts.attributes.trusted(attribute) else {
            assert(known.origin == .page)
            reasons.append(.attributeFromPage(name: attribute))
            return nil
        }
        switch Self.claim(in: value) {
        case .yes:
            reasons.append(.attributeSaidYes(name: attribute, level: defaultLevel.value))
            return defaultLevel
        case .no:
            reasons.append(.attributeSaidNo(name: attribute))
            return nil
        case .level(let level):
            reasons.append(.attributeUsed(name: attribute, level: level.value))
            return level
        case nil:
            reasons.append(.attributeNotALevel(name: attribute))
            return nil
        }
    }

    /// Whether a VIP attribute may be this: yes or no, or a whole number from 0 to 10.
    public static func isLevel(_ value: AttributeValue) -> Bool { claim(in: value) != nil }

    private enum Claim {
        case yes, no
        case level(Level)
    }

    private static func claim(in value: AttributeValue) -> Claim? {
        switch value {
        case .boolean(let flag): return flag ? .yes : .no
        case .integer(let number): return claim(number: number)
        case .number(let number): return Int64(exactly: number).flatMap(claim(number:))
        case .text(let text):
            if let flag = TruthWord.value(of: text) { return flag ? .yes : .no }
            if text == "0" { return .no }
            return level(inText: text).flatMap(Level.init).map(Claim.level)
        case .list(let values):
            return values.count == 1 ? claim(in: values[0]) : nil
        }
    }

    private static func claim(number: Int64) -> Claim? {
        if number == 0 { return .no }
        guard (1...10).contains(number) else { return nil }
        return Level(Int(number)).map(Claim.level)
    }

    /// "1"..."10" and nothing else: no sign, no space, no leading zero, ASCII digits only.
    private static func level(inText text: String) -> Int? {
        switch text.utf8.count {
        case 1:
            guard let digit = text.utf8.first, (0x31...0x39).contains(digit) else { return nil }
            return Int(digit) - 0x30
        case 2: return text == "10" ? 10 : nil
        default: return nil
        }
    }
}
