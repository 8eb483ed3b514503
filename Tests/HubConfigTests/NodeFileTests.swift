/// A node's settings: defaults, file, environment.
import Testing

@testable import HubConfig

struct NodeFileTests {
    @Test func theEnvironmentGoesBeforeTheFile() throws {
        let checked = NodeFile.load(
            text: "listen: 127.0.0.1:1\nredis: { url: 'redis://a:1/0' }\nsites: [a.yaml, b.yaml]",
            name: "n.yaml",
            environment: [
                "CHATHUB_LISTEN": "[::1]:9000", "CHATHUB_REDIS": "unix:///tmp/r.sock?db=0",
                "CHATHUB_CONNECTIONS_HEARTBEAT": "10s", "CHATHUB_DURABILITY_CLASS": "synced",
                "CHATHUB_KEY_DEMO": "x", "PATH": "/bin",
            ])
        let settings = try #require(checked.settings, "\(checked.problems)")
        #expect(settings.listen == ListenAddress(host: "::1", port: 9000))
        #expect(settings.redis.url == "unix:///tmp/r.sock?db=0")
        #expect(settings.connections.heartbeatMilliseconds == 10_000)
        #expect(settings.durability == .synced)
        #expect(settings.sites == ["a.yaml", "b.yaml"])
        #expect(checked.problems == [])
    }

    @Test func everythingWrongIsToldAtOnce() {
        let checked = NodeFile.load(
            text: """
                listen: 8080
                redis: { url: 'http://x', probe: 1 }
                log: { level: inf }
                tls: { certificate: a.pem }
                conections: {}
                """, name: "n.yaml", environment: ["CHATHUB_WORKERS": "0", "CHATHUB_LISTN": "x"])
        #expect(checked.settings == nil)
        let found = checked.problems.map {
            "\($0.file):\($0.line) \($0.path) \($0.suggestion ?? "")"
        }
        for expected in [
            "n.yaml:1 listen ", "n.yaml:2 redis.url ", "n.yaml:2 redis.probe ",
            "n.yaml:3 log.level info", "n.yaml:0 tls ", "n.yaml:5 conections connections",
            "environment:0 CHATHUB_WORKERS ", "environment:0 CHATHUB_LISTN ",
        ] {
            #expect(found.contains(expected), "missing \(expected) in \(found)")
        }
    }

    @Test func aFileOfCommentsOnlyMeansTheDefaults() {
        #expect(NodeFile.load(text: "# listen: 1\n", name: "n").settings == NodeSettings())
        #expect(NodeFile.load(path: nil).settings == NodeSettings())
        #expect(NodeFile.load(path: "/nowhere/chathub.yaml").errors.count == 1)
    }

    @Test func settingsComeBackWholeThroughTheEnvironment() throws {
        var settings = NodeSettings()
        for setting in NodeSetting.all where setting.key != "sites" {
            let texts = [
                "7", "700", "7s", "1m7s", "70MiB", "65KiB", "[::1]:99", "redis://a:1/2", "/a b",
            ]
            let words = setting.choices.isEmpty ? texts : Array(setting.choices.reversed())
            let change = try #require(words.lazy.compactMap(setting.read).first, "\(setting.key)")
            change(&settings)
        }
        #expect(settings != NodeSettings())
        let again = NodeFile.load(path: nil, environment: NodeFile.environment(of: settings))
        #expect(again.settings == settings, "\(again.problems)")
    }

    @Test func anOptionIsTheLastWordAndItsMistakesBearItsName() throws {
        let options = [NodeOption(name: "--workers", key: "workers", text: "3")]
        let good = NodeFile.load(
            text: "workers: 2", name: "n", environment: ["CHATHUB_WORKERS": "none"],
            options: options)
        #expect(good.settings?.workers == 3 && good.problems.isEmpty)
        let bad = NodeFile.load(
            path: nil, options: [NodeOption(name: "--listen", key: "listen", text: "x")])
        #expect(bad.errors.map(\.path) == ["--listen"])
    }

    @Test func aVariableNobodyKnowsIsAWarning() {
        let checked = NodeFile.load(
            path: nil, environment: ["CHATHUB_PONY": "1", "CHATHUB_SIGNING_KEY": "x", "PONY": "1"])
        #expect(checked.warnings.map(\.path) == ["CHATHUB_PONY"] && checked.settings != nil)
    }

    @Test func aWrongVariableNeverShowsItsValue() {
        let checked = NodeFile.load(
            text: "{}", name: "n", environment: ["CHATHUB_REDIS": "http://me:secret@host"])
        #expect(checked.settings == nil)
        #expect(!CheckReport.text(checked).contains("secret"))
        #expect(!CheckReport.json(checked).contains("secret"))
    }

    @Test(arguments: [
        ("127.0.0.1:80", true), ("[::1]:0", true), ("localhost:65535", true), ("::1:80", false),
        ("127.0.0.1", false), (":80", false), ("a:b", false), ("a:65536", false), ("a b:1", false),
        ("a:+1", false),
    ])
    func addressesToListenOnAreExact(_ text: String, _ isGood: Bool) {
        #expect((ListenAddress(text) != nil) == isGood)
        if isGood { #expect(ListenAddress(text)?.description == text) }
    }
}
