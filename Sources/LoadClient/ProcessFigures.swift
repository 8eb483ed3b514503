/// CPU time and memory of the hub's and Redis's processes, from the kernel's accounting
/// (proc(5): `stat`, `status`). Read before and after a measurement by the scenarios.
import Glibc

struct ProcessFigures {
    /// User and system time.
    var cpuMicroseconds: Double
    /// Resident memory.
    var residentBytes: Int

    /// Nil when there is no such process or it may not be read.
    static func read(pid: Int32) -> ProcessFigures? {
        guard let stat = text(of: "/proc/\(pid)/stat"), let statm = text(of: "/proc/\(pid)/statm"),
            // The program's name stands in parentheses and may hold anything.
            let close = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        let pages = statm.split(separator: " ")
        guard fields.count > 13, let user = Double(fields[11]), let system = Double(fields[12]),
            pages.count > 1, let resident = Int(pages[1])
        else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        return ProcessFigures(
            cpuMicroseconds: (user + system) / ticks * 1e6,
            residentBytes: resident * sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func text(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}

/// What this process has used itself, user and system time, microseconds (getrusage(2)).
enum ClientFigures {
    static func cpuMicroseconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Double($1.tv_sec) * 1e6 + Double($1.tv_usec)
        }
    }
}

/// The named processes' figures at one moment.
struct FiguresNow {
    private let byName: [(name: String, figures: ProcessFigures)]

    init(_ processes: [(name: String, pid: Int32)]) throws(LoadError) {
        var rows: [(name: String, figures: ProcessFigures)] = []
        for (name, pid) in processes {
            guard let figures = ProcessFigures.read(pid: pid) else {
                throw LoadError("--pid \(name)=\(pid): no such process, or it may not be read")
            }
            rows.append((name, figures))
        }
        byName = rows
    }

    /// CPU microseconds used since `earlier`, by name; several processes of one name add up.
    func cpu(since earlier: FiguresNow) -> [String: Double] {
        var sums: [String: Double] = [:]
        for (index, row) in byName.enumerated() {
            let before = earlier.byName[index].figures.cpuMicroseconds
            sums[row.name, default: 0] += row.figures.cpuMicroseconds - before
        }
        return sums
    }

    /// Resident bytes grown since `earlier`, by name.
    func growth(since earlier: FiguresNow) -> [String: Int] {
        var sums: [String: Int] = [:]
        for (index, row) in byName.enumerated() {
            let before = earlier.byName[index].figures.residentBytes
            sums[row.name, default: 0] += row.figures.residentBytes - before
        }
        return sums
    }
}
