/// What a signed address of a file says: who may do what with which file until when. The hub makes
/// one, `HubServer` signs its text and later believes what it finds signed.
public import ChatModel

public struct FileTicket: Hashable, Sendable {
    public enum Purpose: String, Hashable, Sendable, CaseIterable {
        case upload, download
    }

    public var purpose: Purpose
    public var site: SiteID
    public var session: SessionID
    /// Whom it was given to.
    public var person: Participant
    public var file: SharedFile
    /// Milliseconds since 1970.
    public var expiresAt: Int64

    public static let uploadMilliseconds: Int64 = 600_000
    public static let downloadMilliseconds: Int64 = 300_000

    public init(
        _ purpose: Purpose, site: SiteID, session: SessionID, person: Participant,
        file: SharedFile, expiresAt: Int64
    ) {
        self.purpose = purpose
        self.site = site
        self.session = session
        self.person = person
        self.file = file
        self.expiresAt = expiresAt
    }

    /// One line a part. Names come last and hold no line breaks (`FileName.cleaned`).
    public var text: String {
        [
            purpose.rawValue, site.text, session.description, person.role.rawValue, person.id.text,
            file.id.description, String(file.byteCount), String(expiresAt), file.type, file.name,
        ].joined(separator: "\n")
    }

    public init?(text: String) {
        let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 10, let purpose = Purpose(rawValue: parts[0]),
            let site = SiteID(parts[1]), let session = SessionID(parts[2]),
            let role = Role(rawValue: parts[3]), let id = PersonID(parts[4]),
            let file = FileID(parts[5]), let byteCount = Int(parts[6]),
            let expiresAt = Int64(parts[7])
        else { return nil }
        self.init(
            purpose, site: site, session: session, person: Participant(role: role, id: id),
            file: SharedFile(id: file, name: parts[9], type: parts[8], byteCount: byteCount),
            expiresAt: expiresAt)
    }
}
