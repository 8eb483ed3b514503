/// The command line of the hub: arguments in, exit code out; everything else is HubServer's and
/// HubConfig's.
import ArgumentParser

@main
struct Chathub: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chathub",
        abstract: "A real-time chat hub for customer service.",
        discussion: """
            Customers open a chat from a web page, agents answer from a console. Start a hub with \
            the demo site and open the links it prints:

              chathub serve --site Config/sites/demo.yaml --links

            Without a configured Redis, a private one is started in the data folder. Who is served \
            by whom stands in a site file: `check` reads it, `explain` tries it, `apply` brings it \
            into force on a running hub, `rollback` takes that back, `versions` lists them, \
            `journal` shows what happened.

            Exit codes: 0 all is well, 1 something failed (standard error says what and what to \
            do), 2 a file has problems, 64 the arguments are wrong.
            """,
        version: "chathub 0.1.0, protocol v1",
        subcommands: [
            Serve.self, Check.self, Apply.self, Rollback.self, Versions.self, Explain.self,
            Token.self, Journal.self, Customers.self, Worker.self, Robot.self,
        ])

    static func main() {
        do {
            if let mistake = CommandMistake.inWords(CommandLine.arguments.dropFirst(), of: self) {
                mistake.end()
            }
            var command = try parseAsRoot()
            do {
                try command.run()
            } catch let error as ValidationError {
                CommandMistake(error.message, in: type(of: command)).end()
            }
        } catch {
            exit(withError: error)
        }
    }
}
