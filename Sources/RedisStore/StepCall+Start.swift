/// The arguments of `start.lua`: pairs of a name and its value, so that whatever is added later
/// moves nothing else.
import ChatModel
import HubCore
import Redis
import Routing

extension StepCall {
    mutating func append(_ start: StartSession, _ replication: [UInt8]) {
        name("session")
        append(start.session)
        append("customer", start.customer.text)
        append("key", start.key)
        append("again", start.reopensWithin)
        append("version", String(start.siteVersion))
        append("topic", start.topic)
        append("channel", start.channel)
        name("profile")
        call.append(start.profile)
        name("explanation")
        call.append(start.explanation)
        name("replication")
        call.append(replication)
        if let message = start.firstMessage {
            name("origin")
            appendOrigin(message)
            name("message")
            appendBytes(message)
        }
        append("ways", start.ways.map(\.rawValue).joined(separator: ","))
        append("handover", !start.mayHandOver ? "0" : start.handsOverWhenClosed ? "2" : "1")
        if start.allowsRobotChoice { append("robot", "1") }
        append(start.placement)
    }

    private mutating func append(_ placement: Placement) {
        append("home", placement.home.text)
        append("level", String(placement.level.value))
        append("source", placement.levelSource.rawValue)
        append("head_start", placement.headStartMilliseconds)
        append("offer", placement.offerMilliseconds)
        append("full", placement.maximumWaiting.map(Int64.init))
        append("reopen", placement.reopenBelow.map(Int64.init))
        append("limit", placement.waitLimitMilliseconds)
        append("gone", placement.closeGoneMilliseconds)
        append("idle", placement.idle.map(Self.text))
        append("wrap", placement.wrapUpMilliseconds)
        var requirements: [Requirement] = []
        let lines = placement.openings.map { line(of: $0, &requirements) }
        append("openings", lines.joined(separator: "\n"))
        for (index, requirement) in requirements.enumerated() {
            append("~\(index + 1)", requirement.text)
        }
        guard !placement.exclusions.isEmpty else { return }
        let exclusions = placement.exclusions.map {
            "\($0.agent.text) \($0.forMilliseconds.map(String.init) ?? "-")"
        }
        append("exclusions", exclusions.joined(separator: "\n"))
    }

    static func text(_ idle: IdleLimits) -> String {
        [idle.remindMilliseconds, idle.closeMilliseconds].map { $0.map(String.init) ?? "-" }
            .joined(separator: " ")
    }

    private func line(of opening: Placement.Opening, _ requirements: inout [Requirement]) -> String
    {
        let target: String
        switch opening.target {
        case .group(let group, nil): target = group.text
        case .group(let group, let requirement?):
            requirements.append(requirement)
            target = "\(group.text)~\(requirements.count)"
        case .agent(let agent): target = "@" + agent.text
        }
        let duration = opening.durationMilliseconds.map { String($0) } ?? "-"
        return "\(target) \(duration) \(opening.skipsWhenOffline ? "s" : "w")"
    }

    private mutating func name(_ name: String) { call.append(name) }

    /// Nothing at all without a value.
    private mutating func append(_ name: String, _ value: String?) {
        guard let value else { return }
        call.append(name)
        call.append(value)
    }

    private mutating func append(_ name: String, _ value: Int64?) {
        guard let value else { return }
        call.append(name)
        call.append(value)
    }
}
