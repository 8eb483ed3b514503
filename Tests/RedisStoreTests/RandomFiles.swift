/// Random requests about files: few keys, small limits, and files asked for where they are not.
import ChatModel
import HubCore

extension RandomSteps {
    mutating func aboutFile() -> StoreRequest {
        switch roll(9) {
        case 0..<4: return offer()
        case 4..<6:
            let (file, session) = anyFile()
            return .fileKept(
                KeptFile(
                    session: session, file: file, type: ["image/png", "text/plain"][roll(2)],
                    totalBytes: totalBytes))
        case 6..<8:
            let (file, session) = anyFile()
            let owner = files.first { $0.file == file }?.owner
            return .claimFile(
                ClaimFile(
                    session: session, file: file,
                    by: roll(5) == 0 ? somebody(in: session) : owner ?? somebody(in: session)))
        default:
            let (file, session) = anyFile()
            return .file(session, file)
        }
    }

    private mutating func offer() -> StoreRequest {
        // Often where there is one already, so that they become too many.
        let last = files.last.flatMap { known[$0.session] == nil ? nil : $0.session }
        let session = roll(2) == 0 ? last ?? anySession() : anySession()
        let file = FileID(high: 7, low: UInt64(files.count + 1))
        let owner = roll(2) == 0 ? nil : files.last { $0.session == session }?.owner
        let by = owner ?? somebody(in: session)
        files.append((file, session, by))
        return .offerFile(
            OfferFile(
                session: session, file: file, by: by, key: "f\(roll(6))",
                name: roll(3) == 0 ? "截图.png" : "a", byteCount: 1 + roll(3) * 1_000,
                limits: FileLimits(perSession: 1 + roll(2), totalBytes: totalBytes)))
    }

    private var totalBytes: Int { 2_000 }

    /// Mostly one of the last offered, in its session.
    private mutating func anyFile() -> (FileID, SessionID) {
        guard let last = files.last, roll(10) > 0 else {
            return (FileID(high: 7, low: 999_999), anySession())
        }
        let chosen = roll(3) == 0 ? last : pick(files.suffix(8))
        return (chosen.file, roll(10) == 0 ? anySession() : chosen.session)
    }

    /// Some of those that were ever offered: what is not lost is not touched by it.
    mutating func goneFiles() -> [FileID] {
        files.isEmpty ? [] : (0..<roll(5)).map { _ in pick(files).file }
    }

    /// Some of what was closed a little while ago. The journal is Redis's alone.
    mutating func clean() -> StoreRequest {
        .clean(
            Cleaning(
                retention: Retention(
                    sessionMilliseconds: Int64(roll(4)) * 20_000, journalMilliseconds: 86_400_000,
                    unsentFileMilliseconds: Int64(roll(4)) * 5_000,
                    leftMilliseconds: Int64(roll(4)) * 15_000),
                limit: 1 + roll(4), gone: goneFiles()))
    }
}
