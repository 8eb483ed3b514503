// What is said first on every new socket. Used by `RedisConnection` and `RedisSubscriber`.

enum Greeting {
    /// AUTH, SELECT and CLIENT SETNAME as far as needed, then PING, which also tells whether the
    /// server wants a password or is still loading.
    static func commands(_ endpoint: RedisEndpoint, _ options: RedisOptions) -> [RedisCommand] {
        var commands: [RedisCommand] = []
        if let password = endpoint.password {
            var command = RedisCommand("AUTH")
            if let user = endpoint.user { command.append(user) }
            command.append(password)
            commands.append(command)
        }
        if endpoint.database != 0 {
            commands.append(RedisCommand("SELECT", String(endpoint.database)))
        }
        if !options.clientName.isEmpty {
            commands.append(RedisCommand("CLIENT", "SETNAME", options.clientName))
        }
        commands.append(RedisCommand("PING"))
        return commands
    }

    static func load(_ library: RedisLibrary) -> RedisCommand {
        var command = RedisCommand("FUNCTION", "LOAD")
        command.append(library.source)
        return command
    }
}
