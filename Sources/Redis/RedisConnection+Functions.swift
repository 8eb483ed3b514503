// Functions by name: loaded before a connection is announced as ready, and again when Redis has
// forgotten them (fail-over to one that has lost them, FUNCTION FLUSH).
import EventLoop

extension RedisConnection {
    /// A library to load on every connect, before `.ready`. One that does not compile keeps the
    /// connection from becoming ready, and the state names it. Call before `start`.
    public func load(_ library: RedisLibrary) {
        precondition(loop.isOnLoopThread)
        register(library)
    }

    /// Calls a function. As `send`; when Redis does not know it its library is loaded and it is
    /// called once more, so that it may then run after calls that were sent later.
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

    /// Redis keeps libraries for ever, with its data: deletes those whose name begins with `prefix`
    /// and that are neither of this connection nor in `used`. Whoever still needs one loads it
    /// again at his next call, which then runs behind calls he sent later. Does nothing while not
    /// connected. `then`: the deletions are sent.
    public func deleteOtherLibraries(
        withPrefix prefix: String, except used: Set<String>, then: @escaping () -> Void = {}
    ) {
        precondition(loop.isOnLoopThread)
        send(RedisCommand("FUNCTION", "LIST", "LIBRARYNAME", prefix + "*")) { [weak self] result in
            guard let self, case .success(.array(let found)) = result else { return }
            let own = used.union(self.libraries.map(\.name))
            for library in found {
                // library_name, name, ...
                guard case .array(let fields) = library, fields.count > 1,
                    let name = fields[1].string, !own.contains(name)
                else { continue }
                self.send(RedisCommand("FUNCTION", "DELETE", name)) { _ in }
            }
            then()
        }
    }

    /// Whether FUNCTION LOAD may be answered so: Redis has the library already, or takes nothing
    /// in for now. Then it may have it all the same, and calls say more.
    func passes(_ error: RedisServerError) -> Bool {
        error.isTransient || error.text.hasSuffix("already exists")
    }

    /// Whether this is what a call of a function that Redis has not answers.
    func isUnknown(_ error: RedisServerError) -> Bool {
        error.text == "ERR Function not found"
    }

    /// Loads the library that Redis has not, unless that was done after `call` was sent, and sends
    /// the call again. False when it was sent twice already.
    func retry(_ call: PendingCall) -> Bool {
        guard let (function, values) = call.function else { return false }
        let library = function.library
        register(library)
        if lastLoad[ObjectIdentifier(library), default: 0] < call.number {
            // One that does not compile: the call that is sent again says so.
            lastLoad[ObjectIdentifier(library)] = enqueue(
                Greeting.load(library), PendingCall { _ in })
        }
        link.outbox.append(function.opening, values)
        wait(PendingCall(reply: call.reply))
        return true
    }

    private func register(_ library: RedisLibrary) {
        if !libraries.contains(where: { $0 === library }) { libraries.append(library) }
    }
}
