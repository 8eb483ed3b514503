/// What a site shows to the people who use it: what its widget asks, what its agents choose from,
/// what a customer is asked afterwards. HubConfig reads it from the site file, `hello` tells it.

public struct ServiceSettings: Hashable, Sendable {
    /// As people read it; nil: the site's identifier.
    public var name: String?
    public var widget = WidgetSettings()
    /// Nil: customers are not asked how it was.
    public var survey: SurveySettings?
    /// In the order of the file; at most `CannedReply.siteBound`.
    public var canned: [CannedReply] = []
    /// What an agent may give as the reason of a status; he may write his own as well.
    public var statusReasons: [AgentStatus: [String]] = [:]
    /// Suggested for sessions; agents may write others.
    public var tags: [String] = []
    public var dispositions = DispositionSettings()

    public init() {}
}

/// What the widget shows before a chat begins.
public struct WidgetSettings: Hashable, Sendable {
    public var title: LocalText?
    public var welcome: LocalText?
    public var topics: [NamedChoice] = []
    public var prechat: [PrechatField] = []

    public init() {}
}

/// Something to choose: what the rules see, and what people read.
public struct NamedChoice: Hashable, Sendable {
    /// 1...64 bytes.
    public var id: String
    public var name: LocalText

    public init(id: String, name: LocalText) {
        self.id = id
        self.name = name
    }
}

/// A question before the chat; its answer becomes the customer's attribute `id`, of the page's
/// origin.
public struct PrechatField: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case text, email, phone, choice
    }

    /// 1...64 bytes.
    public var id: String
    public var label: LocalText
    public var kind: Kind
    public var isRequired: Bool
    /// Never empty for `choice`, else always. The answer is the `id` of one.
    public var choices: [NamedChoice]

    public init(
        id: String, label: LocalText, kind: Kind = .text, isRequired: Bool = false,
        choices: [NamedChoice] = []
    ) {
        self.id = id
        self.label = label
        self.kind = kind
        self.isRequired = isRequired
        self.choices = choices
    }
}

/// How a customer is asked after a talk with an agent.
public struct SurveySettings: Hashable, Sendable {
    /// Nil: the page's own words.
    public var question: LocalText?
    /// Offered with a bad score and with a good one; at most `reasonBound` each.
    public var lowReasons: [LocalText] = []
    public var highReasons: [LocalText] = []
    /// Whether he may write something as well.
    public var hasComment = true

    /// As many as a rating takes.
    public static let reasonBound = 10

    public init() {}
}

/// What an agent may write down when a talk is over.
public struct DispositionSettings: Hashable, Sendable {
    public var topics: [String] = []
    public var results: [String] = []

    public init() {}
}

/// A text that agents send often, found by a few letters.
public struct CannedReply: Hashable, Sendable {
    /// 1...64 bytes.
    public var shortcut: String
    /// At most `titleBytes`; empty: none.
    public var title: String
    /// 1...`textBytes`; lines may be broken.
    public var text: String
    /// Whose agents have it; empty: everybody of the site.
    public var groups: [GroupID]

    public init(shortcut: String, title: String = "", text: String, groups: [GroupID] = []) {
        self.shortcut = shortcut
        self.title = title
        self.text = text
        self.groups = groups
    }

    public static let titleBytes = 200
    public static let textBytes = 4_096
    /// Of a site file.
    public static let siteBound = 500
    /// Of an agent's own.
    public static let agentBound = 200
    /// Bytes of all texts together, of a site file and of an agent: a list is one answer.
    public static let totalBytes = 262_144
}
