/// Gathers the keys of a hub from where operators put them: `CHATHUB_SIGNING_KEY` or the data
/// folder's `signing-key` for everything the hub signs, `CHATHUB_KEY_<SITE>` for a site's own HS256
/// key, and `keys/<site>/<kid>.pem` in the data folder for public ES256 keys.
import ChatModel
import Foundation

struct KeyRing {
    let dataFolder: String
    let environment: [String: String]

    func load(makeIfAbsent: Bool) async throws -> SigningKeys {
        try await SigningKeys.make(
            secret: try secret(makeIfAbsent: makeIfAbsent), siteSecrets: try siteSecrets(),
            published: try publicKeys())
    }

    /// The hub's own key as `CHATHUB_SIGNING_KEY` takes it.
    func secretText() throws(IdentityError) -> String {
        try secret(makeIfAbsent: false).map { String(format: "%02x", $0) }.joined()
    }

    private func secret(makeIfAbsent: Bool) throws(IdentityError) -> [UInt8] {
        guard let text = environment["CHATHUB_SIGNING_KEY"] else {
            let file = KeyFile(dataFolder: dataFolder)
            if makeIfAbsent { try file.makeIfAbsent() }
            return try file.read()
        }
        guard let bytes = KeyFile.bytes(hexadecimal: text) else {
            throw IdentityError.badKey(
                "CHATHUB_SIGNING_KEY: expected at least 64 hexadecimal digits")
        }
        return bytes
    }

    /// `CHATHUB_KEY_MY_SHOP` belongs to the site `my-shop`.
    private func siteSecrets() throws(IdentityError) -> [SiteID: [UInt8]] {
        var secrets: [SiteID: [UInt8]] = [:]
        let prefix = "CHATHUB_KEY_"
        for (name, text) in environment where name.hasPrefix(prefix) {
            let siteName = name.dropFirst(prefix.count).lowercased().replacing("_", with: "-")
            guard let site = SiteID(siteName), let bytes = KeyFile.bytes(hexadecimal: text) else {
                throw IdentityError.badKey("\(name): expected at least 64 hexadecimal digits")
            }
            secrets[site] = bytes
        }
        return secrets
    }

    private func publicKeys() throws -> [SiteID: [String: String]] {
        let root = dataFolder + "/keys"
        var found: [SiteID: [String: String]] = [:]
        let manager = FileManager.default
        guard manager.fileExists(atPath: root) else { return [:] }
        for name in try manager.contentsOfDirectory(atPath: root) {
            guard let site = SiteID(name) else { continue }
            let folder = root + "/" + name
            for file in try manager.contentsOfDirectory(atPath: folder) where file.hasSuffix(".pem")
            {
                found[site, default: [:]][String(file.dropLast(4))] = try String(
                    contentsOfFile: folder + "/" + file, encoding: .utf8)
            }
        }
        return found
    }
}
