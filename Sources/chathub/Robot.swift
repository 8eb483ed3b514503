/// `chathub robot`: the built-in robot's process.
import ArgumentParser
import Foundation
import HubConfig
import HubServer

struct Robot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The built-in robot; started by serve only.", shouldDisplay: false)

    @Option(name: .long, help: "Where the hub listens.")
    var port: Int

    /// The parent's settings come whole in the environment, as a worker's do.
    func run() throws {
        let file = NodeFile.load(path: nil, environment: ProcessInfo.processInfo.environment)
        guard let settings = file.settings else { throw CommandFailure(CheckReport.text(file)) }
        guard try HubProcess.answer(settings: settings, port: port) else {
            throw ExitCode.failure
        }
    }
}
