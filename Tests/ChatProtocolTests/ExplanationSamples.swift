/// Explanations as `HubCore` writes them; their text is its own, and stories hold the hub's answers
/// against the schema.
import ChatProtocol

extension HubFrameSamples {
    static let explanations: [HubFrameSample] = [
        HubFrameSample(
            frame: "session.explain.ok", name: "one that was handed over",
            bytes: ServerFrame.explanationOK(id: 4, Array(handedOver.utf8))),
        HubFrameSample(
            frame: "session.explain.ok", name: "one that waits",
            bytes: ServerFrame.explanationOK(id: 4, Array(waiting.utf8))),
    ]

    private static let handedOver =
        [
            #"{"session":"s_014d2pf2dbsqqzxq5tk1v58cgg","state":"active","group":"af"#,
            #"ter-sales","waited_ms":31000,"rule":"refunds","rule_index":1,"version""#,
            #":3,"mode":"human-only","level":7,"level_source":"parameter","level_rea"#,
            #"sons":["the page parameter says 7"],"walk":[[0,0]],"head_start_ms":420"#,
            #"0000,"offer_ms":20000,"plan":[{"agent":"anna","name":"Anna","for_ms":3"#,
            #"0000,"if_offline":"skip","open":true},{"group":"after-sales","name":"售"#,
            #"后组","requirement":["skill refund from 3"],"if_offline":"skip","open":t"#,
            #"rue}],"events":[{"at":1764000000000,"what":"step_opened"},{"at":176400"#,
            #"0000100,"what":"handed_over","agent":{"id":"chen","name":"Chen"}}],"ma"#,
            #"tch":{"at":1764000000100,"how":"handed_over","agent":{"id":"chen","nam"#,
            #"e":"Chen"},"by":{"id":"zoe","name":"zoe"},"tie_break":{"selection":"le"#,
            #"ast-loaded","held":1,"capacity":4,"idle_ms":12000},"targets":[{"agent""#,
            #":"anna","name":"Anna","counts":{"away":1},"examined":[{"agent":{"id":""#,
            #"anna","name":"Anna"},"standing":"away"}]},{"group":"after-sales","name"#,
            #"":"售后组","requirement":["skill refund from 3"],"counts":{"free":1,"full"#,
            #"":2,"busy":1,"away":1,"dropped_off":1,"offline":1},"examined":[{"agent"#,
            #"":{"id":"chen","name":"Chen"},"standing":"chosen"}]}]}}"#,
        ].joined()

    private static let waiting =
        [
            #"{"session":"s_014d2pf2dbsqqzxq5tk1v58cgg","state":"queued","group":"af"#,
            #"ter-sales","waited_ms":31000,"rule":"refunds","rule_index":1,"version""#,
            #":3,"mode":"human-only","level":7,"level_source":"parameter","level_rea"#,
            #"sons":["the page parameter says 7"],"walk":[[0,0]],"steps":[{"to":"ded"#,
            #"icated","agent":"anna"},{"to":"last-agent","left_out":"none"},{"to":"gr"#,
            #"oup","group":"after-sales","customer_lacks":["region"]}],"passed_over":"#,
            #"[{"agent":"bo","for_ms":20000}],"head_start_ms":0,""#,
            #"plan":[{"agent":"anna","name":"Anna","for_ms":30000,"if_offline":"wait"#,
            #"","open":true},{"group":"after-sales","name":"售后组","requirement":["ski"#,
            #"ll refund from 3"],"for_ms":90000,"if_offline":"skip","open":true},{"g"#,
            #"roup":"floaters","name":"全能机动组","if_offline":"skip","open":false}],"ev"#,
            #"ents":[],"waiting":{"why":["requirement","full","busy","away","dropped"#,
            #"_off"],"targets":[{"agent":"anna","name":"Anna","counts":{"away":1},"e"#,
            #"xamined":[{"agent":{"id":"anna","name":"Anna"},"standing":"away"}]},{""#,
            #"group":"after-sales","name":"售后组","requirement":["skill refund from 3""#,
            #"],"counts":{"free":1,"full":1,"busy":1,"away":1,"dropped_off":1,"offli"#,
            #"ne":2},"examined":[{"agent":{"id":"chen","name":"Chen"},"standing":"re"#,
            #"quirement"}]}],"ahead":4,"next_step_ms":59000}}"#,
        ].joined()
}
