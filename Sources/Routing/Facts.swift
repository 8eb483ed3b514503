/// Everything a routing decision may look at, as it stands when a session starts. Made by HubCore
/// from `hello`, `session.start` and the customer's record, and by `chathub explain` from its
/// arguments. Time is no fact: it is handed to `Strategy.decide` beside them.
public import ChatModel

public struct Facts: Hashable, Sendable {
    /// The `sub` of the customer's token; nil for an anonymous visitor, whose id proves nothing.
    public var customer: PersonID?
    /// What is known of him, each value with its origin. `region` here is what `where` looks at.
    public var attributes: Attributes
    /// Members of `page` other than url, referrer and device, as text; never trusted.
    public var parameters: [String: String]
    /// What became of a signed level parameter. Nil when there was none, or the site takes the
    /// parameter unsigned.
    public var signedLevel: SignedLevel?
    public var topic: String?
    public var channel: String?
    /// The page's whole address, as the browser said it.
    public var url: String?
    public var referrer: String?
    public var device: String?
    /// The first message, if the customer already wrote one.
    public var text: String?

    public init(
        customer: PersonID? = nil, attributes: Attributes = Attributes(),
        parameters: [String: String] = [:], signedLevel: SignedLevel? = nil,
        topic: String? = nil, channel: String? = nil, url: String? = nil,
        referrer: String? = nil, device: String? = nil, text: String? = nil
    ) {
        self.customer = customer
        self.attributes = attributes
        self.parameters = parameters
        self.signedLevel = signedLevel
        self.topic = topic
        self.channel = channel
        self.url = url
        self.referrer = referrer
        self.device = device
        self.text = text
    }
}

/// A level parameter that was a JWT of the site's key, as authentication judged it.
public enum SignedLevel: Hashable, Sendable {
    /// Signature, `exp` and `sub` are good; the claim is as signed, its range not checked yet.
    case verified(Int)
    /// Why it was refused, for the explanation: `expired`, `bad signature`, `another customer`...
    case refused(reason: String)
}
