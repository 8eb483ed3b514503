/// `chathub explain`: which rule a customer would get, and why not those before it.
import ArgumentParser
import HubConfig
import HubServer

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Walk through the rules for given facts and a time: which matches, and why.",
        discussion: """
            From a file, without any hub, or from what is in force at one:

              chathub explain --site-file shop.yaml --attr member=gold --topic refund
              chathub explain --site shop --param level=7 --region 江苏/南京
              chathub explain --site shop --text 我要退款 --at 2026-11-22T10:00

            Printed are the level and where it comes from, each rule that was passed over with the \
            first condition that failed and what was there instead, then the reception and the plan.

            With --json: `rule`, `level`, `level_source` (parameter, attribute, none), \
            `level_reasons`, `reception`, `open`, `plan`, `walk` (each rule with `matched`, \
            `failed`, `found`), `at`, and `version` with --site.

            Exit codes: 0 explained, 1 no such site or no store, 2 the file has problems, 64 the \
            arguments are wrong.
            """)

    @Option(
        name: .long, help: ArgumentHelp("A site file.", valueName: "file"),
        completion: .file(extensions: ["yaml"]))
    var siteFile: String?

    @Option(name: .long, help: "The name of a site on a hub.")
    var site: String?

    @OptionGroup var store: StoreOptions

    @Option(
        name: .customLong("attr"),
        help: ArgumentHelp(
            "A trusted attribute; may be repeated, the same name makes a list.",
            valueName: "name=value"))
    var attributes: [String] = []

    @Option(
        name: .customLong("page-attr"),
        help: ArgumentHelp(
            "An attribute as a web page would say it, not trusted.", valueName: "name=value"))
    var pageAttributes: [String] = []

    @Option(
        name: .customLong("param"),
        help: ArgumentHelp(
            "A parameter of the page, such as level=7; may be repeated.", valueName: "name=value"))
    var parameters: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A level, 0 to 10, that was signed and found good.", valueName: "level"))
    var signedLevel: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The customer's id, as by his token. With --site, what is known of him counts too.",
            valueName: "id"))
    var customer: String?

    @Option(name: .long, help: "What he asks about, a word of the site's: refund.")
    var topic: String?
    @Option(name: .long, help: "Where he writes from: web, app, ...") var channel: String?
    @Option(name: .long, help: "The page's whole address.") var url: String?
    @Option(name: .long, help: "The address of the page he came from.") var referrer: String?
    @Option(name: .long, help: "What he uses, as the page says it: phone, desktop, ...")
    var device: String?
    @Option(name: .long, help: "The attribute region: 江苏/南京.") var region: String?
    @Option(name: .long, help: "The first message.") var text: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "When: 2026-11-22T10:00, in the site's zone unless it says its own, as with +08:00 "
                + "or Z. Default: now.", valueName: "time"))
    var at: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (siteFile == nil) != (site == nil) else {
            throw ValidationError(
                "give one of --site-file FILE (rules in a file) and --site NAME (those in force)")
        }
        if let signedLevel, !(0...10).contains(signedLevel) {
            throw ValidationError("--signed-level is given `\(signedLevel)`; allowed: 0 to 10")
        }
        do {
            _ = try request.facts()
        } catch {
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        let (settings, version) = try rules()
        let strategy = settings.strategy
        var facts = try request.facts()
        // As a start would: what the site knows of him counts as trusted.
        if let site, let customer {
            facts = try store.customers().facts(facts, of: customer, at: site)
        }
        let time = try milliseconds(settings)
        let subject = version.map { "\(settings.site), version \($0)" } ?? siteFile
        let text = ExplainReport.text(
            strategy, facts, at: time, subject: subject, color: Terminal.hasColor)
        let object = ExplainReport.json(strategy, facts, at: time, version: version)
        print(json ? object : text, terminator: "")
    }

    /// The zone a time without an offset is meant in is known only now.
    private func milliseconds(_ settings: SiteSettings) throws -> Int64 {
        do {
            return try request.milliseconds(at: settings)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// From the file, or what is in force, with its number.
    private func rules() throws -> (SiteSettings, version: Int?) {
        let checked: CheckedFile<SiteSettings>
        var version: Int?
        if let site {
            let store = try store.store()
            guard let stored = try store.inForce(at: site) else { throw try store.unknown(site) }
            version = stored.number
            checked = SiteFile.load(text: stored.text, name: "\(site), version \(stored.number)")
        } else {
            checked = SiteFile.load(path: siteFile ?? "")
        }
        guard let settings = checked.settings else {
            let report = CheckReport.text(checked, color: Terminal.hasColor)
            print(json ? CheckReport.json(checked) : report, terminator: "")
            throw ExitCode(2)
        }
        return (settings, version)
    }

    private var request: ExplainRequest {
        var request = ExplainRequest()
        request.customer = customer
        request.attributes = attributes
        request.pageAttributes = pageAttributes
        request.parameters = parameters
        request.signedLevel = signedLevel
        request.topic = topic
        request.channel = channel
        request.url = url
        request.referrer = referrer
        request.device = device
        request.region = region
        request.text = text
        request.at = at
        return request
    }
}
