/// `chathub robot`: the built-in robot's process.
import ArgumentParser
import HubServer

struct Robot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The built-in robot; started by serve only.", shouldDisplay: false)

    @OptionGroup var options: NodeOptions

    @Option(name: .long, help: "Where the hub listens.")
    var port: Int

    func run() throws {
        guard try HubProcess.answer(settings: options.settings(), port: port) else {
            throw ExitCode.failure
        }
    }
}
