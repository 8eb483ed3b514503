// Redis URLs: what is understood, what is refused, what is never shown.
import Redis
import Testing

@Suite struct RedisEndpointTests {
    @Test(arguments: [
        ("redis://h", RedisEndpoint(.tcp(host: "h", port: 6379))),
        ("redis://h:1/2", RedisEndpoint(.tcp(host: "h", port: 1), database: 2)),
        ("redis://[::1]:7/", RedisEndpoint(.tcp(host: "::1", port: 7))),
        (
            "redis://u:p%40%2F:%C3%A9@h",
            RedisEndpoint(.tcp(host: "h", port: 6379), user: "u", password: "p@/:é")
        ),
        ("redis://:p@h", RedisEndpoint(.tcp(host: "h", port: 6379), password: "p")),
        ("unix:///a/b.sock", RedisEndpoint(.unix(path: "/a/b.sock"))),
        (
            "unix:///a%20b?db=1&user=u&password=p",
            RedisEndpoint(.unix(path: "/a b"), user: "u", password: "p", database: 1)
        ),
    ]) func aGoodURLIsUnderstood(_ url: String, _ expected: RedisEndpoint) throws {
        #expect(try RedisEndpoint.parse(url) == expected)
    }

    @Test(arguments: [
        ("http://h", RedisURLError.unknownScheme), ("rediss://h", .tlsIsNotSupported),
        ("redis://u@h", .badCredentials), ("redis://", .badHost), ("redis://::1", .badHost),
        ("redis://[::1]x", .badHost), ("redis://h:0", .badPort), ("redis://h:65536", .badPort),
        ("redis://h/x", .badDatabase), ("redis://h/-1", .badDatabase), ("unix://a", .badPath),
        ("unix:///a?x=1", .unknownParameter("x")), ("redis://:%zz@h", .badPercentEncoding),
        ("redis://:%ff@h", .badPercentEncoding), ("redis://:%4@h", .badPercentEncoding),
    ]) func aBadURLIsRefused(_ url: String, _ expected: RedisURLError) {
        #expect(throws: expected) { try RedisEndpoint.parse(url) }
    }

    @Test func thePasswordIsNeverShown() throws {
        let endpoint = try RedisEndpoint.parse("redis://user:secret@h:1/2")
        #expect("\(endpoint)" == "redis://h:1/2")
    }

    @Test func aRefusalIsASentenceWithoutThePassword() {
        for url in ["redis://:geheim@h:0", "redis://:geheim@h/x", "unix:///a?password=%z&x=geheim"]
        {
            do {
                _ = try RedisEndpoint.parse(url)
                Issue.record("\(url) is understood")
            } catch {
                #expect("\(error)".contains(" ") && !"\(error)".contains("geheim"))
            }
        }
    }
}
