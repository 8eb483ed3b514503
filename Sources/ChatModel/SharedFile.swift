/// A file of a session, as its messages name it and as the store keeps it.
public struct SharedFile: Hashable, Sendable {
    public let id: FileID
    /// See `FileName`.
    public var name: String
    /// What the content shows; empty until it was uploaded.
    public var type: String
    public var byteCount: Int

    public init(id: FileID, name: String, type: String, byteCount: Int) {
        self.id = id
        self.name = name
        self.type = type
        self.byteCount = byteCount
    }

    public var isImage: Bool { type.hasPrefix("image/") }
}

/// A file as the store keeps it with its session.
public struct FileRecord: Hashable, Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// To be uploaded.
        case offered
        /// Its content is there.
        case kept
        /// A message names it: it stays as long as its session.
        case sent
    }

    public var file: SharedFile
    /// Who offered it: a customer or an agent; supervisors are agents here.
    public var owner: Participant
    public var state: State

    public init(file: SharedFile, owner: Participant, state: State) {
        self.file = file
        self.owner = owner
        self.state = state
    }

    /// Whether it is this person's own.
    public func belongs(to person: Participant) -> Bool {
        owner.id == person.id && (owner.role == .customer) == (person.role == .customer)
    }
}

/// Names of files as they come from outside.
public enum FileName {
    /// The name without folders, control characters and what turns the reading direction, at most
    /// 255 bytes; `file` when nothing is left of it. O(length).
    public static func cleaned(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isUnfit(scalar) {
            // Both kinds of folders: what was sent by one system is saved by another.
            if scalar == "/" || scalar == "\\" {
                scalars.removeAll(keepingCapacity: true)
            } else {
                scalars.append(scalar)
            }
        }
        var name = String(scalars.drop { $0 == "." || $0 == " " })
        while name.utf8.count > 255 { name.unicodeScalars.removeLast() }
        return name.isEmpty ? "file" : name
    }

    /// Controls, line separators, marks of direction, and what is no character.
    private static func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069,
            0xFEFF,
            0xFFF9...0xFFFB:
            true
        default: false
        }
    }
}
