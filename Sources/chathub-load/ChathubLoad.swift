/// The command line of the load client: arguments in, exit code out.
import ArgumentParser
import LoadClient

@main
struct ChathubLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chathub-load",
        abstract: "Load tests for a chathub installation, through its public protocol.",
        discussion: """
            Try it on a hub of its own:

              chathub-load site --agents 100 > load.yaml
              chathub serve --site load.yaml --data /tmp/load --listen 127.0.0.1:9090
              chathub-load relay --url ws://127.0.0.1:9090/v1/ws --site load \\
                --secret-file /tmp/load/signing-key --pairs 100 --rate 5000 \\
                --pid hub=$(pgrep -d ,hub= -P $(cat /tmp/load/lock) -f -- --index) \\
                --pid redis=$(cat /tmp/load/redis.pid) --html relay.html

            The second stays in the foreground; the third goes into another terminal. A hub's \
            lock file holds its parent's process, whose children with `--index` are the workers.

            More:

              ... relay --find-rate --p99 100ms        the highest rate that keeps it
              ... relay --ramp 1000..20000/1000        every rate until one misses
              ... idle --connections 50000             what a connection costs
              ... queue --customers 500 --agents 10    who is served when
              ... day --factor 1440 --customers 5000   a whole day in a minute
              ... slow-readers --slow 5                does it harm the others?

            Every send has its planned time and latency counts from it, so a hub that stalls \
            cannot hide it. Every message, number and assignment is checked.

            Exit codes: 0 good; 1 something was lost, doubled or out of order, another promise was \
            broken, or a bound was missed; 2 the test could not run; 64 the arguments are wrong; \
            130 ended by Ctrl-C, with the figures so far.
            """,
        subcommands: [
            Relay.self, Idle.self, Storm.self, Queue.self, Day.self, Broadcast.self,
            SlowReaders.self, Site.self,
        ])
}

/// A test that is played with what its arguments say.
protocol Scenario: ParsableCommand {
    var common: CommonOptions { get }
    func options() throws -> LoadOptions
}

extension Scenario {
    /// Already while they are parsed: a mistake is then told with this command's usage.
    func validate() throws { _ = try options() }

    func run() throws { try common.show(options()) }
}

struct Relay: Scenario {
    static let configuration = CommandConfiguration(
        abstract: "Customers and agents talk in pairs; every message is checked.",
        discussion: """
            The site needs as many agents as there are pairs, accepting by themselves: \
            `chathub-load site --agents N` prints one. With --processes give the same number to \
            `site`.

              chathub-load relay --secret-file .data/signing-key --pairs 100 --rate 5000
              chathub-load relay --secret-file .data/signing-key --find-rate --p99 100ms
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var agents: AgentOptions
    @OptionGroup var parts: PartOptions
    @OptionGroup var talk: TalkOptions

    @Option(help: "Customers, and as many agents.")
    var pairs = 100

    @Option(
        help: ArgumentHelp(
            "Try rates from one to another in equal steps, until one misses the bound.",
            valueName: "FROM..TO/STEP"))
    var ramp: String?

    @Flag(help: "Find the highest rate that keeps the bound (--p99, else 100ms), from --rate on.")
    var findRate = false

    func options() throws -> LoadOptions {
        var options = try common.options(.relay)
        try Given.positive("--pairs", pairs)
        guard ramp == nil || !findRate else {
            throw ValidationError("--ramp and --find-rate: one of them")
        }
        options.pairs = pairs
        if findRate { options.search = .find }
        if let ramp { options.search = try Given.ramp(ramp) }
        try talk.fill(&options)
        try parts.fill(&options, atMost: pairs)
        try agents.fill(&options)
        return options
    }
}

struct Idle: Scenario {
    static let configuration = CommandConfiguration(
        abstract: "Hold connections that only say hello: memory and heartbeats.",
        discussion: """
            More than about 28,000 from one address run out of ports: spread them over several.
            
              chathub-load idle --connections 1000 --duration 60s
              chathub-load idle --connections 50000 --processes 4 \\
                --source-addresses 127.0.0.1-127.0.0.4
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var parts: PartOptions

    @Option(help: "Connections to hold.")
    var connections = 1000

    func options() throws -> LoadOptions {
        var options = try common.options(.idle)
        try Given.positive("--connections", connections)
        options.connections = connections
        try parts.fill(&options, atMost: connections)
        return options
    }
}

struct Storm: Scenario {
    static let configuration = CommandConfiguration(
        abstract: "Everybody loses the line at once and comes back; nothing may be missed.",
        discussion: """
            Every customer has a session and waits; all connections are cut, and each must come \
            back to his own session and hear all that was said in between.
            
              chathub-load storm --connections 1000
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var parts: PartOptions

    @Option(help: "Customers who wait with a session each.")
    var connections = 1000

    func options() throws -> LoadOptions {
        var options = try common.options(.storm)
        try Given.positive("--connections", connections)
        options.connections = connections
        try parts.fill(&options, atMost: connections)
        return options
    }
}

struct Queue: Scenario {
    static let configuration = CommandConfiguration(
        abstract: "Many customers wait for few agents: order, positions, capacity.",
        discussion: """
            Half of the customers wait before the agents come, the others come while they serve. \
            Checked from outside: no number shown ever rises, a level is served in the order of \
            coming, nobody is assigned twice, no agent holds more than his capacity, and nobody \
            waits beside a free place. For a site file made by `chathub-load site`: with skills or \
            dedicated agents another order may be right.

              chathub-load site --agents 10 > load.yaml
              chathub-load queue --secret-file .data/signing-key --agents 10 --customers 500
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var agents: AgentOptions
    @OptionGroup var crowd: CrowdArguments

    @Option(help: "Customers a second of the second half.")
    var rate = 20.0

    @Option(
        help: ArgumentHelp(
            "How long a customer is served in the mean: 200ms, 2s, or seconds.",
            valueName: "TIME"))
    var service = "200ms"

    func options() throws -> LoadOptions {
        var options = try common.options(.queue)
        try crowd.fill(&options.crowd, customers: 200)
        try Given.positive("--rate", rate)
        options.crowd.arrivalRate = rate
        options.crowd.serviceSeconds = try Given.seconds("--service", service)
        try agents.fill(&options)
        return options
    }
}

struct Day: Scenario {
    static let configuration = CommandConfiguration(
        abstract: "A service desk's day, faster than the clock: waits, patience, utilisation.",
        discussion: """
            Customers come by a daily curve, with levels and topics; they wait as long as their \
            patience lasts and are served as long as it takes. --service and --patience are \
            times of the day; --factor says how many of its seconds pass in one. The site's own \
            durations (head starts, graces, limits) are not scaled, and the report says so.

              chathub-load day --secret-file .data/signing-key --customers 5000
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var agents: AgentOptions
    @OptionGroup var crowd: CrowdArguments

    @Option(help: "How many times faster than the clock; 1440 plays a day in a minute.")
    var factor = 1440.0

    @Option(help: "Hours of the day that are played, from midnight.")
    var hours = 24.0

    @Option(
        help: ArgumentHelp(
            "How long of the day a customer is served in the mean: 5m, 90s, or seconds.",
            valueName: "TIME"))
    var service = "5m"

    @Option(
        help: ArgumentHelp(
            "How long of the day he waits before he gives up, in the mean: 10m, or seconds.",
            valueName: "TIME"))
    var patience = "10m"

    func options() throws -> LoadOptions {
        var options = try common.options(.day)
        try crowd.fill(&options.crowd, customers: 600)
        try Given.positive("--factor", factor)
        try Given.positive("--hours", hours)
        guard hours <= 24 else { throw ValidationError("--hours: at most 24") }
        options.crowd.factor = factor
        options.crowd.hours = hours
        options.crowd.serviceSeconds = try Given.seconds("--service", service)
        options.crowd.patienceSeconds = try Given.seconds("--patience", patience)
        try agents.fill(&options)
        return options
    }
}

struct Broadcast: Scenario {
    static let configuration = CommandConfiguration(
        abstract: "Many agents watch one queue while customers come and go.",
        discussion: """
            The site needs as many agents as there are subscribers; none of them goes online. The \
            hub tells of a queue at most once a second.

              chathub-load broadcast --secret-file .data/signing-key --subscribers 100
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var agents: AgentOptions

    @Option(help: "Agents who watch.")
    var subscribers = 100

    @Option(
        help: ArgumentHelp(
            "How long from one event to the next: 1500ms, 2s, or seconds.", valueName: "TIME"))
    var every = "1.5s"

    @Option(help: "The group that is watched.")
    var group = "load"

    func options() throws -> LoadOptions {
        var options = try common.options(.broadcast)
        try Given.positive("--subscribers", subscribers)
        guard Given.isName(group) else {
            throw ValidationError("--group: the name of a group in the site file, such as load")
        }
        options.connections = subscribers
        options.crowd.eventSeconds = try Given.seconds("--every", every)
        options.crowd.group = group
        try agents.fill(&options)
        return options
    }
}

struct SlowReaders: Scenario {
    static let configuration = CommandConfiguration(
        commandName: "slow-readers",
        abstract: "Some customers stop reading: the others must not notice.",
        discussion: """
            Pairs talk for --duration, then again while --slow other customers no longer read \
            what their agents write, much of it, all the time. Those must be closed with 4008 \
            and, back again, find everything once and in order. The site needs --pairs and --slow \
            agents together.

              chathub-load site --agents 55 > load.yaml
              chathub-load slow-readers --secret-file .data/signing-key --pairs 50 --slow 5
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var agents: AgentOptions
    @OptionGroup var talk: TalkOptions

    @Option(help: "Pairs that talk all the time.")
    var pairs = 50

    @Option(help: "Customers who stop reading.")
    var slow = 5

    func options() throws -> LoadOptions {
        var options = try common.options(.slowReaders)
        try Given.positive("--pairs", pairs)
        try Given.positive("--slow", slow)
        options.pairs = pairs
        options.slowReaders = slow
        try talk.fill(&options)
        try agents.fill(&options)
        return options
    }
}

struct Site: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a site file for the other scenarios.",
        discussion: """
            Its agents are load-00001 and so on, in a group `load`, and take what they are offered \
            by themselves.
            
              chathub-load site --agents 100 > load.yaml
              chathub serve --site load.yaml --data /tmp/load --listen 127.0.0.1:9090
            """)

    @Option(help: "The site's name.")
    var site = "load"

    @Option(help: "How many agents it has.")
    var agents = 100

    @Option(help: "Sessions each agent may hold.")
    var capacity = 1

    @Option(help: "Processes that will share the load: each gets a group of agents.")
    var processes = 1

    func validate() throws {
        try Given.positive("--agents", agents)
        guard (1...50).contains(capacity) else { throw ValidationError("--capacity: 1 to 50") }
        guard (1...64).contains(processes), processes <= agents else {
            throw ValidationError("--processes: 1 to 64, and not more than agents")
        }
    }

    func run() throws {
        print(
            SiteText.make(site: site, agents: agents, capacity: capacity, processes: processes),
            terminator: "")
    }
}
