// The client against the server.
import EventLoop
import Glibc
import Testing

@testable import WebSockets

extension SocketTests {
    @Suite struct ClientTests {
        /// Server and client on one loop. Returns what the client was told.
        private func run(
            _ change: (inout ServerOptions) -> Void = { _ in },
            server serverRecorder: Recorder, client recorder: Recorder,
            origin: String? = nil, port: UInt16? = nil, path: String = "/v1/ws",
            until done: @escaping @Sendable (Recorder, Recorder) -> Bool
        ) throws {
            var options = ServerOptions()
            change(&options)
            let thread = try LoopThread()
            let loop = thread.loop
            let server = try WebSocketServer(loop: loop, options: options, handler: serverRecorder)
            let listener = try ListenerSocket(address: "127.0.0.1", port: 0)
            try server.listen(on: listener)
            let client = try WebSocketClient(
                loop: loop, options: ClientOptions(), handler: recorder)
            client.connect(
                address: "127.0.0.1", port: port ?? listener.port, path: path, origin: origin,
                from: "127.0.0.1")
            try thread.start()
            do { try eventually("the end") { done(serverRecorder, recorder) } } catch {
                Issue.record("server \(serverRecorder.log) client \(recorder.log)")
            }
            loop.post { client.shutDown { server.shutDown { loop.stop() } } }
            thread.join()
            #expect(loop.handlesLeftOpen == 0)
        }

        @Test func messagesOfEverySizeComeBackAsTheyWere() throws {
            let sizes = [1, 2, 125, 126, 127, 500, 511, 512, 513, 528, 529, 1_024, 4_096, 60_000]
            let server = Recorder()
            server.onReceived = { session, bytes in session.send(bytes) }
            let client = Recorder()
            let wrong = SharedResult<Bool>()
            client.onOpened = { session in session.send([UInt8](repeating: 0x61, count: sizes[0])) }
            client.onReceived = { session, bytes in
                if bytes != [UInt8](repeating: 0x61, count: sizes[session.userTag]) {
                    wrong.set(true)
                }
                session.userTag += 1
                if session.userTag == sizes.count {
                    return session.close(code: 1000, reason: "done")
                }
                session.send([UInt8](repeating: 0x61, count: sizes[session.userTag]))
            }
            try run(server: server, client: client) { server, client in
                server.log.last == "closed 1000" && client.log.last == "closed 1000"
            }
            #expect(wrong.get() == nil)
            #expect(client.log == ["opened"] + sizes.map { "text \($0)" } + ["closed 1000"])
            #expect(server.log == client.log)
        }

        @Test func serversCloseReachesTheClient() throws {
            let server = Recorder()
            server.onOpened = { $0.close(code: 4010, reason: "hub overloaded") }
            let client = Recorder()
            try run(server: server, client: client) { server, client in
                server.log == ["opened", "closed 4010"] && client.log == ["opened", "closed 4010"]
            }
        }

        @Test func originIsSentAsItIs() throws {
            let seen = SharedResult<String>()
            let server = Recorder()
            server.onOpened = { seen.set($0.origin ?? "none") }
            try run(server: server, client: Recorder(), origin: "https://shop.example") { _, _ in
                seen.get() != nil
            }
            #expect(seen.get() == "https://shop.example")
        }

        @Test func withoutOriginNoneIsSent() throws {
            let seen = SharedResult<String>()
            let server = Recorder()
            server.onOpened = { seen.set($0.origin ?? "none") }
            try run(server: server, client: Recorder()) { _, _ in seen.get() != nil }
            #expect(seen.get() == "none")
        }

        @Test func closedPortAndWrongPathFailOnce() throws {
            let unused = try ListenerSocket(address: "127.0.0.1", port: 0)
            unused.close()
            let client = Recorder()
            try run(server: Recorder(), client: client, port: unused.port) { _, client in
                client.log == ["failed"]
            }
            let other = Recorder()
            try run(server: Recorder(), client: other, path: "/nowhere") { _, client in
                client.log == ["failed"]
            }
        }
    }
}
