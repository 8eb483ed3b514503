/// The rules of a strategy in the form they are evaluated in, made once with the `Strategy`.
/// Most conditions ask whether a thing is one of some words: all words are numbered, so that a walk
/// looks each thing up once and then compares small numbers.

struct CompiledRules: Sendable {
    /// One condition. Plain numbers only: a walk over thousands of them counts no references.
    enum Step: Sendable {
        /// Bit n: level n is accepted.
        case level(UInt16)
        /// One of `words[first..<first + count]`.
        case oneOf(subject: Int32, first: Int32, count: Int32)
        /// Everything else, by its place in `trees`.
        case tree(Int32)
    }

    indirect enum Tree: Sendable {
        case level(UInt16)
        case test(subject: Int, Matcher)
        case all([Tree])
        case any([Tree])
        case not(Tree)
    }

    /// All conditions of all rules, in order.
    private(set) var steps: [Step] = []
    /// Where the conditions of each rule end in `steps`.
    private(set) var ends: [Int] = []
    private(set) var words: [Int32] = []
    private(set) var trees: [Tree] = []
    /// What the rules look at, each once, with the words it is compared with.
    private(set) var subjects: [(subject: Subject, lexicon: Lexicon)] = []
    let keywords: KeywordIndex
    private var numbers: [Subject: Int] = [:]

    init(_ rules: [Rule]) {
        var texts: Set<String> = []
        for rule in rules {
            for condition in rule.conditions { Self.collectKeywords(condition, &texts) }
        }
        keywords = KeywordIndex(texts)
        for rule in rules {
            for condition in rule.conditions { steps.append(step(condition)) }
            ends.append(steps.count)
        }
    }

    private mutating func step(_ condition: Condition) -> Step {
        switch condition {
        case .test(.level, let matcher):
            return .level(matcher.acceptedLevels)
        case .test(let subject, let matcher):
            guard let scalars = matcher.scalars else { break }
            let number = number(of: subject)
            let first = words.count
            for scalar in scalars { words.append(subjects[number].lexicon.number(of: scalar)) }
            return .oneOf(
                subject: Int32(number), first: Int32(first), count: Int32(scalars.count))
        default: break
        }
        trees.append(tree(condition))
        return .tree(Int32(trees.count - 1))
    }

    private mutating func tree(_ condition: Condition) -> Tree {
        switch condition {
        case .test(.level, let matcher): .level(matcher.acceptedLevels)
        case .test(let subject, let matcher): .test(subject: number(of: subject), matcher)
        case .all(let conditions): .all(conditions.map { tree($0) })
        case .any(let conditions): .any(conditions.map { tree($0) })
        case .not(let condition): .not(tree(condition))
        }
    }

    private mutating func number(of subject: Subject) -> Int {
        if let known = numbers[subject] { return known }
        subjects.append((subject, Lexicon()))
        numbers[subject] = subjects.count - 1
        return subjects.count - 1
    }

    private static func collectKeywords(_ condition: Condition, _ texts: inout Set<String>) {
        switch condition {
        case .test(.keywords, let matcher): matcher.collectTexts(&texts)
        case .test: break
        case .all(let conditions), .any(let conditions):
            for condition in conditions { collectKeywords(condition, &texts) }
        case .not(let condition): collectKeywords(condition, &texts)
        }
    }
}

/// The words one subject is compared with, by number.
struct Lexicon: Sendable {
    private var scalars: [Scalar] = []
    private var numbers: [Scalar: Int32] = [:]
    private var byText: [String: [Int32]] = [:]
    private var byNumber: [Double: [Int32]] = [:]
    private var byTruth: [Bool: [Int32]] = [:]

    mutating func number(of scalar: Scalar) -> Int32 {
        if let known = numbers[scalar] { return known }
        let number = Int32(scalars.count)
        scalars.append(scalar)
        numbers[scalar] = number
        byText[scalar.text, default: []].append(number)
        if let value = scalar.number { byNumber[value, default: []].append(number) }
        if let truth = scalar.truth { byTruth[truth, default: []].append(number) }
        return number
    }

    /// The numbers of all words that equal one of the values. O(values).
    func matches(_ values: [FactValue]) -> [Int32] {
        var found: [Int32] = []
        for value in values {
            var candidates = byText[value.text] ?? []
            if let number = value.number { candidates += byNumber[number] ?? [] }
            if let truth = value.truth { candidates += byTruth[truth] ?? [] }
            for candidate in candidates
            where !found.contains(candidate) && scalars[Int(candidate)].equals(value) {
                found.append(candidate)
            }
        }
        return found
    }
}

extension Matcher {
    /// The words it asks for one of; nil when it asks for anything else.
    fileprivate var scalars: [Scalar]? {
        switch self {
        case .equals(let scalar): return [scalar]
        case .any(let matchers):
            let scalars = matchers.compactMap { matcher -> Scalar? in
                if case .equals(let scalar) = matcher { scalar } else { nil }
            }
            return scalars.count == matchers.count ? scalars : nil
        default: return nil
        }
    }

    /// Of a matcher about levels. Bit n: level n is accepted.
    public var acceptedLevels: UInt16 {
        var mask: UInt16 = 0
        for level in 0...10 where matches([FactValue(integer: Int64(level))], zone: .utc) {
            mask |= 1 << UInt16(level)
        }
        return mask
    }

    fileprivate func collectTexts(_ texts: inout Set<String>) {
        switch self {
        case .equals(let scalar): texts.insert(scalar.text)
        case .not(let matcher): matcher.collectTexts(&texts)
        case .any(let matchers), .all(let matchers):
            for matcher in matchers { matcher.collectTexts(&texts) }
        case .glob, .compare, .range, .region, .missing, .present: break
        }
    }
}
