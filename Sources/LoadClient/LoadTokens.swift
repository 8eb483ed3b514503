/// Signs the agents' tokens with the hub's key, as a site's own server would.
import ChatModel
import Foundation
import JWTKit

enum LoadTokens {
    private struct Claims: JWTPayload {
        var sub: String
        var aud: String
        var role: String
        var exp: Int64

        /// The hub judges; this side only makes them.
        func verify(using algorithm: some JWTAlgorithm) {}
    }

    /// Tokens for `load-00001` (number 0)..., good for a day. `secret`: hexadecimal text of at
    /// least 32 bytes.
    static func make(numbers: [Int], site: SiteID, secret: String) async throws -> [String] {
        guard let key = bytes(secret), key.count >= 32 else {
            throw LoadError(
                "the secret must be at least 64 hexadecimal digits; name the hub's key with "
                    + "--secret-file DATA/signing-key")
        }
        let keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: key), digestAlgorithm: .sha256)
        let expiry = Int64(Date().timeIntervalSince1970) + 86_400
        var tokens: [String] = []
        for number in numbers {
            let claims = Claims(
                sub: LoadNames.agent(number + 1), aud: site.text, role: "agent", exp: expiry)
            tokens.append(try await keys.sign(claims))
        }
        return tokens
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8.filter { $0 > 0x20 })
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index...index + 1], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
