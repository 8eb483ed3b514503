/// Finds the pair a customer asks for: by words, and by pairs of neighbouring characters where a
/// script has no spaces (Chinese, Japanese, Korean). Rare tokens count more. Linear in the text and
/// in the index, whatever the text.

public enum RobotFinding: Hashable, Sendable {
    /// Index of the pair.
    case answer(Int)
    /// Several fit, the best first; at most `RobotMatcher.choiceBound`.
    case choices([Int])
    /// Nothing fits well; what comes nearest may be offered.
    case unknown(near: [Int])
}

public struct RobotMatcher: Sendable {
    public static let choiceBound = 5
    /// Tokens of a text that are looked at; a question has a few dozen.
    static let tokenBound = 400
    /// How alike (0...1) text and question must be for an answer, and for an offer.
    static let answerLikeness = 0.55
    static let nearLikeness = 0.25
    /// Another pair this close to the best makes a choice of both.
    static let tieShare = 0.9

    private let exact: [String: Int]
    /// Token -> questions that have it.
    private var postings: [String: [Int]] = [:]
    private var weights: [String: Double] = [:]
    /// The pair of each question, and the sum of its tokens' weights.
    private var pairs: [Int] = []
    private var totals: [Double] = []

    public init(_ book: RobotBook) {
        var exact: [String: Int] = [:]
        for (index, pair) in book.pairs.enumerated() {
            for question in pair.questions {
                let folded = TextFolding.fold(question)
                exact[Self.plain(folded)] = exact[Self.plain(folded)] ?? index
                for token in Self.tokens(of: folded) {
                    postings[token, default: []].append(pairs.count)
                }
                pairs.append(index)
            }
        }
        self.exact = exact
        totals = Array(repeating: 0, count: pairs.count)
        for (token, questions) in postings.sorted(by: { $0.key < $1.key }) {
            let weight = Self.weight(of: pairs.count, in: questions.count)
            weights[token] = weight
            for question in questions { totals[question] += weight }
        }
    }

    public func find(_ text: String) -> RobotFinding {
        let folded = TextFolding.fold(text)
        if let index = exact[Self.plain(folded)] { return .answer(index) }
        let tokens = Self.tokens(of: folded)
        let scores = scores(of: tokens)
        guard let best = scores.first else { return .unknown(near: []) }
        // A short word that is part of several questions: all of it fits each of them.
        let whole = scores.filter { $0.coverage > 0.999 }
        if whole.count > 1, best.likeness < Self.answerLikeness || whole[1].isTied(with: best) {
            return .choices(whole.prefix(Self.choiceBound).map(\.pair))
        }
        if whole.count == 1, tokens.count > 1 || best.likeness >= Self.nearLikeness {
            return .answer(whole[0].pair)
        }
        if best.likeness >= Self.answerLikeness {
            let tied = scores.filter { $0.isTied(with: best) }
            if tied.count == 1 { return .answer(best.pair) }
            return .choices(tied.prefix(Self.choiceBound).map(\.pair))
        }
        let near = scores.filter { $0.likeness >= Self.nearLikeness }
        return .unknown(near: near.prefix(Self.choiceBound).map(\.pair))
    }

    private struct Score {
        let pair: Int
        /// Shared weight of both sides: 1 when they are the same.
        let likeness: Double
        /// The share of the text's known and unknown tokens that the question has.
        let coverage: Double

        func isTied(with best: Score) -> Bool { likeness >= best.likeness * RobotMatcher.tieShare }
    }

    /// The best question of each pair that shares a token, the likest pair first.
    private func scores(of tokens: [String]) -> [Score] {
        guard !tokens.isEmpty else { return [] }
        var shared: [Int: (weight: Double, count: Int)] = [:]
        var total = 0.0
        // A token nobody asks about weighs as one that is in a single question.
        let unknownWeight = Self.weight(of: pairs.count, in: 1)
        for token in tokens {
            let weight = weights[token] ?? unknownWeight
            total += weight
            for question in postings[token] ?? [] {
                shared[question, default: (0, 0)].weight += weight
                shared[question]!.count += 1
            }
        }
        var best: [Int: Score] = [:]
        for (question, part) in shared {
            let score = Score(
                pair: pairs[question], likeness: 2 * part.weight / (total + totals[question]),
                coverage: Double(part.count) / Double(tokens.count))
            let known = best[score.pair]
            if score.likeness > known?.likeness ?? -1 { best[score.pair] = score }
        }
        return best.values.sorted {
            $0.likeness == $1.likeness ? $0.pair < $1.pair : $0.likeness > $1.likeness
        }
    }

    /// The rarer a token, the more it says: about the logarithm of questions per question with it.
    private static func weight(of questions: Int, in having: Int) -> Double {
        let ratio = 1 + Double(max(questions, 1)) / Double(having)
        return Double(ratio.exponent) + ratio.significand - 1
    }

    // MARK: Tokens

    /// Each once, in order: words of letters and digits; of scripts without spaces every two
    /// neighbours, or the one character that stands alone. Words that say nothing are left out.
    static func tokens(of folded: String) -> [String] {
        var tokens: [String] = []
        var seen: Set<String> = []
        var word = ""
        var run: [Character] = []

        func take(_ token: String) {
            guard !emptyWords.contains(token), seen.insert(token).inserted else { return }
            tokens.append(token)
        }
        func endWord() {
            if !word.isEmpty { take(word) }
            word = ""
        }
        func endRun() {
            if run.count == 1 { take(String(run[0])) }
            for index in run.indices.dropLast() { take(String(run[index...(index + 1)])) }
            run = []
        }
        for character in folded {
            if isDense(character) {
                endWord()
                run.append(character)
            } else if character.isLetter || character.isNumber {
                endRun()
                word.append(character)
            } else {
                endWord()
                endRun()
            }
            if tokens.count >= tokenBound { return tokens }
        }
        endWord()
        endRun()
        return tokens
    }

    /// Written without spaces: Han, kana, hangul.
    private static func isDense(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first else { return false }
        return switch scalar.value {
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF,
            0x20000...0x3FFFF:
            true
        default: false
        }
    }

    private static let emptyWords: Set<String> = [
        "a", "an", "the", "i", "my", "me", "is", "are", "do", "does", "to", "of", "in", "on", "for",
        "and", "or", "it", "you", "your", "can", "please", "what", "how", "的", "了", "吗", "呢",
        "请问", "我想", "我要", "什么", "怎么",
    ]

    /// Without what is no letter or digit.
    private static func plain(_ folded: String) -> String {
        folded.filter { $0.isLetter || $0.isNumber }
    }
}
