/// Protocol/codes.json against the enumerations.
import ChatProtocol
import Foundation
import Testing

@Suite struct CodesTests {
    @Test func codesFileListsExactlyTheErrorCodes() throws {
        let errors = try #require(try ProtocolFolder.json("codes.json")["errors"]).elements
        #expect(errors.map { $0["code"]?.string } == ErrorCode.allCases.map(\.rawValue))
        for code in ErrorCode.allCases {
            let entry = errors.first { $0["code"]?.string == code.rawValue }
            #expect(entry?["retryable"] == .boolean(code.isRetryable), "\(code)")
            #expect(entry?["meaning"]?.string?.isEmpty == false, "\(code)")
        }
    }

    @Test func codesFileListsExactlyTheCloseCodes() throws {
        let closes = try #require(try ProtocolFolder.json("codes.json")["closes"]).elements
        #expect(closes.count == CloseCode.allCases.count)
        for code in CloseCode.allCases {
            let entry = closes.first { $0["code"] == .integer(Int64(code.rawValue)) }
            #expect(entry?["name"]?.string == snakeCase("\(code)"))
            #expect(entry?["reconnect"] == .boolean(code.mayReconnect), "\(code)")
            #expect(entry?["meaning"]?.string?.isEmpty == false, "\(code)")
        }
    }

    @Test func everyCodeAPageNamesExists() throws {
        let known = Set(ErrorCode.allCases.map(\.rawValue))
        for page in try ProtocolFolder.files("frames", ending: ".md") {
            let text = try ProtocolFolder.text("frames/\(page)")
            guard let start = text.range(of: "Errors beside those") else { continue }
            let named = text[start.upperBound...].split(separator: "\n")[0]
                .split(separator: "`").filter { $0.allSatisfy { $0.isLowercase || $0 == "_" } }
            #expect(!named.isEmpty, "\(page)")
            for code in named { #expect(known.contains(String(code)), "\(page): \(code)") }
        }
    }

    private func snakeCase(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
    }
}
