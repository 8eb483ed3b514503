/// A file's content on its way to a reader, and the headers that keep whatever is in it from
/// acting:
/// images are shown, everything else is only saved; no type is guessed, no script runs, nothing is
/// loaded, no frame shows it. Made by `FileDoor`.
import ChatModel
import WebSockets

/// `@unchecked Sendable`: on the loop's thread only, as `HTTPBodySource` is used.
final class FileDownload: HTTPBodySource, @unchecked Sendable {
    private let reader: any BlobReader

    private init(_ reader: any BlobReader) { self.reader = reader }

    func read(atMost most: Int, then: @escaping ([UInt8]?) -> Void) {
        reader.read(atMost: most, then: then)
    }

    func end() { reader.close() }

    static func response(_ file: SharedFile, from reader: any BlobReader) -> HTTPResponse {
        let type = file.type == "text/plain" ? "text/plain; charset=utf-8" : file.type
        return .streamed(
            200,
            fields: [
                HTTPField("Content-Type", type),
                HTTPField("Content-Disposition", disposition(of: file)),
                HTTPField("Content-Security-Policy", "default-src 'none'; sandbox"),
                HTTPField("X-Content-Type-Options", "nosniff"),
                HTTPField("X-Frame-Options", "DENY"),
                HTTPField("Referrer-Policy", "no-referrer"),
                HTTPField("Cross-Origin-Resource-Policy", "cross-origin"),
                // The address dies with its time; what it showed may be shown again meanwhile.
                HTTPField("Cache-Control", "private, max-age=300, immutable"),
            ], byteCount: file.byteCount, from: FileDownload(reader))
    }

    /// RFC 6266, with the name once in plain letters and once exactly (RFC 8187).
    static func disposition(of file: SharedFile) -> String {
        let plain = String(
            file.name.unicodeScalars.map { scalar -> Character in
                let isPlain = scalar.isASCII && scalar != "\"" && scalar != "\\" && scalar != "%"
                return isPlain ? Character(scalar) : "_"
            })
        var exact = ""
        for byte in file.name.utf8 {
            if attributeBytes.contains(byte) {
                exact.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                exact += (byte < 16 ? "%0" : "%") + digits
            }
        }
        return (file.isImage ? "inline" : "attachment")
            + "; filename=\"\(plain)\"; filename*=UTF-8''\(exact)"
    }

    /// `attr-char` of RFC 8187 section 3.2.1.
    private static let attributeBytes = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~".utf8)
}
