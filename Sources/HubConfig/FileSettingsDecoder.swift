/// Reads `files` of a site file.

struct FileSettingsDecoder {
    func decode(_ entry: Entry) -> FileSettings {
        var files = FileSettings()
        guard let section = entry.section() else { return files }
        files.maximumBytes = section.value("max")?.bytes(in: 0...(1 << 30)) ?? files.maximumBytes
        files.totalBytes = section.value("total")?.bytes(in: 0...(1 << 50)) ?? files.totalBytes
        files.perSession = section.value("per_session")?.integer(in: 1...10_000) ?? files.perSession
        if let value = section.value("types") {
            files.types = value.listOrSelf().compactMap { entry in
                let known = FileSettings.knownTypes
                guard let text = entry.text(), known.contains(text) else {
                    entry.error(
                        "not a kind of content that is told from others",
                        allowed: known.joined(separator: ", "),
                        suggestion: entry.scalar.flatMap { NearestName.of($0.text, among: known) })
                    return nil
                }
                return text
            }
        }
        section.finish()
        return files
    }
}
