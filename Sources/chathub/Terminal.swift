/// What the terminal can show.
import Foundation

enum Terminal {
    /// Colours only where a person reads, and not where he said no (https://no-color.org).
    static var hasColor: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }
}
