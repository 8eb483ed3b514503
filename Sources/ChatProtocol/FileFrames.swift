/// Frames about files: offering one and asking where one is. The content itself goes over HTTP.
public import ChatModel

public struct FileOffer: Hashable, Sendable {
    public var session: SessionID
    /// 1...64 bytes; the same key with the same name and length is the same file.
    public var key: String
    /// 1...255 bytes, as it came.
    public var name: String
    /// Exactly; at least 1.
    public var byteCount: Int
    /// What the client takes it for, at most 127 bytes: a hint.
    public var mediaType: String?

    public init(
        session: SessionID, key: String, name: String, byteCount: Int, mediaType: String? = nil
    ) {
        self.session = session
        self.key = key
        self.name = name
        self.byteCount = byteCount
        self.mediaType = mediaType
    }
}

public struct FileReference: Hashable, Sendable {
    public var session: SessionID
    public var file: FileID

    public init(session: SessionID, file: FileID) {
        self.session = session
        self.file = file
    }
}

/// What a site takes as files, as `hello` tells it.
public struct FileTerms: Hashable, Sendable {
    public var maximumBytes: Int
    public var types: [String]

    public init(maximumBytes: Int, types: [String]) {
        self.maximumBytes = maximumBytes
        self.types = types
    }
}

// MARK: - Reading

extension FrameDecoder {
    func fileOffer(_ fields: borrowing FrameFields) throws(FrameError) -> FileOffer {
        FileOffer(
            session: try fields.session(), key: try fields.name(.key, 1...64),
            name: try fields.boundedText(.name, 1...255),
            byteCount: try fields.count(.bytes, 1...),
            mediaType: try fields.optionalName(.mediaType, 1...127))
    }

    func fileReference(_ fields: borrowing FrameFields) throws(FrameError) -> FileReference {
        FileReference(session: try fields.session(), file: try file(fields))
    }

    func file(_ fields: borrowing FrameFields) throws(FrameError) -> FileID {
        guard let file = FileID(try fields.boundedText(.file, 1...64)) else {
            throw fields.bad(.file, "f_ and 26 letters of base 32")
        }
        return file
    }

    /// A message says something, names a file, or both.
    func messageSend(_ fields: borrowing FrameFields) throws(FrameError) -> MessageSend {
        let session = try fields.session()
        let key = try fields.name(.key, 1...64)
        let file = fields.has(.file) ? try file(fields) : nil
        var send = MessageSend(
            session: session, key: key,
            text: file == nil || fields.has(.text)
                ? try fields.messageText(.text, limits.messageBytes) : "", file: file)
        if fields.has(.unknown) { send.isUnknown = try fields.boolean(.unknown) }
        if fields.has(.quickReplies) { send.quickReplies = try quickReplies(fields) }
        return send
    }
}

// MARK: - Writing

extension SharedFile {
    /// Of the message that names it.
    var kind: StaticString { isImage ? "image" : "file" }
}

extension ServerFrame {
    /// To `file.offer`. `upload`: a path of the hub.
    public static func fileOfferOK(
        id: Int64, file: FileID, upload: String, expiresMilliseconds: Int64
    ) -> [UInt8] {
        var json = ok(id, capacity: 160 + upload.utf8.count)
        json.member("file", file.description)
        json.member("upload", upload)
        json.member("expires_ms", expiresMilliseconds)
        json.raw("}")
        return json.bytes
    }

    /// To `file.link`. `url`: a path of the hub.
    public static func fileLinkOK(id: Int64, url: String, expiresMilliseconds: Int64) -> [UInt8] {
        var json = ok(id, capacity: 96 + url.utf8.count)
        json.member("url", url)
        json.member("expires_ms", expiresMilliseconds)
        json.raw("}")
        return json.bytes
    }

    /// The member `file` of a message, and of what an upload is answered.
    static func fileObject(_ file: SharedFile, _ json: inout JSONWriter) {
        json.name("file")
        json.raw("{")
        json.member("id", file.id.description)
        json.member("name", file.name)
        json.member("type", file.type)
        json.member("bytes", file.byteCount)
        json.raw("}")
    }

    static func siteFiles(_ terms: FileTerms, _ json: inout JSONWriter) {
        json.name("files")
        json.raw("{")
        json.member("max_bytes", terms.maximumBytes)
        json.list("types", terms.types) { $1.text($0) }
        json.raw("}")
    }
}
