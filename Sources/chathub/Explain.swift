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
              chathub explain --site shop --param level=7 --region 江苏/南京 --text 我要退款 \
            --at 2026-11-22T10:00

            Printed are the level and where it comes from, each rule that was passed over with the \
            first condition that failed and what was there instead, then the reception and the plan.

            With --json: `rule`, `level`, `level_source` (parameter, attribute, none), \
            `level_reasons`, `reception`, `open`, `plan`, `walk` (each rule with `matched`, \
            `failed`, `found`), `at`, and `version` with --site.

            Exit codes: 0 explained, 1 no such site or no store, 2 the file has problems, 64 the \
            arguments are wrong.
            """)

    @Option(name: .long, help: "A site file.", completion: .file(extensions: ["yaml"]))
    var siteFile: String?

    @Option(name: .long, help: "The name of a site on a hub.")
    var site: String?

    @OptionGroup var store: StoreOptions

    @Option(
        name: .customLong("attr"),
        help: "name=value, a trusted attribute; may be repeated, the same name makes a list.")
    var attributes: [String] = []

    @Option(name: .customLong("page-attr"), help: "name=value, as a web page would say it.")
    var pageAttributes: [String] = []

    @Option(name: .customLong("param"), help: "name=value, a parameter of the page: level=7.")
    var parameters: [String] = []

    @Option(name: .long, help: "A level parameter that was signed, and found good.")
    var signedLevel: Int?

    @Option(
        name: .long,
        help: "The customer's id, as by his token. With --site, what is known of him counts too.")
    var customer: String?

    @Option(name: .long) var topic: String?
    @Option(name: .long, help: "web, app, ...") var channel: String?
    @Option(name: .long, help: "The page's whole address.") var url: String?
    @Option(name: .long) var referrer: String?
    @Option(name: .long) var device: String?
    @Option(name: .long, help: "The attribute region: 江苏/南京.") var region: String?
    @Option(name: .long, help: "The first message.") var text: String?

    @Option(
        name: .long,
        help: "2026-11-22T10:00, in the site's zone unless it says its own. Default: now.")
    var at: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (siteFile == nil) != (site == nil) else {
            throw ValidationError("one of --site-file FILE and --site NAME")
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
