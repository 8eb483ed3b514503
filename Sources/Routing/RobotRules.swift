/// What the hub itself watches over while a robot talks: when it has failed often enough, which
/// words call for a human, and whether it may go on helping. It holds for every robot of the site,
/// the built-in one and others.
public struct RobotRules: Hashable, Sendable {
    /// Shown with the built-in robot's lines.
    public var name: String?
    /// Answers of "I don't know" in a row after which it hands over. 1...20.
    public var misses: Int
    /// Whether it may go on talking while the customer waits for a human.
    public var helpsWhileWaiting: Bool
    /// As the site file has them.
    public let handoverWords: [String]
    private let foldedWords: [String]

    public static let defaultWords = ["转人工", "人工客服", "talk to a human", "real person"]

    public init(
        name: String? = nil, misses: Int = 2, helpsWhileWaiting: Bool = false,
        handoverWords: [String] = defaultWords
    ) {
        self.name = name
        self.misses = misses
        self.helpsWhileWaiting = helpsWhileWaiting
        self.handoverWords = handoverWords
        foldedWords = handoverWords.map(TextFolding.fold)
    }

    /// Whether a customer's text has one of the words. At most 50 words: O(words × length).
    public func asksForHuman(_ text: String) -> Bool {
        guard !foldedWords.isEmpty else { return false }
        let folded = TextFolding.fold(text)
        return foldedWords.contains { folded.contains($0) }
    }
}
