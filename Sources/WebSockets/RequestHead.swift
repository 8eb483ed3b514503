// Reads a request's head out of the library's header table, for `ServerCallback`. Valid only while
// the library still holds the headers: in the handshake filter and when a request begins.
import CLibwebsockets

struct RequestHead {
    let wsi: OpaquePointer

    /// Method and path, or nil for a method that lws does not know. The path is percent-decoded
    /// and has no `..` left; the query is apart.
    func methodAndPath() -> (method: HTTPMethod?, path: String) {
        var start: UnsafeMutablePointer<CChar>?
        var length: Int32 = 0
        let method = lws_http_get_uri_and_method(wsi, &start, &length)
        guard let start, length > 0 else { return (HTTPMethod(library: method), "") }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(length))
        return (HTTPMethod(library: method), String(decoding: bytes, as: UTF8.self))
    }

    /// 0, 1, or 2 for more. An empty header counts as absent.
    func count(_ token: lws_token_indexes) -> Int {
        let total = lws_hdr_total_length(wsi, token)
        if total == 0 { return 0 }
        // Each further header adds its length and a comma to the total.
        return lws_hdr_fragment_length(wsi, token, 0) == total ? 1 : 2
    }

    /// Several headers of a name come joined by commas. Nil when absent; cut off beyond 8 KB
    /// cannot happen, the whole head is shorter.
    func text(_ token: lws_token_indexes) -> String? {
        let length = Int(lws_hdr_total_length(wsi, token))
        guard length > 0 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 2) { buffer in
            let copied = lws_hdr_copy(wsi, buffer.baseAddress, Int32(length + 2), token)
            guard copied > 0, let start = buffer.baseAddress else { return nil }
            return String(cString: start)
        }
    }

    /// A header lws has no token for; `name` in lower case.
    func text(custom name: String) -> String? {
        let key = name + ":"
        let length = Int(lws_hdr_custom_length(wsi, key, Int32(key.utf8.count)))
        guard length > 0 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 2) { buffer in
            let copied = lws_hdr_custom_copy(
                wsi, buffer.baseAddress, Int32(length + 2), key, Int32(key.utf8.count))
            guard copied > 0, let start = buffer.baseAddress else { return nil }
            return String(cString: start)
        }
    }

    var isHTTP11: Bool { text(WSI_TOKEN_HTTP) == "HTTP/1.1" }

    /// Name and value of each part of the query, percent-decoded.
    func query() -> [HTTPField] {
        var fields: [HTTPField] = []
        var index: Int32 = 0
        while index < 100 {
            let length = Int(lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, index))
            guard length > 0 else { break }
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 2) { buffer in
                let copied = lws_hdr_copy_fragment(
                    wsi, buffer.baseAddress, Int32(length + 2), WSI_TOKEN_HTTP_URI_ARGS, index)
                guard copied > 0, let start = buffer.baseAddress else { return }
                let part = String(cString: start)
                let cut = part.firstIndex(of: "=") ?? part.endIndex
                let value = cut == part.endIndex ? "" : String(part[part.index(after: cut)...])
                fields.append(HTTPField(String(part[..<cut]), value))
            }
            index += 1
        }
        return fields
    }

    func handshakeFacts() -> HandshakeFacts {
        let (method, path) = methodAndPath()
        let length = text(WSI_TOKEN_HTTP_CONTENT_LENGTH)
        return HandshakeFacts(
            isGet: method == .get, isHTTP11: isHTTP11, path: path,
            hosts: count(WSI_TOKEN_HOST), origins: count(WSI_TOKEN_ORIGIN),
            upgrade: text(WSI_TOKEN_UPGRADE) ?? "", version: text(WSI_TOKEN_VERSION) ?? "",
            key: text(WSI_TOKEN_KEY) ?? "", subprotocols: text(WSI_TOKEN_PROTOCOL) ?? "",
            announcesBody: count(WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0
                || (length != nil && length != "0"))
    }
}
