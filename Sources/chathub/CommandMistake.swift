/// What was typed wrong, told with the usage of the command that was meant. The parser knows that
/// command only for what it finds itself, and says of a wrong name just that it is unexpected.
import ArgumentParser
import Foundation
import HubConfig

struct CommandMistake {
    private let message: String
    private let command: ParsableCommand.Type

    init(_ message: String, in command: ParsableCommand.Type) {
        self.message = message
        self.command = command
    }

    /// A first word that is no command, or behind `customers` no command of its; nil when there is
    /// none, or only options.
    static func inWords(
        _ words: ArraySlice<String>, of command: ParsableCommand.Type
    ) -> CommandMistake? {
        let known = command.configuration.subcommands
        guard !known.isEmpty, let word = words.first, !word.hasPrefix("-"), word != "help" else {
            return nil
        }
        if let found = known.first(where: { $0._commandName == word }) {
            return inWords(words.dropFirst(), of: found)
        }
        let names = known.filter { $0.configuration.shouldDisplay }
            .map { $0._commandName }
        let nearest = NearestName.of(word, among: names).map { "\n  did you mean \($0)?" } ?? ""
        let list = names.joined(separator: ", ")
        return CommandMistake(
            "there is no command '\(word)'; there are: \(list)\(nearest)", in: command)
    }

    func end() -> Never {
        let isRoot = command == Chathub.self
        let usage = isRoot ? Chathub.usageString() : Chathub.usageString(for: command)
        // `chathub customers get <customer> ...`: the words before the first argument.
        let words = usage.split(separator: " ").prefix { !"<[-".contains($0.first ?? "-") }
        let help = "\(words.joined(separator: " ")) --help"
        let lines = [
            "Error: \(message)", "Usage: \(usage)", "  See '\(help)' for more information.", "",
        ]
        FileHandle.standardError.write(Data(lines.joined(separator: "\n").utf8))
        Foundation.exit(ExitCode.validationFailure.rawValue)
    }
}
