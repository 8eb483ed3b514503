/// The files of Sources/Web/pages, which SwiftPM puts into the binary as one constant each. A new
/// page needs a line here; a test compares the list with the folder.
enum EmbeddedPages {
    static let byName: [String: [UInt8]] = [
        "chathub-agent.js": PackageResources.chathub_agent_js,
        "chathub-client.js": PackageResources.chathub_client_js,
        "chathub-codec.js": PackageResources.chathub_codec_js,
        "chathub-composer.js": PackageResources.chathub_composer_js,
        "chathub-connection.js": PackageResources.chathub_connection_js,
        "chathub-conversation.js": PackageResources.chathub_conversation_js,
        "chathub-customer.js": PackageResources.chathub_customer_js,
        "chathub-dom.js": PackageResources.chathub_dom_js,
        "chathub-language.js": PackageResources.chathub_language_js,
        "chathub-log.js": PackageResources.chathub_log_js,
        "chathub-outbox.js": PackageResources.chathub_outbox_js,
        "chathub-pages.js": PackageResources.chathub_pages_js,
        "chathub-strings.js": PackageResources.chathub_strings_js,
        "chathub-style.js": PackageResources.chathub_style_js,
        "chathub-talk.js": PackageResources.chathub_talk_js,
        "chathub-typing.js": PackageResources.chathub_typing_js,
        "chathub-widget-style.js": PackageResources.chathub_widget_style_js,
        "chathub-widget.js": PackageResources.chathub_widget_js,
        "demo-leaf.svg": PackageResources.demo_leaf_svg,
        "demo.html": PackageResources.demo_html,
        "orders.html": PackageResources.orders_html,
        "widget.js": PackageResources.widget_js,
    ]
}
