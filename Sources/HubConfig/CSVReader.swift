/// Comma-separated values (RFC 4180) as they come in, piece by piece: quotes, commas and line
/// breaks in quotes, CRLF or LF, a byte order mark. Knows nothing of what the fields mean.

/// One record of a file.
public struct CSVRecord: Hashable, Sendable {
    /// Where it begins; the first line is 1.
    public var line: Int
    public var fields: [String]
    /// Why it cannot be read; `fields` is empty then.
    public var problem: String?
    /// Its bytes as they stand in the file, without the line break at its end; of one that is too
    /// long, the first `recordBytes`.
    public var source: [UInt8] = []
}

/// Linear in the bytes; memory is one record.
public struct CSVReader: Sendable {
    /// Bytes one record may have. A quote that is never closed ends here and not with the file.
    public static let recordBytes = 4_194_304
    /// Fields one record may have. A line of commas alone would cost eight bytes a comma.
    public static let recordFields = 1000

    private enum State {
        case fieldStart, plain, quoted, quoteInQuoted
        /// Behind a mistake, up to the end of the line.
        case skipping
    }

    private var state = State.fieldStart
    /// The fields' bytes of the present record, and where each field ends.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var line = 1
    private var firstLine = 1
    private var problem: String?
    private var markBytes = 0
    /// The present record's bytes as they are, from pieces before this one.
    private var source: [UInt8] = []

    public init() {}

    /// Takes the next piece of the file; `found` is called for each record that is whole.
    public mutating func read(
        _ piece: UnsafeRawBufferPointer, _ found: (CSVRecord) throws -> Void
    ) rethrows {
        var start = 0
        for (index, byte) in piece.enumerated() {
            // A byte order mark at the very beginning.
            if markBytes < 3 {
                if byte == [0xEF, 0xBB, 0xBF][markBytes] {
                    markBytes += 1
                    start = index + 1
                    continue
                }
                markBytes = 3
            }
            let isWhole = take(byte)
            if isWhole {
                keep(piece[start..<index])
                try found(finishRecord())
            }
            guard isWhole || hasNothing else { continue }
            source.removeAll(keepingCapacity: true)
            start = index + 1
        }
        keep(piece[start...])
    }

    /// The end of the file; a last line may lack its line break.
    public mutating func finish(_ found: (CSVRecord) throws -> Void) rethrows {
        if state == .quoted { problem = problem ?? "a quote that is never closed" }
        guard state != .fieldStart || !ends.isEmpty || problem != nil else { return }
        ends.append(bytes.count)
        try found(finishRecord())
    }

    /// Between two records, behind a line break.
    private var hasNothing: Bool { state == .fieldStart && ends.isEmpty && bytes.isEmpty }

    private mutating func keep(_ part: Slice<UnsafeRawBufferPointer>) {
        source.append(contentsOf: part.prefix(max(0, Self.recordBytes - source.count)))
    }

    /// Whether the record ends with this byte.
    private mutating func take(_ byte: UInt8) -> Bool {
        if byte == UInt8(ascii: "\n") {
            line += 1
            if state != .quoted { return endLine() }
        }
        if bytes.count >= Self.recordBytes, state != .skipping {
            problem = "longer than \(Self.recordBytes) bytes; is a quote left open?"
            state = .skipping
        }
        switch (state, byte) {
        case (.fieldStart, UInt8(ascii: "\"")): state = .quoted
        case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
        case (.quoteInQuoted, UInt8(ascii: "\"")):
            bytes.append(byte)
            state = .quoted
        case (.fieldStart, UInt8(ascii: ",")), (.plain, UInt8(ascii: ",")),
            (.quoteInQuoted, UInt8(ascii: ",")):
            guard ends.count < Self.recordFields - 1 else {
                problem = "more than \(Self.recordFields) fields"
                state = .skipping
                break
            }
            ends.append(bytes.count)
            state = .fieldStart
        case (.quoteInQuoted, UInt8(ascii: "\r")): break
        case (.quoteInQuoted, _):
            problem = "text behind a closing quote"
            state = .skipping
        case (.fieldStart, _), (.plain, _):
            bytes.append(byte)
            state = .plain
        case (.quoted, _): bytes.append(byte)
        case (.skipping, _): break
        }
        return false
    }

    /// False for an empty line.
    private mutating func endLine() -> Bool {
        if state == .plain, bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        if ends.isEmpty, bytes.isEmpty, problem == nil, state != .quoteInQuoted {
            state = .fieldStart
            firstLine = line
            return false
        }
        ends.append(bytes.count)
        return true
    }

    private mutating func finishRecord() -> CSVRecord {
        if source.last == UInt8(ascii: "\r") { source.removeLast() }
        var record = CSVRecord(line: firstLine, fields: [], problem: problem, source: source)
        if problem == nil {
            record.fields.reserveCapacity(ends.count)
            var start = 0
            for end in ends {
                guard let field = String(validating: bytes[start..<end], as: UTF8.self) else {
                    record.problem = "not UTF-8"
                    record.fields = []
                    break
                }
                record.fields.append(field)
                start = end
            }
        }
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        problem = nil
        state = .fieldStart
        firstLine = line
        return record
    }
}
