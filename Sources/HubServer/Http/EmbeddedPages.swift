/// The files of Sources/Web/pages, which SwiftPM puts into the binary as one constant each. A new
/// page needs a line here; a test compares the list with the folder.
enum EmbeddedPages {
    static let byName: [String: [UInt8]] = [
        "empty.html": PackageResources.empty_html,
    ]
}
