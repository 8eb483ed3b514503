// A start without rules, levels or a first message.
import ChatModel
import HubCore

func plainStart(_ session: SessionID, _ customer: PersonID, _ group: GroupID) -> StartSession {
    StartSession(
        session: session, customer: customer, siteVersion: 0,
        placement: Placement(
            level: Level(0)!, levelSource: .none, headStartMilliseconds: 0, home: group,
            openings: [Placement.Opening(target: .group(group, nil))], exclusions: [],
            offerMilliseconds: nil),
        topic: nil, channel: nil, profile: Array("{}".utf8), explanation: Array("{}".utf8),
        firstMessage: nil)
}
