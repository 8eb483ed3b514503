// Runs Tests/EchoServer as a process of its own.
import Glibc
import Testing

final class EchoProcess {
    let pid: pid_t
    let port: UInt16
    private let output: Int32

    init(arguments: [String], descriptorLimit: Int? = nil) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw TestFailure("pipe") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        defer { posix_spawn_file_actions_destroy(&actions) }
        let limit = descriptorLimit.map { "ulimit -n \($0); " } ?? ""
        // Descriptors of this process (other tests') are closed first; they count too.
        let script =
            "for f in /proc/self/fd/*; do f=${f##*/}; [ $f -gt 2 ] && eval \"exec $f>&-\"; done; "
            + limit + "exec \"$0\" \"$@\""
        let words = ["/bin/bash", "-c", script, Self.binary] + arguments
        var pointers = words.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        // The test runner's threads block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var child: pid_t = 0
        let status = posix_spawn(&child, "/bin/bash", &actions, &attributes, &pointers, environ)
        Glibc.close(ends[1])
        guard status == 0 else { throw TestFailure("spawn: \(status)") }
        pid = child
        output = ends[0]
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while Glibc.read(output, &byte, 1) == 1, byte != 10 { line.append(byte) }
        let words2 = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words2.count == 2, let port = UInt16(words2[1]) else {
            kill(child, SIGKILL)
            throw TestFailure("no port from the echo server: \(words2)")
        }
        self.port = port
    }

    /// Beside the test binary.
    private static var binary: String {
        var path = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let text = String(
            decoding: path[..<max(count, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/EchoServer"
    }

    /// User and system time so far, in clock ticks.
    func cpuTicks() throws -> Int {
        let stat = SocketTests.ListenerTests.read("/proc/\(pid)/stat").split(separator: " ")
        guard stat.count > 15, let user = Int(stat[13]), let system = Int(stat[14]) else {
            throw TestFailure("no /proc/\(pid)/stat")
        }
        return user + system
    }

    func stop() {
        kill(pid, SIGTERM)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        Glibc.close(output)
    }
}
