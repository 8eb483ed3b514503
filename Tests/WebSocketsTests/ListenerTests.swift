// Listening sockets: only on the address asked, shared on purpose only, paced, and calm without
// descriptors.
import Glibc
import Testing

@testable import WebSockets

extension SocketTests {
    @Suite struct ListenerTests {
        /// Local addresses (as /proc writes them) that listen on `port`.
        static func listeners(on port: UInt16) -> [String] {
            var found: [String] = []
            for file in ["/proc/net/tcp", "/proc/net/tcp6"] {
                for line in Self.read(file).split(separator: "\n").dropFirst() {
                    let fields = line.split(separator: " ")
                    guard fields.count > 3, fields[3] == "0A" else { continue }
                    let parts = fields[1].split(separator: ":")
                    if UInt16(parts[1], radix: 16) == port { found.append(String(parts[0])) }
                }
            }
            return found
        }

        static func read(_ path: String) -> String {
            guard let file = fopen(path, "r") else { return "" }
            defer { fclose(file) }
            var text: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = fread(&chunk, 1, chunk.count, file)
                if count == 0 { return String(decoding: text, as: UTF8.self) }
                text += chunk[..<count]
            }
        }

        @Test func listensOnTheAddressAskedOnly() throws {
            let listener = try ListenerSocket(address: "127.0.0.1", port: 0)
            defer { listener.close() }
            #expect(listener.address == "127.0.0.1")
            #expect(Self.listeners(on: listener.port) == ["0100007F"])
            let six = try ListenerSocket(address: "::1", port: 0)
            defer { six.close() }
            #expect(Self.listeners(on: six.port) == ["00000000000000000000000001000000"])
        }

        @Test func runningServerHasNoOtherListener() throws {
            try withServer { server in
                _ = try RawSocket.opened(port: server.port)
                #expect(Self.listeners(on: server.port) == ["0100007F"])
            }
        }

        @Test func portThatIsServedAlreadyIsRefused() throws {
            let first = try ListenerSocket(address: "127.0.0.1", port: 0)
            defer { first.close() }
            let error = #expect(throws: WebSocketError.self) {
                _ = try ListenerSocket(address: "127.0.0.1", port: first.port)
            }
            #expect(error?.code == .portInUse)
            // On purpose it works.
            let second = try ListenerSocket(
                address: "127.0.0.1", port: first.port, refusingOthers: false)
            second.close()
        }

        @Test func groupSharesOnePort() throws {
            let group = try ListenerSocket.group(address: "127.0.0.1", port: 0, count: 3)
            defer { group.forEach { $0.close() } }
            #expect(Set(group.map(\.port)).count == 1)
            #expect(Set(group.map(\.descriptor)).count == 3)
        }

        /// Connections that `listener` has waiting, accepted and closed.
        private func waiting(_ listener: ListenerSocket) -> Int {
            var count = 0
            while true {
                let accepted = accept(listener.descriptor, nil, nil)
                if accepted < 0 { return count }
                close(accepted)
                count += 1
            }
        }

        @Test func aPausedListenerLeavesEverybodyToTheOthersUntilItIsResumed() throws {
            let group = try ListenerSocket.group(address: "127.0.0.1", port: 0, count: 2)
            defer { group.forEach { $0.close() } }
            group[0].pause()
            for _ in 0..<40 { _ = try RawSocket(port: group[0].port) }
            #expect(waiting(group[0]) == 0)
            #expect(waiting(group[1]) == 40)
            let again = try ListenerSocket(resuming: group[0].descriptor)
            #expect(again.port == group[1].port)
            for _ in 0..<200 { _ = try RawSocket(port: group[0].port) }
            #expect(waiting(again) > 20 && waiting(group[1]) > 20)
        }

        @Test func onlyListenersAreAdopted() throws {
            let listener = try ListenerSocket(address: "127.0.0.1", port: 0)
            defer { listener.close() }
            #expect(try ListenerSocket(adopting: listener.descriptor).port == listener.port)
            #expect(throws: WebSocketError.self) { _ = try ListenerSocket(adopting: 0) }
            #expect(throws: WebSocketError.self) { _ = try ListenerSocket(adopting: 9_999) }
        }

        @Test(arguments: ["", "localhost", "256.0.0.1", "127.0.0.1:80", "*"])
        func namesAndNonsenseAreNoAddress(_ address: String) {
            let error = #expect(throws: WebSocketError.self) {
                _ = try ListenerSocket(address: address, port: 0)
            }
            #expect(error?.code == .badAddress)
        }

        @Test func pausedAcceptingKeepsConnectionsWaiting() throws {
            try withServer({ $0.limits.acceptsPerTurn = 2 }) { server in
                _ = try server.thread.on { [server] in
                    server.server.pauseAccepting()
                    return true
                }
                let sockets = try (0..<9).map { _ in try RawSocket(port: server.port) }
                for socket in sockets { try socket.send(RawSocket.handshake()) }
                #expect(try server.statistics().accepted == 0)
                _ = try server.thread.on { [server] in
                    do {
                        try server.server.resumeAccepting()
                        return true
                    } catch { return false }
                }
                for socket in sockets {
                    #expect(try socket.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101"))
                }
            }
        }

        @Test func twoProcessesShareAPort() throws {
            let first = try EchoProcess(arguments: ["0", "shared"])
            defer { first.stop() }
            let second = try EchoProcess(arguments: ["\(first.port)", "shared"])
            defer { second.stop() }
            var pids: [String: Int] = [:]
            try eventually("answers of both") {
                let socket = try RawSocket(port: first.port)
                try socket.send("GET /pid HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                let answer = String(decoding: try socket.readToEnd(), as: UTF8.self)
                pids[String(answer.split(separator: "\r\n\r\n").last ?? ""), default: 0] += 1
                return pids.count == 2
            }
            #expect(Set(pids.keys) == [String(first.pid), String(second.pid)])
        }

        @Test func withoutDescriptorsAcceptingRestsAndRecovers() throws {
            let echo = try EchoProcess(arguments: ["0"], descriptorLimit: 40)
            defer { echo.stop() }
            let crowd = try (0..<60).map { _ in try RawSocket(port: echo.port) }
            let cpuBefore = try echo.cpuTicks()
            usleep(500_000)
            // 100 ticks a second: a spinning process would use about 50.
            #expect(try echo.cpuTicks() - cpuBefore < 15)
            crowd.forEach { $0.close() }
            var answer = ""
            try eventually("service again") {
                let socket = try RawSocket(port: echo.port)
                try socket.send("GET /statistics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                answer = String(decoding: try socket.readToEnd(), as: UTF8.self)
                return answer.hasPrefix("HTTP/1.1 200")
            }
            let pauses = Int(answer.split(separator: "\r\n\r\n").last ?? "")
            #expect((pauses ?? 0) > 0)
        }
    }
}
