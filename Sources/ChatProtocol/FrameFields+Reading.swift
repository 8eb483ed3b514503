/// Takes single members out of a frame, each with the error that names it and says what is allowed.
/// `FrameDecoder` alone uses it.
import ChatModel

extension FrameFields {
    /// The request's number if there is a good one, for errors found before it was due.
    var readableID: Int64? {
        guard let number = integer(.id), number > 0 else { return nil }
        return number
    }

    func requestNumber() throws(FrameError) -> Int64 {
        guard has(.id) else { throw missing(.id) }
        guard let number = readableID else { throw bad(.id, "an integer from 1 to 2^63 - 1") }
        return number
    }

    func missing(_ name: FieldName) -> FrameError {
        FrameError(
            id: id ?? readableID, code: .missingField, field: name.wireName,
            message: "\(name.wireName) is missing")
    }

    func bad(_ name: FieldName, _ allowed: String) -> FrameError {
        FrameError(
            id: id ?? readableID, code: .badField, field: name.wireName,
            message: "\(name.wireName): \(allowed)")
    }
}

// MARK: - Strings

extension FrameFields {
    /// Any text of so many bytes of UTF-8, escapes resolved.
    func boundedText(_ name: FieldName, _ bytes: ClosedRange<Int>) throws(FrameError) -> String {
        guard has(name) else { throw missing(name) }
        // No escape makes a text longer than six times, so a longer one needs no look inside.
        guard Int(self[name].length) / 6 <= bytes.upperBound, let text = self.text(name),
            bytes.contains(text.utf8.count)
        else {
            throw bad(name, "a string of \(bytes.lowerBound) to \(bytes.upperBound) bytes")
        }
        return text
    }

    func optionalText(_ name: FieldName, _ bytes: ClosedRange<Int>) throws(FrameError) -> String? {
        has(name) ? try boundedText(name, bytes) : nil
    }

    /// A text that names something: see `JSONText.isNameable`.
    func name(_ name: FieldName, _ bytes: ClosedRange<Int>) throws(FrameError) -> String {
        let text = try boundedText(name, bytes)
        guard JSONText.isPlain(self[name], of: line) || JSONText.isNameable(text) else {
            throw bad(name, "no control characters")
        }
        return text.composed
    }

    func optionalName(_ name: FieldName, _ bytes: ClosedRange<Int>) throws(FrameError) -> String? {
        has(name) ? try self.name(name, bytes) : nil
    }

    /// What a person wrote: 1 byte to the site's limit, anything in it, kept exactly.
    func messageText(_ name: FieldName, _ limit: Int) throws(FrameError) -> String {
        guard has(name) else { throw missing(name) }
        guard self[name].kind == .string, self[name].length > 0 else {
            throw bad(name, "a string that is not empty")
        }
        guard Int(self[name].length) / 6 <= limit, let text = self.text(name),
            text.utf8.count <= limit
        else {
            throw FrameError(
                id: id, code: .textTooLong, field: name.wireName,
                message: "\(name.wireName): at most \(limit) bytes of UTF-8")
        }
        return text
    }

    /// One of an enumeration's raw values.
    func choice<Choice: RawRepresentable & CaseIterable>(_ name: FieldName) throws(FrameError)
        -> Choice where Choice.RawValue == String
    {
        try choice(name, of: Array(Choice.allCases))
    }

    func choice<Choice: RawRepresentable>(_ name: FieldName, of choices: [Choice])
        throws(FrameError) -> Choice where Choice.RawValue == String
    {
        guard has(name) else { throw missing(name) }
        let text = self.text(name)
        guard let choice = choices.first(where: { $0.rawValue == text }) else {
            throw bad(name, "one of " + choices.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }
}

// MARK: - Everything else

extension FrameFields {
    func session() throws(FrameError) -> SessionID {
        guard has(.session) else { throw missing(.session) }
        let slot = self[.session]
        guard slot.kind == .string, !slot.mark,
            let session = SessionID(
                utf8: UnsafeRawBufferPointer(rebasing: line[slot.range]))
        else { throw bad(.session, "s_ and 26 letters of base 32") }
        return session
    }

    func boolean(_ name: FieldName) throws(FrameError) -> Bool {
        guard has(name) else { throw missing(name) }
        guard self[name].kind == .boolean else { throw bad(name, "true or false") }
        return self[name].mark
    }

    /// An integer from the bound up; numbers of messages stay below 2^53, which every client can
    /// count exactly.
    func count(_ name: FieldName, _ allowed: PartialRangeFrom<Int>) throws(FrameError) -> Int {
        try count(name, allowed.lowerBound...(1 << 53 - 1))
    }

    func count(_ name: FieldName, _ allowed: ClosedRange<Int>) throws(FrameError) -> Int {
        guard has(name) else { throw missing(name) }
        guard let number = integer(name), allowed.contains(Int(number)) else {
            throw bad(name, "an integer from \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        return Int(number)
    }

    /// The member as a tree; nil when it is not there.
    func tree(_ name: FieldName) throws(FrameError) -> JSONValue? {
        guard has(name) else { return nil }
        guard let value = JSONValue(self[name], of: line) else {
            throw bad(name, "integers within 64 bits, other numbers finite")
        }
        return value
    }
}
