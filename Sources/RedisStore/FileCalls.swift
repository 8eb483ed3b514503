/// The steps about files as their scripts take them, and a file as they answer it.
import ChatModel
import HubCore
import Redis

extension StepCall {
    mutating func appendFileArguments(of request: StoreRequest) {
        switch request {
        case .offerFile(let offer):
            append(offer.session)
            call.append(offer.file.description)
            append(offer.by)
            call.append(offer.key)
            call.append(offer.name)
            call.append(offer.byteCount)
            call.append(offer.limits.perSession)
            call.append(offer.limits.totalBytes)
        case .fileKept(let kept):
            append(kept.session)
            call.append(kept.file.description)
            call.append(kept.type)
            call.append(kept.totalBytes)
        case .claimFile(let claim):
            append(claim.session)
            call.append(claim.file.description)
            append(claim.by)
        case .file(let session, let file):
            append(session)
            call.append(file.description)
        case .clean(let cleaning):
            call.append(cleaning.retention.sessionMilliseconds)
            call.append(cleaning.retention.journalMilliseconds)
            call.append(cleaning.limit)
            call.append(cleaning.retention.unsentFileMilliseconds)
            call.append(cleaning.retention.leftMilliseconds)
            call.append(Cleaning.fileBound)
            for file in cleaning.gone { call.append(file.description) }
        default: preconditionFailure("not about files")
        }
    }
}

extension PackedReader {
    /// See `answer_file` in `lib_file.lua`.
    mutating func readFile() throws(MalformedAnswer) -> FileFinding {
        let id = try readFileID()
        let (name, type, bytes) = (try readText(), try readText(), try readInt())
        let owner = try readText()
        guard let person = PersonID(String(owner.dropFirst(2))) else {
            throw MalformedAnswer(what: "owner of a file")
        }
        let state: FileRecord.State
        switch try readText() {
        case "o": state = .offered
        case "k": state = .kept
        case "s": state = .sent
        case let other: throw MalformedAnswer(what: "state of a file: \(other)")
        }
        let record = FileRecord(
            file: SharedFile(id: id, name: name, type: type, byteCount: bytes),
            owner: Participant(role: owner.hasPrefix("c:") ? .customer : .agent, id: person),
            state: state)
        return FileFinding(record: record, session: try readSession())
    }

    mutating func readCleaned() throws(MalformedAnswer) -> CleanReport {
        var report = CleanReport(sessions: try readInt(), more: try readBool())
        for _ in 0..<(try readArrayCount()) { report.files.append(try readFileID()) }
        return report
    }

    private mutating func readFileID() throws(MalformedAnswer) -> FileID {
        guard let id = FileID(try readText()) else { throw MalformedAnswer(what: "file") }
        return id
    }
}
