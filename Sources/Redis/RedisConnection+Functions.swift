// Functions by name: loaded before a connection is announced as ready, and again when Redis has
// forgotten them (fail-over to one that has lost them, FUNCTION FLUSH).
import EventLoop

extension RedisConnection {
    /// Functions to load on every connect, before `.ready`. One that does not compile keeps the
    /// connection from becoming ready, and the state says which. Call before `start`.
    public func loadFunctions(_ functions: [RedisFunction]) {
        precondition(loop.isOnLoopThread)
        for function in functions { register(function) }
    }

    /// Calls a function. As `send`; one that Redis does not know is loaded and called once more,
    /// so that it may then run after calls that were sent later.
    public func evaluate(
        _ function: RedisFunction, _ call: RedisFunctionCall, _ reply: @escaping Reply
    ) {
        precondition(loop.isOnLoopThread)
        if let failure = obstacle { return refuse(reply, failure) }
        link.outbox.append(function.opening, call)
        wait(PendingCall((function, call), reply: reply))
    }

    /// Calls a function with keys and arguments given as lists; `RedisFunctionCall` is cheaper.
    public func evaluate(
        _ function: RedisFunction, keys: [[UInt8]], arguments: [[UInt8]], _ reply: @escaping Reply
    ) {
        var call = RedisFunctionCall()
        for key in keys { call.appendKey(key) }
        for argument in arguments { call.append(argument) }
        evaluate(function, call, reply)
    }

    /// Redis keeps functions for ever, with its data: deletes those whose name begins with
    /// `prefix` and that are neither of this connection nor in `used`. Whoever still needs one loads
    /// it again at his next call, which then runs behind calls he sent later. Does nothing while not
    /// connected. `then`: the deletions are sent.
    public func deleteOtherFunctions(
        withPrefix prefix: String, except used: Set<String>, then: @escaping () -> Void = {}
    ) {
        precondition(loop.isOnLoopThread)
        send(RedisCommand("FUNCTION", "LIST", "LIBRARYNAME", prefix + "*")) { [weak self] result in
            guard let self, case .success(.array(let libraries)) = result else { return }
            let own = used.union(self.functions.map(\.name))
            for library in libraries {
                // library_name, name, ...
                guard case .array(let fields) = library, fields.count > 1,
                    let name = fields[1].string, !own.contains(name)
                else { continue }
                self.send(RedisCommand("FUNCTION", "DELETE", name)) { _ in }
            }
            then()
        }
    }

    /// Whether FUNCTION LOAD may be answered so: Redis has the function already, or takes nothing
    /// in for now. Then it may have it all the same, and calls say more.
    func passes(_ error: RedisServerError) -> Bool {
        error.isTransient || error.text.hasSuffix("already exists")
    }

    /// Whether this is what a call of a function that Redis has not answers.
    func isUnknown(_ error: RedisServerError) -> Bool {
        error.text == "ERR Function not found"
    }

    /// Loads a function that Redis has not, unless that was done after `call` was sent, and sends
    /// the call again. False when it was sent twice already.
    func retry(_ call: PendingCall) -> Bool {
        guard let (function, values) = call.function else { return false }
        register(function)
        if lastLoad[ObjectIdentifier(function), default: 0] < call.number {
            // One that does not compile answers its own call with the error.
            lastLoad[ObjectIdentifier(function)] = enqueue(
                Greeting.load(function), PendingCall { _ in })
        }
        link.outbox.append(function.opening, values)
        wait(PendingCall(reply: call.reply))
        return true
    }

    private func register(_ function: RedisFunction) {
        if !functions.contains(where: { $0 === function }) { functions.append(function) }
    }
}
