/// A site file: read, checked whole, and turned into settings. Called by `chathub check`, `apply`
/// and `serve`.
import ChatModel
import Foundation
import Routing

public enum SiteFile {
    /// Everything wrong with the text, or what it says. `name` is what problems call the file.
    /// Settings come only without errors.
    public static func load(
        text: String, name: String
    ) -> CheckedFile<SiteSettings> {
        let log = ProblemLog(file: name)
        let settings = Document.read(text, log).flatMap {
            SiteDecoder(log: log).decode($0)
        }
        return CheckedFile(
            file: name, settings: log.hasErrors ? nil : settings, problems: log.sorted)
    }

    /// The same for a file on disk.
    public static func load(
        path: String
    ) -> CheckedFile<SiteSettings> {
        read(path: path).checked
    }

    /// The file together with the very text that was checked, for whoever stores it.
    public static func read(
        path: String
    ) -> (checked: CheckedFile<SiteSettings>, text: String) {
        switch FileText.read(path) {
        case .success(let text):
            (load(text: text, name: path), text)
        case .failure(let unreadable):
            (CheckedFile(file: path, settings: nil, problems: [unreadable.problem]), "")
        }
    }
}

/// The text of a file, or one problem that says why not.
enum FileText {
    struct Unreadable: Error { let problem: Problem }

    static func read(_ path: String) -> Result<String, Unreadable> {
        func refuse(_ message: String) -> Result<String, Unreadable> {
            .failure(
                Unreadable(
                    problem: Problem(
                        severity: .error, file: path, line: 0, column: 0, path: "",
                        message: message)))
        }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            return refuse(whyUnreadable(path))
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return refuse("the file is not UTF-8")
        }
        // A mark that some editors put first.
        return .success(text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text)
    }

    private static func whyUnreadable(_ path: String) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return "there is no such file"
        }
        return isFolder.boolValue
            ? "this is a folder; a file is needed"
            : "the file may not be read; look at its permissions"
    }
}
