// What happens to calls when Redis dies, hangs, stutters, refuses or talks nonsense.
import EventLoop
import Glibc
import Redis
import Testing

@Suite struct RedisFaultTests {
    @Test func aKilledRedisFailsEachWaitingCallOnceAndIsFoundAgain() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        var failures: [RedisFailure] = []
        var states: [RedisState] = []
        connection.onStateChange = { state in
            states.append(state)
            switch state {
            case .ready(generation: 1):
                server.pause()
                for _ in 0..<3 {
                    connection.send(RedisCommand("INCR", "n")) { result in
                        if case .failure(let failure) = result { failures.append(failure) }
                    }
                }
                // The calls are written at this turn's end; then the server dies with them.
                test.loop.schedule(afterMilliseconds: 1) { server.stop() }
            case .lost:
                #expect(!connection.isReady)
                test.loop.schedule(afterMilliseconds: 100) {
                    #expect(throws: Never.self) { try server.start() }
                }
                connection.onStateChange = { state in
                    guard case .ready(let generation) = state else { return }
                    #expect(generation == 2)
                    connection.stop()
                    test.loop.stop()
                }
            default: break
            }
        }
        connection.start()
        test.run()
        #expect(failures == [.connectionLost, .connectionLost, .connectionLost])
        #expect(states.contains(.ready(generation: 1)))
    }

    @Test func aFrozenRedisMeetsTheDeadlineAndThawsWithoutARestart() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint) {
            $0.commandDeadlineMilliseconds = 200
            $0.connectDeadlineMilliseconds = 150
        }
        var failures: [RedisFailure] = []
        connection.whenReady { generation in
            if generation == 2 {
                connection.send(RedisCommand("PING")) { result in
                    #expect(result == .success(.status("PONG")))
                    connection.stop()
                    test.loop.stop()
                }
                return
            }
            server.pause()
            for index in 0..<2 {
                connection.send(RedisCommand("PING")) { result in
                    if case .failure(let failure) = result { failures.append(failure) }
                    if index == 1 {
                        // Long enough for the next attempt to meet its deadline as well.
                        test.loop.schedule(afterMilliseconds: 400) { server.resume() }
                    }
                }
            }
        }
        connection.start()
        test.run()
        #expect(failures == [.deadline, .connectionLost])
        #expect(connection.statistics.failures >= 2)
    }

    @Test func anIdleConnectionNoticesAFrozenRedis() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint) {
            $0.commandDeadlineMilliseconds = 100
            $0.probeIntervalMilliseconds = 50
        }
        var reason: RedisFailure?
        connection.onStateChange = { state in
            if case .ready = state { server.pause() }
            if case .lost(let failure, _) = state {
                reason = failure
                connection.stop()
                test.loop.stop()
            }
        }
        connection.start()
        test.run()
        #expect(reason == .deadline)
    }

    @Test func anAnswerThatLiesInTheSocketOutlivesABlockedLoop() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint) { $0.commandDeadlineMilliseconds = 100 }
        var answer: Result<RedisReply, RedisFailure>?
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        var hang: FileWatcher?
        hang = try test.loop.watch(descriptor: ends[0], .readable) { _ in
            hang?.stop()
            usleep(300_000)
        }
        connection.whenReady { _ in
            connection.send(RedisCommand("PING")) { result in
                answer = result
                connection.stop()
                test.loop.stop()
            }
            // Written at the turn's end. The pipe is readable at once, before Redis can answer:
            // the loop then hangs past the deadline, whose timer comes before the next poll.
            write(ends[1], "x", 1)
        }
        connection.start()
        test.run()
        #expect(answer == .success(.status("PONG")))
        for end in ends { close(end) }
    }

    @Test(arguments: [1, 7, 64]) func answersInSlicesArriveWhole(_ slice: Int) throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let proxy = try FaultProxy(test.loop, server: server)
        proxy.downstream = .slices(slice)
        let connection = test.connection(RedisEndpoint(.unix(path: proxy.path)))
        var answers: [Result<RedisReply, RedisFailure>] = []
        connection.whenReady { _ in
            for number in 0..<20 {
                let lua = "return {\(number), string.rep('x', \(number * 5)), {false, 'é'}}"
                connection.send(RedisCommand("EVAL", lua, "0")) { result in
                    answers.append(result)
                    guard answers.count == 20 else { return }
                    connection.stop()
                    proxy.stop()
                    test.loop.stop()
                }
            }
        }
        connection.start()
        test.run()
        for (number, answer) in answers.enumerated() {
            let xs = [UInt8](repeating: UInt8(ascii: "x"), count: number * 5)
            let inner = RedisReply.array([.null, .bytes(Array("é".utf8))])
            #expect(answer == .success(.array([.integer(Int64(number)), .bytes(xs), inner])))
        }
    }

    @Test func aSocketThatIsNotThereYetIsTriedUntilItIs() throws {
        let server = try RedisServer(start: false)
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        var losses = 0
        connection.onStateChange = { state in
            switch state {
            case .lost(let failure, _):
                #expect(failure == .notConnected)
                losses += 1
                if losses == 3 { #expect(throws: Never.self) { try server.start() } }
            case .ready:
                connection.stop()
                test.loop.stop()
            default: break
            }
        }
        connection.start()
        test.run()
        #expect(losses >= 3)
    }

    @Test func aClosedPortIsReportedAtOnce() throws {
        let test = try TestLoop()
        // Bound but not listening: the kernel refuses, and nobody else can take the port.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutableBytes(of: &address) { raw in
            let pointer = raw.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            bind(descriptor, pointer, size)
            getsockname(descriptor, pointer, &size)
        }
        let port = UInt16(bigEndian: address.sin_port)
        let connection = test.connection(RedisEndpoint(.tcp(host: "127.0.0.1", port: port)))
        var detail = ""
        connection.onStateChange = { state in
            guard case .lost(let failure, let text) = state else { return }
            #expect(failure == .notConnected)
            detail = text
            connection.stop()
            test.loop.stop()
        }
        connection.start()
        test.run()
        #expect(detail.contains("refused"))
    }

    @Test func anUnknownNameIsReported() throws {
        let test = try TestLoop()
        let connection = test.connection(RedisEndpoint(.tcp(host: "no-such-host.invalid", port: 1)))
        var lost = false
        connection.onStateChange = { state in
            guard case .lost = state else { return }
            lost = true
            connection.stop()
            test.loop.stop()
        }
        connection.start()
        test.run()
        #expect(lost)
    }

    @Test(arguments: [nil, "wrong"]) func aWrongPasswordIsNamedAndNeverReady(
        _ password: String?
    ) throws {
        let server = try RedisServer(["--requirepass", "right"])
        let test = try TestLoop()
        var endpoint = server.endpoint
        endpoint.password = password
        let connection = test.connection(endpoint)
        var codes: [String] = []
        connection.onStateChange = { state in
            if case .ready = state { Issue.record("ready without the password") }
            guard case .lost(.server(let error), let detail) = state else { return }
            #expect(!detail.contains("right"))
            codes.append(error.code)
            guard codes.count == 2 else { return }
            connection.stop()
            test.loop.stop()
        }
        connection.start()
        test.run()
        let expected = password == nil ? "NOAUTH" : "WRONGPASS"
        #expect(codes == [expected, expected])
    }

    @Test func aLoadingRedisIsNotReadyYet() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let proxy = try FaultProxy(test.loop, server: server)
        proxy.downstream = .say(Array("+OK\r\n-LOADING Redis is loading the dataset\r\n".utf8))
        let connection = test.connection(RedisEndpoint(.unix(path: proxy.path)))
        var seen: [RedisFailure] = []
        connection.onStateChange = { state in
            if case .lost(let failure, _) = state {
                seen.append(failure)
                proxy.downstream = .pass
            }
            guard case .ready = state else { return }
            connection.stop()
            proxy.stop()
            test.loop.stop()
        }
        connection.start()
        test.run()
        guard case .server(let error) = seen.first else {
            Issue.record("\(seen)")
            return
        }
        #expect(error.code == "LOADING")
        #expect(RedisFailure.server(error).isRetryable)
    }

    @Test func aScriptThatHogsRedisAnswersOthersBusy() throws {
        let server = try RedisServer(["--lua-time-limit", "20"])
        let test = try TestLoop()
        let hog = test.connection(server.endpoint)
        let other = test.connection(server.endpoint)
        var busy: RedisServerError?
        var killed: Result<RedisReply, RedisFailure>?
        func ask() {
            other.send(RedisCommand("GET", "x")) { result in
                if case .failure(.server(let error)) = result {
                    busy = error
                    other.send(RedisCommand("SCRIPT", "KILL")) { _ in }
                } else {
                    ask()
                }
            }
        }
        other.whenReady { _ in hog.start() }
        hog.whenReady { _ in
            hog.send(RedisCommand("EVAL", "while true do end", "0")) { result in
                killed = result
                hog.stop()
                other.stop()
                test.loop.stop()
            }
            ask()
        }
        other.start()
        test.run()
        #expect(busy?.code == "BUSY")
        #expect(busy?.isTransient == true)
        guard case .failure(.server) = killed else {
            Issue.record("\(String(describing: killed))")
            return
        }
    }

    @Test(arguments: [("MISCONF", true), ("OOM", true), ("READONLY", true), ("WRONGTYPE", false)])
    func serverErrorsKeepTheirCode(_ code: String, _ isTransient: Bool) throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        var failure: RedisFailure?
        connection.whenReady { _ in
            let lua = "return redis.error_reply('\(code) some text')"
            connection.send(RedisCommand("EVAL", lua, "0")) { result in
                if case .failure(let found) = result { failure = found }
                connection.stop()
                test.loop.stop()
            }
        }
        connection.start()
        test.run()
        #expect(failure == .server(RedisServerError(line: "\(code) some text")))
        #expect(failure?.isRetryable == isTransient)
        #expect(failure?.outcomeIsUnknown == false)
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "+OK\r\n+PONG\r\n+EXTRA\r\n"])
    func nonsenseEndsTheConnection(_ words: String) throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let proxy = try FaultProxy(test.loop, server: server)
        proxy.downstream = .say(Array(words.utf8))
        let connection = test.connection(RedisEndpoint(.unix(path: proxy.path)))
        var failure: RedisFailure?
        connection.onStateChange = { state in
            guard case .lost(let found, _) = state else { return }
            failure = found
            connection.stop()
            proxy.stop()
            test.loop.stop()
        }
        connection.start()
        test.run()
        #expect(failure == .protocolViolation)
    }

    @Test func aVanishedSocketFileIsNoticedOnlyAtTheNextConnect() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        var generations: [Int] = []
        connection.whenReady { generation in
            generations.append(generation)
            if generation == 2 {
                connection.stop()
                return test.loop.stop()
            }
            unlink(server.socketPath)
            connection.send(RedisCommand("PING")) { result in
                #expect(result == .success(.status("PONG")))
                server.stop()
                test.loop.schedule(afterMilliseconds: 50) {
                    #expect(!connection.isReady)
                    #expect(throws: Never.self) { try server.start() }
                }
            }
        }
        connection.start()
        test.run()
        #expect(generations == [1, 2])
    }
}
