/// Reads `vip`: how a site tells important customers from ordinary ones.
import ChatModel
import Routing

struct VipDecoder {
    func decode(_ entry: Entry) -> VipSettings {
        var vip = VipSettings()
        guard let section = entry.section() else { return vip }
        vip.source = section.value("source")?.choice(VipSettings.Source.self) ?? vip.source
        vip.attribute = section.value("attribute")?.text(maximumBytes: 64) ?? vip.attribute
        vip.defaultLevel = section.value("default_level").flatMap(level) ?? vip.defaultLevel
        if let value = section.value("parameter") {
            vip.parameter = parameter(value)
            if vip.source == .attribute, !section.log.hasErrors {
                section.log.warning(
                    "`parameter` is not looked at with `source: attribute`", at: value.place,
                    allowed: "source: parameter, or combined")
            }
        }
        vip.headStart = section.value("head_start").flatMap(headStart) ?? vip.headStart
        section.finish()
        return vip
    }

    private func level(_ entry: Entry) -> Level? {
        entry.integer(in: 1...10).flatMap(Level.init)
    }

    private func parameter(_ entry: Entry) -> LevelParameter {
        var parameter = LevelParameter()
        guard let section = entry.section() else { return parameter }
        parameter.name = section.value("name")?.text(maximumBytes: 64) ?? parameter.name
        parameter.trust =
            section.value("trust")?.choice(LevelParameter.Trust.self) ?? parameter.trust
        let maximum = section.value("max").flatMap(level)
        parameter.maximum = maximum ?? parameter.maximum
        if parameter.trust == .unsigned, !section.contains("max") {
            parameter.maximum = LevelParameter.unsignedMaximum
        } else if parameter.trust == .unsigned, maximum == .highest {
            section.log.warning(
                "anybody may write `?\(parameter.name)=10` and go before everyone else",
                at: section.place(ofKey: "max"))
        }
        section.finish()
        return parameter
    }

    private func headStart(_ entry: Entry) -> HeadStart? {
        if entry.scalar?.text == "strict" {
            entry.log.warning(
                "`strict` lets ordinary customers wait without bound while important ones come",
                at: entry.place)
            return .strict
        }
        return entry.duration(in: 0...31_536_000_000).map { .perLevel(milliseconds: $0) }
    }
}
