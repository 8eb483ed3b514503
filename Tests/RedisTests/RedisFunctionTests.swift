// Functions by name against a real Redis.
import EventLoop
import Redis
import Testing

@Suite struct RedisFunctionTests {
    private let library: RedisLibrary
    private let counter: RedisFunction

    init() {
        // What a part has of its own is nothing to the others.
        library = RedisLibrary(
            "counting", shared: Array("local function add(key, by)".utf8)
                + Array(" return redis.call('INCRBY', key, by) end".utf8),
            [
                RedisLibrary.Part("count", body: Array("return add(KEYS[1], ARGV[1])".utf8)),
                RedisLibrary.Part(
                    "count_down", own: Array("local add = nil".utf8),
                    body: Array("return redis.call('DECRBY', KEYS[1], ARGV[1])".utf8)),
            ])
        counter = library.function("count")
    }

    private func call(_ amount: Int) -> RedisFunctionCall {
        var call = RedisFunctionCall()
        call.appendKey("n")
        call.append(amount)
        return call
    }

    @Test func loadedFunctionsRunFromTheFirstReady() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        connection.load(library)
        var stats = ""
        connection.whenReady { _ in
            connection.evaluate(counter, call(5)) { #expect($0 == .success(.integer(5))) }
            connection.evaluate(counter, keys: [Array("n".utf8)], arguments: [Array("2".utf8)]) {
                #expect($0 == .success(.integer(7)))
            }
            connection.send(RedisCommand("INFO", "commandstats")) { result in
                stats = (try? result.get())?.string ?? ""
                connection.stop()
                test.loop.stop()
            }
        }
        connection.start()
        test.run()
        #expect(stats.contains("cmdstat_fcall:calls=2,"))
    }

    @Test func whatAPartHasOfItsOwnIsNothingToTheOthers() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        connection.load(library)
        var answers: [Result<RedisReply, RedisFailure>] = []
        connection.whenReady { _ in
            for function in ["count_down", "count"].map(library.function) {
                connection.evaluate(function, call(2)) { answers.append($0) }
            }
            connection.send(RedisCommand("PING")) { _ in
                connection.stop()
                test.loop.stop()
            }
        }
        connection.start()
        test.run()
        #expect(answers == [.success(.integer(-2)), .success(.integer(0))])
    }

    @Test func aForgottenFunctionIsLoadedOnceForAWholeBatch() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        connection.load(library)
        var answers: [Int64] = []
        var stats = ""
        connection.whenReady { _ in
            connection.send(RedisCommand("FUNCTION", "FLUSH")) { _ in }
            for _ in 0..<100 {
                connection.evaluate(counter, call(1)) { result in
                    answers.append((try? result.get())?.integer ?? -1)
                    guard answers.count == 100 else { return }
                    connection.send(RedisCommand("INFO", "commandstats")) { result in
                        stats = (try? result.get())?.string ?? ""
                        connection.stop()
                        test.loop.stop()
                    }
                }
            }
        }
        connection.start()
        test.run()
        #expect(answers == Array(1...100))
        // Once at the connect, once for the batch.
        #expect(stats.contains("cmdstat_function|load:calls=2,"))
    }

    @Test func aFunctionThatWasNotLoadedBeforeRunsToo() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        var answers: [Int64] = []
        connection.whenReady { _ in
            connection.evaluate(counter, call(1)) { result in
                answers.append((try? result.get())?.integer ?? -1)
                connection.evaluate(counter, call(1)) { result in
                    answers.append((try? result.get())?.integer ?? -1)
                    connection.stop()
                    test.loop.stop()
                }
            }
        }
        connection.start()
        test.run()
        #expect(answers == [1, 2])
    }

    @Test func aRestartedRedisHasTheFunctionsBeforeReady() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        connection.load(library)
        var answers: [Result<RedisReply, RedisFailure>] = []
        connection.whenReady { generation in
            connection.evaluate(counter, call(generation)) { result in
                answers.append(result)
                if generation == 1 {
                    server.stop()
                    #expect(throws: Never.self) { try server.start() }
                } else {
                    connection.stop()
                    test.loop.stop()
                }
            }
        }
        connection.start()
        test.run()
        #expect(answers == [.success(.integer(1)), .success(.integer(2))])
    }

    @Test func aFunctionThatDoesNotCompileIsNamedAndNeverReady() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        connection.load(library)
        connection.load(
            RedisLibrary("broken", [RedisLibrary.Part("end", body: Array("end".utf8))]))
        var detail = ""
        connection.onStateChange = { state in
            if case .ready = state { Issue.record("ready with a broken function") }
            guard case .lost(_, let text) = state else { return }
            detail = text
            connection.stop()
            test.loop.stop()
        }
        connection.start()
        test.run()
        #expect(detail.contains("library broken"))
    }
}
