// Very many agents in many groups, each with work: what it costs Redis to take them in, and to give
// a session to the best one of a group.
import ChatModel
import HubCore

enum AgentScale {
    private static let groups = (0..<100).map { GroupID("group\($0)")! }

    static func run(agents count: Int, _ figures: FigureBook) throws {
        figures.begin("agents.\(count)", "\(count) agents in \(groups.count) groups:")
        let house = try RedisHouse()
        let profiles = (0..<count).map {
            AgentProfile(
                id: PersonID("agent\($0)")!, capacity: 4, groups: [groups[$0 % groups.count]])
        }
        let each = Double(count)
        let attached = try house.cpu(
            of: profiles.map {
                .attach(Attach(person: Participant(role: .agent, id: $0.id), profile: $0))
            })
        figures.record("attach_us", "an agent connects", attached / each, "us of Redis")
        let applied = try house.cpu(
            of: [.syncAgents(profiles, groups: groups, selection: .leastLoaded)])
        figures.record(
            "apply_us", "a version of the site comes into force", applied / each,
            "us of Redis an agent")
        let online = try house.cpu(
            of: profiles.map { .setStatus(SetStatus(agent: $0.id, status: .online)) })
        figures.record("online_us", "an agent comes online", online / each, "us of Redis")

        let people = (0..<2_000).map { Participant(role: .customer, id: PersonID("v_\($0)x")!) }
        _ = try house.ask(people.map { .attach(Attach(person: $0, profile: nil)) })
        let starts = people.enumerated().map { number, person in
            StoreRequest.start(
                plainStart(
                    SessionID(high: UInt64(number) + 1, low: 0), person.id,
                    groups[number % groups.count]))
        }
        let cost = try house.cpu(of: starts) / Double(starts.count)
        figures.record(
            "start_us", "a start that the best of his group gets at once", cost, "us of Redis")
        let board = try house.cpu(
            of: (0..<20).map { _ in .board(BoardQuery(groups: groups, minutes: 1)) })
        figures.record("board_us", "the live board of all groups", board / 20, "us of Redis")
        try house.stop()
    }
}
