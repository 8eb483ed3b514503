/// A text in one or both languages, as a site file gives it and as people read it.
public struct LocalText: Hashable, Sendable {
    public var chinese: String?
    public var english: String?

    public init(chinese: String? = nil, english: String? = nil) {
        self.chinese = chinese
        self.english = english
    }

    /// The same in both.
    public init(_ text: String) { self.init(chinese: text, english: text) }

    /// For a locale (BCP 47) such as `zh-CN`; without one, Chinese first. A text that is there in
    /// one language only is better than none.
    public func text(for locale: String?) -> String {
        let isChinese = locale?.lowercased().hasPrefix("zh") ?? true
        return (isChinese ? chinese ?? english : english ?? chinese) ?? ""
    }
}
