/// What the built-in robot knows: question and answer pairs and a few standing lines. From a site
/// file's `robot:`; `RobotMatcher` finds in it.
public import ChatModel

public struct RobotPair: Hashable, Sendable {
    /// Unique in its book.
    public var id: String
    /// Ways to ask; the first one is what quick replies show. Never empty.
    public var questions: [String]
    public var answer: LocalText
    /// Pairs whose first questions are offered with the answer.
    public var related: [String]

    public init(id: String, questions: [String], answer: LocalText, related: [String] = []) {
        self.id = id
        self.questions = questions
        self.answer = answer
        self.related = related
    }
}

public struct RobotBook: Hashable, Sendable {
    /// Said first in a new session; nil: nothing.
    public var greeting: LocalText?
    /// Said when nothing is found.
    public var unknown: LocalText
    public var pairs: [RobotPair]

    public static let defaultUnknown = LocalText(
        chinese: "抱歉，这个我还不会回答。您可以换个说法，或者输入“转人工”。",
        english: "Sorry, I don't know that yet. Try other words, or ask to talk to a human.")
    /// Said before quick replies when several pairs fit.
    public static let choose = LocalText(
        chinese: "您想问的是哪一个？", english: "Which of these do you mean?")
    /// Said to who asks for a human when none may come.
    public static let noHuman = LocalText(
        chinese: "抱歉，现在无法为您转接人工客服。请继续问我，或稍后再试。",
        english: "Sorry, I cannot pass you on to a human now. Ask me, or try again later.")

    public init(
        greeting: LocalText? = nil, unknown: LocalText = defaultUnknown, pairs: [RobotPair] = []
    ) {
        self.greeting = greeting
        self.unknown = unknown
        self.pairs = pairs
    }
}
