/// Where a load test goes: a hub on this machine, and nothing else.
import Foundation

struct LoadTarget: Sendable {
    /// Numeric.
    let address: String
    let port: UInt16
    let path: String

    /// `ws://127.0.0.1:8080/v1/ws`; the path may be left out.
    init(url: String) throws(LoadError) {
        guard let parts = URLComponents(string: url), parts.scheme == "ws", let host = parts.host
        else { throw LoadError("\(url): expected an address such as ws://127.0.0.1:8080/v1/ws") }
        let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        address = bare == "localhost" ? "127.0.0.1" : bare
        let isIPv4 = address.hasPrefix("127.")
            && address.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
        guard isIPv4 || address == "::1" else {
            throw LoadError(
                "\(url): load tests talk to loopback addresses only (127.0.0.1 or [::1])")
        }
        guard let number = UInt16(exactly: parts.port ?? 80), number > 0 else {
            throw LoadError("\(url): the port must be 1...65535")
        }
        port = number
        path = parts.path.isEmpty ? "/v1/ws" : parts.path
    }
}
