/// Performs what `Hub` wants done: one small branch per effect.
import ChatModel
import ChatProtocol
import EventLoop
import HubCore
import Logging
import RedisStore
import WebSockets

extension Node {
    func perform(_ effect: HubEffect) {
        switch effect {
        case .send(let connection, let frame):
            sessions[connection]?.send(frame)
        case .sendVolatile(let connection, let frame, let key):
            sessions[connection]?.sendVolatile(frame, key: key)
        case .close(let connection, let code):
            sessions[connection]?.close(code: code.rawValue, reason: "")
        case .authenticate(let connection, let generation, let credential):
            let answer = verifier.judge(
                credential, now: WallClock.milliseconds(), random: &random)
            handle(.authenticated(connection, generation: generation, answer))
        case .store(let call):
            store?.submit(call)
        case .deleteFiles(let site, let files): deleteFiles(files, at: site)
        case .loadSite(let site):
            Task(executorPreference: loop) { await self.loadForHub(site) }
        case .arm(let timer, let delay):
            arm(timer, afterMilliseconds: delay)
        case .disarm(let timer):
            if let id = timers.removeValue(forKey: timer) { loop.cancel(id) }
        case .report(let report):
            metrics.count(report)
            tell(report)
        case .drained:
            onDrained?()
            onDrained = nil
        }
    }

    private func arm(_ timer: HubTimer, afterMilliseconds delay: Int64) {
        if let known = timers[timer] { loop.cancel(known) }
        timers[timer] = loop.schedule(afterMilliseconds: delay) { [weak self] in
            self?.assumeIsolated { node in
                node.timers[timer] = nil
                node.handle(.timer(timer))
            }
        }
    }

    /// What an operator should read; the rest is only counted.
    private func tell(_ report: HubReport) {
        switch report {
        case .fenced(let site):
            log.warning("the lease had ended; registering again", metadata: ["site": "\(site)"])
        case .matchedBySweep(let site, let count):
            log.warning(
                "only the sweep matched these", metadata: ["site": "\(site)", "count": "\(count)"])
        case .levelCapped(let site, let asked, let used):
            log.notice(
                "a level parameter was capped",
                metadata: ["site": "\(site)", "asked": "\(asked)", "used": "\(used)"])
        case .originRefused(let site, let origin):
            tellRefused(origin: origin, at: site)
        default:
            break
        }
    }

    /// Whoever put the widget on a page looks here when it stays silent.
    private func tellRefused(origin: String, at site: SiteID) {
        guard refusedOrigins.allows("\(site) \(origin)", now: loop.nowMilliseconds()) else {
            return
        }
        log.warning(
            """
            a page of this origin is refused; if it is yours, name it under `origins` in the \
            site file
            """,
            metadata: ["site": "\(site)", "origin": "\(origin)"])
    }
}
