/// What is known about a customer, and how far it can be trusted (DESIGN section 4, Trust).

/// The value of an attribute: a scalar or a list of scalars.
public enum AttributeValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    /// At most 100 scalars; lists do not nest.
    case list([AttributeValue])
}

/// Who said so. A page's value never replaces a trusted one.
public enum AttributeOrigin: String, Hashable, Sendable {
    /// Import, HTTP API, signed token or agent.
    case trusted
    /// The web page the widget runs in, or the visitor himself.
    case page
}

public struct Attribute: Hashable, Sendable {
    public let value: AttributeValue
    public let origin: AttributeOrigin

    public init(value: AttributeValue, origin: AttributeOrigin) {
        self.value = value
        self.origin = origin
    }
}

/// A customer's attributes by name. Names: 1...64 bytes of UTF-8 without control characters;
/// at most 100,000 a customer from import, 50 a frame from a page.
public struct Attributes: Hashable, Sendable {
    public private(set) var byName: [String: Attribute]

    public init(_ byName: [String: Attribute] = [:]) {
        self.byName = byName
    }

    public subscript(name: String) -> Attribute? { byName[name] }

    /// The value when it may be leaned on for importance or for an agent of one's own.
    public func trusted(_ name: String) -> AttributeValue? {
        guard let attribute = byName[name], attribute.origin == .trusted else { return nil }
        return attribute.value
    }

    /// Sets a value; a page's value leaves a trusted one alone. Returns whether it was taken.
    @discardableResult
    public mutating func set(_ name: String, to value: AttributeValue, origin: AttributeOrigin)
        -> Bool
    {
        if origin == .page, let known = byName[name], known.origin == .trusted { return false }
        byName[name] = Attribute(value: value, origin: origin)
        return true
    }
}
