/// Tells a site file from a node's settings file, so that `chathub check` needs no option for it.
public enum FileKind {
    /// Whether a file has one of the keys only site files have at their beginning of a line. A file
    /// that cannot be read, or is empty, counts as a site file: its checker then says why.
    public static func isSite(path: String) -> Bool {
        guard case .success(let text) = FileText.read(path) else { return true }
        // Nothing at all is no settings either: the site's checker says that it is empty.
        if text.allSatisfy(\.isWhitespace) { return true }
        let own = ["site", "groups", "strategy", "vip"]
        return text.split(whereSeparator: \.isNewline).contains { line in
            own.contains { line.hasPrefix($0 + ":") }
        }
    }
}
