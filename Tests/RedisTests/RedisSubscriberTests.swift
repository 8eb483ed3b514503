// Pub/sub against a real Redis.
import EventLoop
import Glibc
import Redis
import Testing

@Suite struct RedisSubscriberTests {
    private func publish(_ connection: RedisConnection, _ channel: String, _ payload: [UInt8]) {
        var command = RedisCommand("PUBLISH", channel)
        command.append(payload)
        connection.send(command) { _ in }
    }

    @Test func messagesArriveWholeAndInOrder() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        let subscriber = test.subscriber(server.endpoint)
        var seen: [String] = []
        subscriber.onMessage = { channel, payload in
            #expect(text(channel) == "news")
            seen.append(text(payload))
            guard seen.count == 10_000 else { return }
            connection.stop()
            subscriber.stop()
            test.loop.stop()
        }
        subscriber.whenReady { _ in connection.start() }
        connection.whenReady { _ in
            subscriber.subscribe(Array("news".utf8)) { result in
                #expect((try? result.get()) != nil)
                for number in 0..<10_000 {
                    let tail = String(repeating: "é\r\n", count: number % 90)
                    publish(connection, "news", Array("\(number)\(tail)".utf8))
                }
            }
        }
        subscriber.start()
        test.run()
        let expected = (0..<10_000).map { "\($0)" + String(repeating: "é\r\n", count: $0 % 90) }
        #expect(seen == expected)
        #expect(subscriber.messages == 10_000)
    }

    @Test(arguments: [1, 5, 100]) func messagesInSlicesArriveWhole(_ slice: Int) throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let proxy = try FaultProxy(test.loop, server: server)
        proxy.downstream = .slices(slice)
        let connection = test.connection(server.endpoint)
        let subscriber = test.subscriber(RedisEndpoint(.unix(path: proxy.path)))
        var seen: [[UInt8]] = []
        let sent = (0..<20).map { number in
            (0..<number * 13).map { UInt8(truncatingIfNeeded: $0 * 7) }
        }
        subscriber.onMessage = { _, payload in
            seen.append(Array(payload))
            guard seen.count == sent.count else { return }
            connection.stop()
            subscriber.stop()
            proxy.stop()
            test.loop.stop()
        }
        subscriber.whenReady { _ in connection.start() }
        connection.whenReady { _ in
            subscriber.subscribe(Array("c".utf8)) { _ in
                for payload in sent { publish(connection, "c", payload) }
            }
        }
        subscriber.start()
        test.run()
        #expect(seen == sent)
    }

    @Test func subscribingIsConfirmedOnceForEachAndUnsubscribingEndsIt() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        let subscriber = test.subscriber(server.endpoint)
        let channel = Array("c".utf8)
        var confirmed = 0
        var seen: [String] = []
        subscriber.onMessage = { name, payload in
            seen.append(text(payload))
            guard text(name) == "end" else { return }
            connection.stop()
            subscriber.stop()
            test.loop.stop()
        }
        subscriber.whenReady { _ in connection.start() }
        connection.whenReady { _ in
            for _ in 0..<3 { subscriber.subscribe(channel) { _ in confirmed += 1 } }
            subscriber.unsubscribe(channel)
            subscriber.subscribe(channel) { _ in
                publish(connection, "c", Array("one".utf8))
                connection.send(RedisCommand("PING")) { _ in
                    subscriber.unsubscribe(channel)
                    subscriber.subscribe(Array("end".utf8)) { _ in
                        publish(connection, "c", Array("two".utf8))
                        publish(connection, "end", Array("three".utf8))
                    }
                }
            }
        }
        subscriber.start()
        test.run()
        #expect(seen == ["one", "three"])
        #expect(confirmed == 3)
    }

    @Test func aRestartedRedisIsSubscribedAgainInFull() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        let subscriber = test.subscriber(server.endpoint)
        var resets = 0
        var confirmed = 0
        var heard: Set<String> = []
        subscriber.onReset = {
            resets += 1
            #expect(subscriber.generation == 2)
            connection.start()
        }
        subscriber.onMessage = { channel, _ in
            heard.insert(text(channel))
            guard heard.count == 2000 else { return }
            connection.stop()
            subscriber.stop()
            test.loop.stop()
        }
        connection.whenReady { _ in
            for number in 0..<2000 { publish(connection, "c\(number)", []) }
        }
        subscriber.whenReady { generation in
            guard generation == 1 else { return }
            for number in 0..<2000 {
                subscriber.subscribe(Array("c\(number)".utf8)) { _ in
                    confirmed += 1
                    guard confirmed == 2000 else { return }
                    server.stop()
                    #expect(throws: Never.self) { try server.start() }
                }
            }
        }
        subscriber.start()
        test.run()
        #expect(resets == 1)
        #expect(heard.count == 2000)
    }

    @Test func aFailedSubscriptionIsForgottenAndAConfirmedOneKept() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let proxy = try FaultProxy(test.loop, server: server)
        let subscriber = test.subscriber(RedisEndpoint(.unix(path: proxy.path)))
        var results: [String] = []
        func note(_ name: String, _ result: Result<Void, RedisFailure>) {
            switch result {
            case .success: results.append("\(name) ok")
            case .failure(let failure): results.append("\(name) \(failure)")
            }
        }
        subscriber.subscribe(Array("early".utf8)) { note("early", $0) }
        subscriber.whenReady { generation in
            if generation == 2 {
                #expect(subscriber.channelCount == 1)
                subscriber.stop()
                proxy.stop()
                return test.loop.stop()
            }
            subscriber.subscribe(Array("kept".utf8)) { result in
                note("kept", result)
                proxy.downstream = .hold
                subscriber.subscribe(Array("lost".utf8)) { note("lost", $0) }
                test.loop.schedule(afterMilliseconds: 20) {
                    proxy.downstream = .pass
                    proxy.reset()
                }
            }
        }
        subscriber.start()
        test.run()
        #expect(results == ["early notConnected", "kept ok", "lost connectionLost"])
    }

    @Test func aSilentConnectionIsFoundOutByTheProbe() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let proxy = try FaultProxy(test.loop, server: server)
        let connection = test.connection(server.endpoint)
        let subscriber = test.subscriber(RedisEndpoint(.unix(path: proxy.path)))
        subscriber.probe(
            channel: Array("probe".utf8), everyMilliseconds: 20, silenceMilliseconds: 100,
            publishThrough: connection)
        var wasUnhealthy = false
        var wasReset = false
        subscriber.onMessage = { _, _ in Issue.record("probes are not messages") }
        subscriber.onReset = { wasReset = true }
        subscriber.onStateChange = { state in
            switch state {
            case .ready(generation: 1):
                connection.start()
                // A while of good health first; then the way back goes silent without an end.
                test.loop.schedule(afterMilliseconds: 300) {
                    #expect(subscriber.isHealthy)
                    #expect(subscriber.generation == 1)
                    proxy.downstream = .hold
                }
            case .lost:
                wasUnhealthy = !subscriber.isHealthy
                proxy.downstream = .pass
            case .ready(generation: 2):
                test.loop.schedule(afterMilliseconds: 300) {
                    #expect(subscriber.isHealthy)
                    #expect(subscriber.generation == 2)
                    connection.stop()
                    subscriber.stop()
                    proxy.stop()
                    test.loop.stop()
                }
            default: break
            }
        }
        subscriber.start()
        test.run()
        #expect(wasUnhealthy)
        #expect(wasReset)
        #expect(proxy.accepted == 2)
    }

    @Test func aConfirmationThatDoesNotComeMeetsTheDeadline() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let subscriber = test.subscriber(server.endpoint) { $0.commandDeadlineMilliseconds = 100 }
        var failure: RedisFailure?
        subscriber.onStateChange = { state in
            switch state {
            case .ready:
                server.pause()
                subscriber.subscribe(Array("c".utf8)) { result in
                    if case .failure(let found) = result { failure = found }
                    subscriber.stop()
                    test.loop.stop()
                }
            case .lost(let reason, _): #expect(reason == .deadline)
            default: break
            }
        }
        subscriber.start()
        test.run()
        #expect(failure == .connectionLost)
    }

    @Test func aHandlerMayStopTheSubscriberInTheMiddleOfABatch() throws {
        let server = try RedisServer()
        let test = try TestLoop()
        let connection = test.connection(server.endpoint)
        let subscriber = test.subscriber(server.endpoint)
        var seen = 0
        subscriber.onMessage = { _, _ in
            seen += 1
            subscriber.stop()
            connection.stop()
            test.loop.schedule(afterMilliseconds: 20) { test.loop.stop() }
        }
        subscriber.whenReady { _ in connection.start() }
        connection.whenReady { _ in
            subscriber.subscribe(Array("c".utf8)) { _ in
                for _ in 0..<100 { publish(connection, "c", [1]) }
            }
        }
        subscriber.start()
        test.run()
        #expect(seen == 1)
    }
}
