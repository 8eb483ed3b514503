/// The samples of frames about customers.
import ChatModel
import ChatProtocol

extension HubFrameSamples {
    static let customerFrames: [HubFrameSample] = [
        HubFrameSample(
            frame: "customer.get.ok", name: "all there is to know",
            bytes: ServerFrame.customerOK(
                id: 8,
                CustomerRecord(
                    id: customer.id, dedicatedAgent: person("anna"), lastAgent: agent.id,
                    ratings: [agent.id: CustomerRecord.Rating(score: 5, at: now)]),
                attributes: ["member": .text("gold"), "vip": .integer(8)], more: 3)),
        HubFrameSample(
            frame: "customer.get.ok", name: "nothing is known",
            bytes: ServerFrame.customerOK(
                id: 8, CustomerRecord(id: customer.id), attributes: [:], more: 0)),
        HubFrameSample(
            frame: "session.rated", name: "with reasons and a comment",
            bytes: ServerFrame.sessionRated(
                session: session, customer: customer.id,
                body: ServerFrame.ratingBody(
                    SessionRate(
                        session: session, key: "r-1", score: 4, reasons: ["friendly", "slow"],
                        comment: "谢谢")))),
        HubFrameSample(
            frame: "session.rated", name: "stars alone",
            bytes: ServerFrame.sessionRated(
                session: session, customer: customer.id,
                body: ServerFrame.ratingBody(
                    SessionRate(session: session, key: "r-2", score: 1)))),
    ]
}
