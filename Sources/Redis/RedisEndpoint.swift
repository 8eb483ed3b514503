// Where a Redis is and as whom to enter it. Parsed from the configuration's URL by HubServer.

/// A Redis server's address and credentials.
public struct RedisEndpoint: Sendable, Equatable, CustomStringConvertible {
    /// How the server is reached.
    public enum Address: Sendable, Equatable {
        case tcp(host: String, port: UInt16)
        case unix(path: String)
    }

    public var address: Address
    /// The ACL user; nil means Redis's `default` user.
    public var user: String?
    /// Nil: no AUTH is sent.
    public var password: String?
    /// Database number, 0...15 on a stock server.
    public var database: Int

    public init(
        _ address: Address, user: String? = nil, password: String? = nil, database: Int = 0
    ) {
        self.address = address
        self.user = user
        self.password = password
        self.database = database
    }

    /// For logs: never shows user or password.
    public var description: String {
        switch address {
        case .tcp(let host, let port):
            let name = host.contains(":") ? "[\(host)]" : host
            return "redis://\(name):\(port)/\(database)"
        case .unix(let path): return "unix://\(path)?db=\(database)"
        }
    }

    /// Reads `redis://[user:password@]host[:port][/db]` (port 6379, db 0 by default; IPv6 in
    /// brackets; user and password may be percent-encoded) or
    /// `unix:///path[?db=n][&user=u][&password=p]`.
    public static func parse(_ url: String) throws(RedisURLError) -> RedisEndpoint {
        if url.hasPrefix("redis://") { return try parseTCP(url.dropFirst(8)) }
        if url.hasPrefix("unix://") { return try parseUnix(url.dropFirst(7)) }
        if url.hasPrefix("rediss://") { throw .tlsIsNotSupported }
        throw .unknownScheme
    }

    private static func parseTCP(_ rest: Substring) throws(RedisURLError) -> RedisEndpoint {
        var endpoint = RedisEndpoint(.tcp(host: "", port: 6379))
        var place = rest
        if let at = rest.lastIndex(of: "@") {
            let credentials = rest[..<at]
            place = rest[rest.index(after: at)...]
            let parts = credentials.split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw .badCredentials }
            endpoint.user = parts[0].isEmpty ? nil : try percentDecoded(parts[0])
            endpoint.password = try percentDecoded(parts[1])
        }
        let parts = place.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, !parts[1].isEmpty { endpoint.database = try database(parts[1]) }
        endpoint.address = try hostAndPort(parts[0])
        return endpoint
    }

    private static func hostAndPort(_ text: Substring) throws(RedisURLError) -> Address {
        var host = text
        var port = Substring("6379")
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let after = text[text.index(after: end)...]
            if after.hasPrefix(":") { port = after.dropFirst() } else if !after.isEmpty {
                throw .badHost
            }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            if host.contains(":") { throw .badHost }
        }
        guard !host.isEmpty else { throw .badHost }
        guard let number = UInt16(port), number > 0 else { throw .badPort }
        return .tcp(host: String(host), port: number)
    }

    private static func parseUnix(_ rest: Substring) throws(RedisURLError) -> RedisEndpoint {
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = try percentDecoded(parts[0])
        guard path.hasPrefix("/"), path.utf8.count <= 107 else { throw .badPath }
        var endpoint = RedisEndpoint(.unix(path: path))
        for item in parts.count == 2 ? parts[1].split(separator: "&") : [] {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { throw .unknownParameter(String(item)) }
            switch pair[0] {
            case "db": endpoint.database = try database(pair[1])
            case "user": endpoint.user = try percentDecoded(pair[1])
            case "password": endpoint.password = try percentDecoded(pair[1])
            default: throw .unknownParameter(String(pair[0]))
            }
        }
        return endpoint
    }

    private static func database(_ text: Substring) throws(RedisURLError) -> Int {
        guard let number = Int(text), (0...65_535).contains(number) else { throw .badDatabase }
        return number
    }

    private static func percentDecoded(_ text: Substring) throws(RedisURLError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let decoded = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { throw .badPercentEncoding }
            bytes.append(decoded)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .badPercentEncoding
        }
        return decoded
    }
}

/// Why a Redis URL was refused. Holds nothing of the URL that could be secret.
public enum RedisURLError: Error, Equatable, Sendable {
    /// Allowed are `redis://` and `unix://`.
    case unknownScheme
    /// `rediss://` (TLS) is not there; use a unix socket or a tunnel.
    case tlsIsNotSupported
    /// Credentials are `user:password@` or `:password@`.
    case badCredentials
    case badHost
    /// 1...65535.
    case badPort
    /// A number, 0...65535.
    case badDatabase
    /// An absolute path of at most 107 bytes.
    case badPath
    /// `%` must be followed by two hexadecimal digits, and the result must be UTF-8.
    case badPercentEncoding
    /// Allowed are `db`, `user` and `password`.
    case unknownParameter(String)
}

extension RedisURLError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownScheme: "a Redis address begins with redis:// or unix://"
        case .tlsIsNotSupported: "rediss:// (TLS) is not there; use a unix socket or a tunnel"
        case .badCredentials: "credentials in a Redis address are user:password@ or :password@"
        case .badHost: "the host in the Redis address cannot be read; IPv6 stands in brackets"
        case .badPort: "the port in the Redis address is not 1 to 65535"
        case .badDatabase: "the database in the Redis address is not a number from 0 to 65535"
        case .badPath: "the path in the Redis address is not absolute, or longer than 107 bytes"
        case .badPercentEncoding:
            "in the Redis address % must be followed by two hexadecimal digits"
        case .unknownParameter(let name):
            "the Redis address knows db, user and password, not \(name.prefix { $0 != "=" })"
        }
    }
}
