/// Every setting of a node in one table: its key in `Config/chathub.yaml`, its environment
/// variable, what is allowed, how it is read and written. Decoding, overriding, the sample's test
/// and help are all made of it, so none can forget a setting.
struct NodeSetting: Sendable {
    /// With dots: `redis.url`.
    let key: String
    let variable: String
    let allowed: String
    /// The words it may be, where these are few.
    var choices: [String] = []
    /// Nil when the text is not allowed.
    let read: @Sendable (String) -> (@Sendable (inout NodeSettings) -> Void)?
    let write: @Sendable (NodeSettings) -> String
}

extension NodeSetting {
    typealias Path<Value> = WritableKeyPath<NodeSettings, Value> & Sendable

    private init<Value: Sendable>(
        _ key: String, _ variable: String?, _ path: Path<Value>, allowed: String,
        parse: @escaping @Sendable (String) -> Value?,
        text: @escaping @Sendable (Value) -> String
    ) {
        self.key = key
        let words = key.uppercased().map { $0 == "." ? "_" : $0 }
        self.variable = variable ?? "CHATHUB_" + String(words)
        self.allowed = allowed
        read = { written in
            guard let value = parse(written) else { return nil }
            let change: @Sendable (inout NodeSettings) -> Void = { settings in
                settings[keyPath: path] = value
            }
            return change
        }
        write = { text($0[keyPath: path]) }
    }

    static func number(
        _ key: String, _ path: Path<Int>, _ range: ClosedRange<Int>, variable: String? = nil
    ) -> NodeSetting {
        NodeSetting(
            key, variable, path, allowed: "\(range.lowerBound)...\(range.upperBound)",
            parse: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } },
            text: { String($0) })
    }

    static func duration(
        _ key: String, _ path: Path<Int64>, _ range: ClosedRange<Int64>
    ) -> NodeSetting {
        let low = DurationText.text(milliseconds: range.lowerBound)
        let high = DurationText.text(milliseconds: range.upperBound)
        return NodeSetting(
            key, nil, path, allowed: "\(low)...\(high), with a unit: ms, s, m, h or d",
            parse: { DurationText.milliseconds(of: $0).flatMap { range.contains($0) ? $0 : nil } },
            text: { DurationText.text(milliseconds: $0) })
    }

    static func bytes(
        _ key: String, _ path: Path<Int>, _ range: ClosedRange<Int>
    ) -> NodeSetting {
        let low = ByteSizeText.text(bytes: range.lowerBound)
        let high = ByteSizeText.text(bytes: range.upperBound)
        return NodeSetting(
            key, nil, path, allowed: "\(low)...\(high), in B, KiB, MiB or GiB",
            parse: { ByteSizeText.bytes(of: $0).flatMap { range.contains($0) ? $0 : nil } },
            text: { ByteSizeText.text(bytes: $0) })
    }

    static func choice<Choice>(_ key: String, _ path: Path<Choice>) -> NodeSetting
    where Choice: CaseIterable & RawRepresentable & Sendable, Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue)
        var setting = NodeSetting(
            key, nil, path, allowed: names.joined(separator: ", "),
            parse: { Choice(rawValue: $0) }, text: \.rawValue)
        setting.choices = names
        return setting
    }

    static func text(
        _ key: String, _ path: Path<String>, variable: String? = nil, allowed: String
    ) -> NodeSetting {
        NodeSetting(key, variable, path, allowed: allowed, parse: plain, text: { $0 })
    }

    /// An empty text stands for none.
    static func optionalText(
        _ key: String, _ path: Path<String?>, variable: String? = nil, allowed: String,
        check: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> NodeSetting {
        NodeSetting(
            key, variable, path, allowed: allowed,
            parse: { text -> String?? in
                if text.isEmpty { return .some(nil) }
                return plain(text).flatMap { check($0) ? .some(.some($0)) : nil }
            },
            text: { $0 ?? "" })
    }

    /// In a file a list, in the environment separated by commas.
    static func list(_ key: String, _ path: Path<[String]>, allowed: String) -> NodeSetting {
        NodeSetting(
            key, nil, path, allowed: allowed,
            parse: { text in
                let parts = text.split(separator: ",").map { plain(String($0)) }
                return parts.contains { $0 == nil } ? nil : parts.compactMap(\.self)
            },
            text: { $0.joined(separator: ",") })
    }

    static func listen(_ key: String, _ path: Path<ListenAddress>) -> NodeSetting {
        NodeSetting(
            key, nil, path, allowed: "HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080",
            parse: { ListenAddress($0) }, text: \.description)
    }

    @Sendable private static func plain(_ text: String) -> String? {
        let isPlain =
            (1...4096).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy(Entry.isPrintable)
        return isPlain ? text : nil
    }
}

extension ListenAddress {
    /// Nil unless `HOST:PORT`, with brackets around an IPv6 host.
    public init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: 0x3A) else { return nil }
        let digits = text[text.utf8.index(after: colon)...]
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.utf8.contains(0x3A) {
            return nil
        }
        guard !host.isEmpty, host.utf8.count <= 253, host.unicodeScalars.allSatisfy(Self.fits),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits)
        else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    private static func fits(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.value > 0x20 && scalar != "/" && scalar != "@"
    }
}

extension NodeSetting {
    /// In the order of the sample file.
    static let all: [NodeSetting] = [
        .listen("listen", \.listen),
        .number("workers", \.workers, 1...64),
        .text("data", \.dataFolder, allowed: "a folder"),
        .list("sites", \.sites, allowed: "site files"),
        .optionalText("web", \.webFolder, allowed: "a folder, or empty: the pages in the binary"),
        .optionalText(
            "redis.url", \.redis.url, variable: "CHATHUB_REDIS",
            allowed: "redis://[user:password@]host:port/db, unix:///path, or empty: a private one",
            check: { $0.hasPrefix("redis://") || $0.hasPrefix("unix://") }),
        .duration("redis.connect_deadline", \.redis.connectMilliseconds, 100...60_000),
        .duration("redis.command_deadline", \.redis.commandMilliseconds, 100...60_000),
        .duration("redis.backoff_first", \.redis.backoffFirstMilliseconds, 1...10_000),
        .duration("redis.backoff_most", \.redis.backoffMostMilliseconds, 10...60_000),
        .duration("redis.probe", \.redis.probeMilliseconds, 100...60_000),
        .number("redis.max_pending", \.redis.maximumPendingCalls, 100...10_000_000),
        .bytes("redis.outbox", \.redis.outboxBytes, 1_048_576...4_294_967_296),
        .text("private_redis.program", \.privateRedis.program, allowed: "a program"),
        .bytes(
            "private_redis.max_memory", \.privateRedis.maximumMemoryBytes, 0...1_099_511_627_776),
        .number("private_redis.port", \.privateRedis.port, 0...65_535),
        .choice("durability.class", \.durability),
        .number("durability.replicas", \.replicas, 1...10),
        .choice("log.level", \.log.level),
        .choice("log.format", \.log.format),
        .optionalText("tls.certificate", \.tls.certificateFile, allowed: "a PEM file, or empty"),
        .optionalText("tls.key", \.tls.keyFile, allowed: "a PEM file, or empty"),
        .duration("connections.heartbeat", \.connections.heartbeatMilliseconds, 1000...600_000),
        .duration("connections.hello_deadline", \.connections.helloMilliseconds, 1000...600_000),
        .bytes("connections.frame_bytes", \.connections.frameBytes, 1024...16_777_216),
        .number("connections.frame_lines", \.connections.frameLines, 1...10_000),
        .number("connections.frame_fragments", \.connections.frameFragments, 1...10_000),
        .duration(
            "connections.unfinished_deadline", \.connections.unfinishedMilliseconds,
            1000...600_000),
        .bytes("connections.unfinished", \.connections.unfinishedBytes, 1_048_576...4_294_967_296),
        .bytes("connections.outbox", \.connections.outboxBytes, 65_536...1_073_741_824),
        .bytes("connections.frame_out", \.connections.frameOutBytes, 4096...16_777_216),
        .number("connections.accepts_per_turn", \.connections.acceptsPerTurn, 1...10_000),
        .choice("metrics.forwarded", \.forwardedMetrics),
        .duration("drain", \.drainMilliseconds, 0...10_000),
        .duration("lease", \.leaseMilliseconds, 2000...120_000),
        .duration("queue_tick", \.queueTickMilliseconds, 100...10_000),
    ]
}
