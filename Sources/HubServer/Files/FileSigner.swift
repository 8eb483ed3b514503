/// Addresses of files that prove what they say: the ticket's text and a signature over it with the
/// hub's own key. A prefix that no token can begin with keeps the two uses of the key apart: what
/// is signed of a token is base 64 and a dot (RFC 7515 section 5.1).
import ChatModel
import HubCore
import JWTKit

struct FileSigner: Sendable {
    static let path = "/v1/files/"
    private static let prefix = "chathub file 1\n"

    private let key: any JWTAlgorithm

    init(keys: SigningKeys) { key = keys.own }

    func address(_ ticket: FileTicket) -> String {
        let text = ticket.text
        do {
            let mark = try key.sign(Array((Self.prefix + text).utf8))
            return "\(Self.path)\(ticket.file.id)?t="
                + Base64URL.encode(Array(text.utf8)) + "." + Base64URL.encode(mark)
        } catch {
            // An HMAC takes any text (RFC 2104); a key that signs otherwise is never the hub's own.
            preconditionFailure("the hub's own key does not sign: \(error)")
        }
    }

    /// Nil for what the hub did not sign, or whose time is over. The comparison takes the same time
    /// wherever the marks differ. `now`: milliseconds since 1970.
    func ticket(_ token: String, now: Int64) -> FileTicket? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let text = Base64URL.decode(parts[0]),
            let mark = Base64URL.decode(parts[1]),
            // What cannot be verified is not ours; which error it was tells nobody anything.
            (try? key.verify(mark, signs: Array(Self.prefix.utf8) + text)) == true,
            let ticket = FileTicket(text: String(decoding: text, as: UTF8.self)),
            ticket.expiresAt > now
        else { return nil }
        return ticket
    }
}
