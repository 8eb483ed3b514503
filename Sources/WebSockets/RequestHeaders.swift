// Which request headers handlers may read. A list, because the library's table must be asked for
// each by its own token. Used by `HTTPExchange`.
import CLibwebsockets

enum RequestHeaders {
    static let known: [(name: String, token: lws_token_indexes)] = [
        ("host", WSI_TOKEN_HOST),
        ("connection", WSI_TOKEN_CONNECTION),
        ("origin", WSI_TOKEN_ORIGIN),
        ("authorization", WSI_TOKEN_HTTP_AUTHORIZATION),
        ("content-length", WSI_TOKEN_HTTP_CONTENT_LENGTH),
        ("content-type", WSI_TOKEN_HTTP_CONTENT_TYPE),
        ("accept", WSI_TOKEN_HTTP_ACCEPT),
        ("accept-language", WSI_TOKEN_HTTP_ACCEPT_LANGUAGE),
        ("if-none-match", WSI_TOKEN_HTTP_IF_NONE_MATCH),
        ("user-agent", WSI_TOKEN_HTTP_USER_AGENT),
        ("referer", WSI_TOKEN_HTTP_REFERER),
        ("x-forwarded-for", WSI_TOKEN_X_FORWARDED_FOR),
        ("x-real-ip", WSI_TOKEN_HTTP_X_REAL_IP),
    ]

    static func read(_ head: RequestHead, extra: [String]) -> [String: String] {
        var headers: [String: String] = [:]
        for (name, token) in known { headers[name] = head.text(token) }
        for name in extra where headers[name] == nil { headers[name] = head.text(custom: name) }
        return headers
    }
}

extension HTTPMethod {
    /// From `lws_http_get_uri_and_method`, which numbers the methods it knows.
    init?(library number: Int32) {
        switch number {
        case 0: self = .get
        case 1: self = .post
        case 2: self = .options
        case 3: self = .put
        case 4: self = .patch
        case 7: self = .head
        default: return nil
        }
    }
}
