/// Reads `origins`, `limits`, `retention` and `idle`.
import Foundation

struct LimitDecoder {
    func origins(_ entry: Entry) -> [String] {
        var seen: Set<String> = []
        return entry.listOrSelf().compactMap { entry in
            guard let text = entry.text(), Self.isOrigin(text) else {
                entry.error(
                    "not a web origin",
                    allowed: "https://shop.example or http://localhost:3000, in lower case, "
                        + "without path")
                return nil
            }
            guard seen.insert(text).inserted else {
                entry.error("this origin is in the list already")
                return nil
            }
            return text
        }
    }

    /// As a browser writes it: scheme, host, and the port unless it is the scheme's own.
    static func isOrigin(_ text: String) -> Bool {
        let schemes = [("https://", ":443"), ("http://", ":80")]
        guard let (scheme, ownPort) = schemes.first(where: { text.hasPrefix($0.0) }),
            !text.hasSuffix(ownPort)
        else { return false }
        var host = text.dropFirst(scheme.utf8.count)
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            guard let port = UInt16(host[host.index(after: colon)...]), port > 0 else {
                return false
            }
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return NumericAddress.canonical(String(host.dropFirst().dropLast()))?.contains(":")
                == true
        }
        return !host.isEmpty && host.first != "." && host.last != "."
            && host.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
                    || byte == 0x2E
            }
    }

    func limits(_ entry: Entry) -> LimitSettings {
        var limits = LimitSettings()
        guard let section = entry.section() else { return limits }
        func read(_ key: String, _ value: inout Int, _ range: ClosedRange<Int>) {
            value = section.value(key)?.integer(in: range) ?? value
        }
        read("frames_per_second", &limits.framesPerSecond, 1...100_000)
        read("burst", &limits.burst, 1...1_000_000)
        limits.bytesPerSecond =
            section.value("bytes_per_second")?.bytes(in: 1024...1_073_741_824)
            ?? limits.bytesPerSecond
        limits.messageBytes =
            section.value("message_bytes")?.bytes(in: 1...32_768) ?? limits.messageBytes
        read("connections_per_address", &limits.connectionsPerAddress, 1...1_000_000)
        read("sessions_per_address", &limits.sessionsPerAddress, 1...1_000_000)
        read("failed_hellos_per_address", &limits.failedHellosPerAddress, 1...1_000_000)
        if let value = section.value("trusted_addresses") {
            limits.trustedAddresses = value.listOrSelf().compactMap { entry in
                let address = entry.scalar.flatMap { NumericAddress.canonical($0.text) }
                if address == nil {
                    entry.error("not a numeric address", allowed: "127.0.0.1, or ::1")
                }
                return address
            }
        }
        section.finish()
        return limits
    }

    func retention(_ entry: Entry) -> RetentionSettings {
        var retention = RetentionSettings()
        guard let section = entry.section() else { return retention }
        let range: ClosedRange<Int64> = 60_000...315_360_000_000
        retention.sessionMilliseconds =
            section.value("sessions")?.duration(in: range) ?? retention.sessionMilliseconds
        retention.journalMilliseconds =
            section.value("journal")?.duration(in: range) ?? retention.journalMilliseconds
        section.finish()
        return retention
    }

    func idle(_ entry: Entry) -> IdleSettings {
        var idle = IdleSettings()
        guard let section = entry.section() else { return idle }
        idle.closeGoneMilliseconds =
            section.value("close_gone_after")?.duration(in: 1000...86_400_000)
            ?? idle.closeGoneMilliseconds
        let range: ClosedRange<Int64> = 1000...86_400_000
        idle.remindMilliseconds = section.value("remind_after")?.duration(in: range)
        idle.closeMilliseconds = section.value("close_after")?.duration(in: range)
        if let remind = idle.remindMilliseconds, let close = idle.closeMilliseconds, close <= remind
        {
            section.log.error(
                "customers would be closed before they are reminded",
                at: section.place(ofKey: "close_after"), allowed: "more than `remind_after`")
        }
        section.finish()
        return idle
    }
}

/// IPv4 and IPv6 addresses in the one form the system prints them in, so that texts compare.
enum NumericAddress {
    static func canonical(_ text: String) -> String? {
        for family in [AF_INET, AF_INET6] {
            var binary = in6_addr()
            guard inet_pton(family, text, &binary) == 1 else { continue }
            var printed = [CChar](repeating: 0, count: 64)
            guard inet_ntop(family, &binary, &printed, 64) != nil else { return nil }
            let bytes = printed.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return String(decoding: bytes, as: UTF8.self)
        }
        return nil
    }
}
