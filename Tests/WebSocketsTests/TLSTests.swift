// TLS with a throw-away certificate: openssl's own client is the peer.
import EventLoop
import Glibc
import Testing

@testable import WebSockets

extension SocketTests {
    @Suite struct TLSTests {
        /// Runs a shell line; returns what it printed, errors too.
        static func shell(_ line: String) throws -> String {
            guard let pipe = popen("(\(line)) 2>&1", "r") else { throw TestFailure("no shell") }
            defer { pclose(pipe) }
            var text: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = fread(&chunk, 1, chunk.count, pipe)
                if count == 0 { return String(decoding: text, as: UTF8.self) }
                text += chunk[..<count]
            }
        }

        static func withCertificate(_ body: (TLSFiles) throws -> Void) throws {
            let folder = "/tmp/chathub-tls-\(getpid())"
            _ = try shell(
                "mkdir -p \(folder) && openssl req -x509 -newkey ec -pkeyopt "
                    + "ec_paramgen_curve:P-256 "
                    + "-nodes -days 2 -subj /CN=localhost -keyout \(folder)/k.pem -out "
                    + "\(folder)/c.pem"
            )
            let outcome = Result {
                try body(TLSFiles(certificatePath: "\(folder)/c.pem", keyPath: "\(folder)/k.pem"))
            }
            _ = try shell("rm -rf \(folder)")
            try outcome.get()
        }

        @Test func requestIsServedAndOnlyHTTP11IsNegotiated() throws {
            try Self.withCertificate { files in
                try withServer(
                    { $0.tls = files }, { $0.onRequest = { _ in .text(200, "secret page") } }
                ) { server in
                    let answer = try Self.shell(
                        "printf 'GET / HTTP/1.1\\r\\nHost: h\\r\\nConnection: close\\r\\n\\r\\n' | "
                            + "timeout 10 openssl s_client -ign_eof -alpn h2,http/1.1 "
                            + "-connect 127.0.0.1:\(server.port)")
                    #expect(answer.contains("ALPN protocol: http/1.1"), "\(answer)")
                    #expect(answer.contains("secret page"), "\(answer)")
                    let onlyH2 = try Self.shell(
                        "timeout 10 openssl s_client -alpn h2 "
                            + "-connect 127.0.0.1:\(server.port) </dev/null"
                    )
                    #expect(!onlyH2.contains("ALPN protocol: h2"))
                }
            }
        }

        @Test func webSocketWorksOverTLSAndNeverWritesDirectly() throws {
            try Self.withCertificate { files in
                let handler: (WebSocketSession, [UInt8]) -> Void = { session, bytes in
                    session.send(bytes + Array(" back".utf8))
                }
                try withServer({ $0.tls = files }, { $0.onReceived = handler }) { server in
                    let handshake = RawSocket.handshake().replacing("\r\n", with: "\\r\\n")
                    let answer = try Self.shell(
                        "(printf '\(handshake)'; sleep 0.3; "
                            + "printf '\\201\\205\\000\\000\\000\\000hello'; sleep 0.3; "
                            + "printf '\\210\\200\\000\\000\\000\\000'; sleep 0.3) | "
                            + "timeout 10 openssl s_client -quiet -connect 127.0.0.1:\(server.port)"
                    )
                    #expect(answer.contains("101 Switching Protocols"), "\(answer)")
                    #expect(answer.contains("hello back"), "\(answer)")
                    #expect(try server.statistics().directWrites == 0)
                    #expect(try server.statistics().queuedWrites == 1)
                }
            }
        }

        @Test func plainTextOnATLSPortGetsNothing() throws {
            try Self.withCertificate { files in
                try withServer({ $0.tls = files }) { server in
                    let socket = try RawSocket(port: server.port)
                    try socket.send(RawSocket.handshake())
                    let answer = String(decoding: try socket.readToEnd(), as: UTF8.self)
                    #expect(!answer.contains("101"))
                }
            }
        }

        @Test func unreadableCertificateIsAnErrorAtTheStartAndTheLoopStillRuns() throws {
            let loop = try EventLoop()
            var options = ServerOptions()
            options.tls = TLSFiles(certificatePath: "/nowhere/c.pem", keyPath: "/nowhere/k.pem")
            let error = #expect(throws: WebSocketError.self) {
                _ = try WebSocketServer(loop: loop, options: options, handler: Recorder())
            }
            #expect(error?.code == .library)
            loop.schedule(afterMilliseconds: 20) { loop.stop() }
            loop.run()
            #expect(loop.handlesLeftOpen == 0)
        }
    }
}
