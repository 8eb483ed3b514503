/// What the hub itself watches over while a robot talks: when it has failed often enough, which
/// words call for a human, and whether it may go on helping. It holds for every robot of the site,
/// the built-in one and others.
public import ChatModel

public struct RobotRules: Hashable, Sendable {
    /// Shown with the built-in robot's lines.
    public var name: String?
    /// Answers of "I don't know" in a row after which it hands over. 1...20.
    public var misses: Int
    /// Whether it may go on talking while the customer waits for a human.
    public var helpsWhileWaiting: Bool
    /// Said in the robot's name when it did not know so often and a human takes over; nil: nothing.
    public var passesOn: LocalText?
    /// As the site file has them.
    public let handoverWords: [String]
    private let foldedWords: [String]

    public static let defaultWords = ["转人工", "人工客服", "talk to a human", "real person"]

    /// The built-in robot's.
    public static let defaultPassesOn = LocalText(
        chinese: "这个问题我请人工客服来回答，请稍等。",
        english: "I am passing you on to a colleague who can answer this. One moment, please.")

    public init(
        name: String? = nil, misses: Int = 2, helpsWhileWaiting: Bool = false,
        passesOn: LocalText? = nil, handoverWords: [String] = defaultWords
    ) {
        self.name = name
        self.misses = misses
        self.helpsWhileWaiting = helpsWhileWaiting
        self.passesOn = passesOn
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
