/// The files of the web pages: out of the binary, scripts trimmed, or from a folder as they are
/// while one works on them (`--web DIR`). Read by `HttpDoor` on the loop's thread.
import Foundation

final class Pages {
    struct File {
        let bytes: [UInt8]
        let type: String
        /// Changes with the content (RFC 9110 section 8.8.3).
        let tag: String
    }

    /// Nil: out of the binary.
    private let folder: String?
    /// Those of the binary that were asked for; as many as there are pages at most.
    private var known: [String: File] = [:]

    init(folder: String?) { self.folder = folder }

    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "json": "application/json",
        "png": "image/png", "ico": "image/x-icon",
    ]

    /// What lies under a path; nil for what is not ours. `/` is the demo page, and pages are found
    /// without their `.html` too.
    func file(at path: String) -> File? {
        var name = String(path.dropFirst())
        if name.isEmpty { name = "demo.html" }
        // One flat folder: no separators, nothing hidden, so no way out of it.
        guard name.utf8.allSatisfy(Self.isPlain), !name.hasPrefix(".") else { return nil }
        if !name.contains(".") { name += ".html" }
        if let file = known[name] { return file }
        guard let type = Self.types[String(name.split(separator: ".").last ?? "")],
            let bytes = content(of: name)
        else { return nil }
        let tag = "\"" + ContentHash.text(of: bytes) + "\""
        let file = File(bytes: bytes, type: type, tag: tag)
        if folder == nil { known[name] = file }
        return file
    }

    private func content(of name: String) -> [UInt8]? {
        guard let folder else {
            let bytes = EmbeddedPages.byName[name]
            return name.hasSuffix(".js") ? bytes.map(ScriptTrim.trimmed) : bytes
        }
        // Not readable is not there: the answer is 404 either way.
        return (try? Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))).map(Array.init)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }

}
