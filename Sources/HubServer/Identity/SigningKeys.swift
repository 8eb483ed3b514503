/// The keys tokens are made and checked with: the hub's own HS256 key from the data folder or the
/// environment, and public ES256 keys of sites whose own servers sign. The algorithm belongs to
/// the key; a token's header never chooses it (RFC 8725 section 3.1).
import ChatModel
import Foundation
import JWTKit

struct SigningKeys: Sendable {
    /// Makes and checks; its identifier is absent in the header.
    let own: any JWTAlgorithm
    /// A site's own secret key, used instead of `own` for tokens without a `kid`, where there is
    /// one: the site's servers sign with it, and it opens no other site.
    let siteSecrets: [SiteID: any JWTAlgorithm]
    /// A site's public keys by `kid`: a look-up in that site's own table only.
    let published: [SiteID: [String: any JWTAlgorithm]]
    /// Tells keys apart without telling them: the first 16 hexadecimal digits of a signature over a
    /// fixed text. Different keys on one Redis are refused at start.
    let fingerprint: String

    static let leastKeyBytes = 32

    static func make(
        secret: [UInt8], siteSecrets: [SiteID: [UInt8]] = [:],
        published: [SiteID: [String: String]] = [:]
    ) async throws(IdentityError) -> SigningKeys {
        for key in [secret] + siteSecrets.values where key.count < leastKeyBytes {
            throw IdentityError.weakKey(bytes: key.count)
        }
        do {
            let own = try await hs256(secret)
            var sites: [SiteID: any JWTAlgorithm] = [:]
            for (site, key) in siteSecrets { sites[site] = try await hs256(key) }
            var table: [SiteID: [String: any JWTAlgorithm]] = [:]
            for (site, pems) in published {
                for (kid, pem) in pems {
                    let collection = JWTKeyCollection()
                    await collection.add(ecdsa: try ES256PublicKey(pem: pem))
                    table[site, default: [:]][kid] = try await collection.getKey()
                }
            }
            let mark = try own.sign(Array("chathub key fingerprint".utf8))
            return SigningKeys(
                own: own, siteSecrets: sites, published: table,
                fingerprint: mark.prefix(8).map { String(format: "%02x", $0) }.joined())
        } catch {
            throw IdentityError.badKey(String(describing: error))
        }
    }

    private static func hs256(_ secret: [UInt8]) async throws -> any JWTAlgorithm {
        let keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        return try await keys.getKey()
    }
}

/// The key file of a data folder: 64 hexadecimal digits, readable by its owner only.
struct KeyFile {
    let path: String

    init(dataFolder: String) { path = dataFolder + "/signing-key" }

    func read() throws(IdentityError) -> [UInt8] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw IdentityError.noKeyFile(path)  // which error it was matters less than the path
        }
        guard
            let secret = Self.bytes(
                hexadecimal: text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw IdentityError.badKey("\(path): expected 64 hexadecimal digits") }
        return secret
    }

    /// Makes the file with fresh random bytes unless it exists. `O_EXCL` decides between two that
    /// start at once.
    func makeIfAbsent() throws(IdentityError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw IdentityError.noKeyFile(path)
        }
        defer { close(descriptor) }
        var random = SystemRandomNumberGenerator()
        let words = (0..<4).map { _ in random.next() }
        let text = words.map { String(format: "%016lx", $0) }.joined() + "\n"
        let written = text.utf8CString.withUnsafeBytes { write(descriptor, $0.baseAddress, 65) }
        guard written == 65, fsync(descriptor) == 0 else { throw IdentityError.noKeyFile(path) }
    }

    static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0, digits.count >= 2 * SigningKeys.leastKeyBytes else {
            return nil
        }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}

/// Why keys could not be had.
public enum IdentityError: Error, CustomStringConvertible {
    case weakKey(bytes: Int)
    case badKey(String)
    case noKeyFile(String)
    case signing(String)

    public var description: String {
        switch self {
        case .weakKey(let bytes):
            "the signing key has \(bytes) bytes; at least \(SigningKeys.leastKeyBytes) are needed"
        case .badKey(let detail): "the signing key cannot be used: \(detail)"
        case .noKeyFile(let path):
            "cannot read or make the signing key \(path); start `chathub serve` once with this "
                + "data folder, or check who owns it"
        case .signing(let detail): "cannot sign a token: \(detail)"
        }
    }
}
