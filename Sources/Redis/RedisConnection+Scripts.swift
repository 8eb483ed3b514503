// Scripts by hash: loaded before a connection is announced as ready, and again when Redis has
// forgotten them (restart, SCRIPT FLUSH, fail-over).
import EventLoop

extension RedisConnection {
    /// Scripts to load on every connect, before `.ready`. A script that does not compile keeps the
    /// connection from becoming ready, and the state says which. Call before `start`.
    public func loadScripts(_ scripts: [RedisScript]) {
        precondition(loop.isOnLoopThread)
        for script in scripts { register(script) }
    }

    /// Runs a script. As `send`; one that Redis does not know is loaded and sent once more, so
    /// that it may then run after calls that were sent later.
    public func evaluate(
        _ script: RedisScript, _ call: RedisScriptCall, _ reply: @escaping Reply
    ) {
        precondition(loop.isOnLoopThread)
        if let failure = obstacle { return refuse(reply, failure) }
        guard let byHash = script.byHash else { return evaluateText(script, call, reply) }
        link.outbox.append(byHash, call)
        wait(PendingCall((script, call), reply: reply))
    }

    /// Runs a script with keys and arguments given as lists; `RedisScriptCall` is cheaper.
    public func evaluate(
        _ script: RedisScript, keys: [[UInt8]], arguments: [[UInt8]], _ reply: @escaping Reply
    ) {
        var call = RedisScriptCall()
        for key in keys { call.appendKey(key) }
        for argument in arguments { call.append(argument) }
        evaluate(script, call, reply)
    }

    /// A script that no connection has loaded yet: send its text this time, and learn its hash.
    private func evaluateText(
        _ script: RedisScript, _ call: RedisScriptCall, _ reply: @escaping Reply
    ) {
        register(script)
        sendLoad(script)
        var byText = RedisArguments(reserving: script.source.count + 32)
        byText.append("EVAL")
        byText.append(script.source)
        link.outbox.append(byText, call)
        wait(PendingCall(reply: reply))
    }

    /// After NOSCRIPT: loads the script unless that was done after `call` was sent, and sends the
    /// call again. False when it was sent twice already.
    func retry(_ call: PendingCall) -> Bool {
        guard let (script, values) = call.script, let byHash = script.byHash else { return false }
        register(script)
        if lastLoad[ObjectIdentifier(script), default: 0] < call.number { sendLoad(script) }
        link.outbox.append(byHash, values)
        wait(PendingCall(reply: call.reply))
        return true
    }

    private func sendLoad(_ script: RedisScript) {
        let call = PendingCall { result in
            // A script that does not compile answers its own call with the error.
            if case .success(let reply) = result { script.sha1 = reply.bytes }
        }
        lastLoad[ObjectIdentifier(script)] = enqueue(Greeting.load(script), call)
    }

    private func register(_ script: RedisScript) {
        if !scripts.contains(where: { $0 === script }) { scripts.append(script) }
    }
}
