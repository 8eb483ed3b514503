// Commands against a real Redis.
import EventLoop
import Redis
import Testing

@Suite struct RedisConnectionTests {
    @Test func aTurnsCallsLeaveInOneWriteAndAreAnsweredInOrder() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        var answers: [Int64] = []
        var trips = 0
        connection.onRoundTrip = { microseconds in
            #expect(microseconds >= 0)
            trips += 1
        }
        connection.whenReady { _ in
            let writes = connection.statistics.writes
            for _ in 0..<1000 {
                connection.send(RedisCommand("INCR", "n")) { result in
                    answers.append((try? result.get())?.integer ?? -1)
                    guard answers.count == 1000 else { return }
                    #expect(connection.statistics.writes == writes + 1)
                    connection.stop()
                    test.loop.stop()
                }
            }
        }
        connection.start()
        test.run()
        #expect(answers == Array(1...1000))
        #expect(trips >= 1000)
    }

    @Test func everyKindOfReplyArrives() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        let bytes: [UInt8] = [0, 13, 10, 255, 36]
        var seen: [Result<RedisReply, RedisFailure>] = []
        connection.whenReady { _ in
            var set = RedisCommand("SET", "k")
            set.append(bytes)
            let commands = [
                set, RedisCommand("GET", "k"), RedisCommand("GET", "none"),
                RedisCommand(
                    "EVAL", "return {1, {'a', {}}, false, redis.error_reply('ODD x'), 'é'}", "0"),
                RedisCommand("NOSUCH"), RedisCommand("INCRBY", "n", "-9223372036854775808"),
                RedisCommand("GET", "n"), RedisCommand("ECHO", ""),
            ]
            for command in commands { connection.send(command) { seen.append($0) } }
            connection.send(RedisCommand("PING")) { _ in
                connection.stop()
                test.loop.stop()
            }
        }
        connection.start()
        test.run()
        try #require(seen.count == 8)
        #expect(seen[0] == .success(.status("OK")))
        #expect(seen[1] == .success(.bytes(bytes)))
        #expect(seen[2] == .success(.null))
        #expect(
            seen[3]
                == .success(
                    .array([
                        .integer(1), .array([.bytes([97]), .array([])]), .null,
                        .error(RedisServerError(line: "ODD x")), .bytes(Array("é".utf8)),
                    ])))
        guard case .failure(.server(let error)) = seen[4] else {
            Issue.record("\(seen[4])")
            return
        }
        #expect(error.code == "ERR")
        #expect(seen[5] == .success(.integer(.min)))
        #expect(try seen[6].get().integer == .min)
        #expect(seen[7] == .success(.bytes([])))
    }

    @Test func aReplyIsNeverCalledInsideSend() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        var isSending = false
        var failures: [RedisFailure] = []
        func send(_ then: @escaping (Result<RedisReply, RedisFailure>) -> Void) {
            isSending = true
            connection.send(RedisCommand("PING")) { result in
                #expect(!isSending)
                then(result)
            }
            isSending = false
        }
        send { if case .failure(let failure) = $0 { failures.append(failure) } }
        connection.whenReady { _ in
            send { result in
                #expect(result == .success(.status("PONG")))
                connection.stop()
                send { result in
                    if case .failure(let failure) = result { failures.append(failure) }
                    test.loop.stop()
                }
            }
        }
        connection.start()
        test.run()
        #expect(failures == [.notConnected, .notConnected])
    }

    @Test func tooManyCallsAreRefusedAndTheOthersAnswered() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint) { $0.maximumPendingCalls = 10 }
        var answered = 0
        var refused = 0
        connection.whenReady { _ in
            for _ in 0..<15 {
                connection.send(RedisCommand("PING")) { result in
                    if result == .failure(.overloaded) { refused += 1 } else { answered += 1 }
                    guard answered + refused == 15 else { return }
                    connection.stop()
                    test.loop.stop()
                }
            }
        }
        connection.start()
        test.run()
        #expect(answered == 10)
        #expect(refused == 5)
    }

    @Test func stopFailsWaitingCallsOnceAndStartWorksAgain() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        var failures: [RedisFailure] = []
        connection.whenReady { generation in
            if generation == 2 {
                connection.stop()
                return test.loop.stop()
            }
            connection.send(RedisCommand("PING")) { result in
                if case .failure(let failure) = result { failures.append(failure) }
                connection.start()
            }
            connection.stop()
            #expect(failures.isEmpty)
        }
        connection.start()
        test.run()
        #expect(failures == [.connectionLost])
    }

    @Test func aMegabyteGoesBothWaysWhole() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        let value = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var back: [UInt8]?
        connection.whenReady { _ in
            var command = RedisCommand("SET", "k")
            command.append(value)
            connection.send(command) { #expect($0 == .success(.status("OK"))) }
            connection.send(RedisCommand("GET", "k")) { result in
                back = (try? result.get())?.bytes
                connection.stop()
                test.loop.stop()
            }
        }
        connection.start()
        test.run()
        #expect(back == value)
    }

    @Test func databaseAndPasswordOfTheEndpointAreUsed() throws {
        let server = try RedisServer(["--requirepass", "s3 cret"])
        let test = try TestLoop()
        var endpoint = server.endpoint
        endpoint.password = "s3 cret"
        endpoint.user = "default"
        endpoint.database = 3
        let connection = test.connection(endpoint) { $0.clientName = "tester" }
        var info = ""
        connection.whenReady { _ in
            connection.send(RedisCommand("CLIENT", "INFO")) { result in
                info = (try? result.get())?.string ?? ""
                connection.stop()
                test.loop.stop()
            }
        }
        connection.start()
        test.run()
        #expect(info.contains(" db=3 "))
        #expect(info.contains(" name=tester "))
    }

    @Test func tcpByNameWorks() throws {
        let port = UInt16.random(in: 20_001...60_000)
        let server = try RedisServer(["--port", String(port), "--bind", "127.0.0.1"])
        let test = try TestLoop()
        let connection = test.connection(RedisEndpoint(.tcp(host: "localhost", port: port)))
        connection.whenReady { _ in
            connection.stop()
            test.loop.stop()
        }
        connection.start()
        test.run()
        _ = server
    }
}
