// What a call, a script call, a pub/sub message and a timer cost this process.
//
//     redis-server --port 0 --unixsocket /tmp/bench.sock --save "" &
//     swift run -c release redis-benchmark unix:///tmp/bench.sock
//
// Figures are nanoseconds of CPU time of this process (user + system) per call, so a busy machine
// changes them little. The number of calls per loop turn is given with each: system calls are
// shared by all calls of a turn.
import EventLoop
import Glibc
import Redis

guard CommandLine.arguments.count == 2,
    let endpoint = try? RedisEndpoint.parse(CommandLine.arguments[1])
else {
    print("usage: redis-benchmark unix:///path/of.sock | redis://127.0.0.1:port")
    exit(2)
}

let benchmark = try Benchmark(endpoint)
benchmark.measureBuilding()
benchmark.measureTimers()
benchmark.run()
