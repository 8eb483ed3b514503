"""Whatever people write is shown as what they wrote, on both sides, and nothing of it runs."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

HOSTILE = [
    "<script>window.owned = 1</script>",
    "<img src=x onerror=\"window.owned = 1\">",
    "\"><svg onload=window.owned=1>",
    "javascript:window.owned=1",
    "<a href=\"javascript:window.owned=1\">click</a>",
    "http://x\" onmouseover=\"window.owned=1",
    "https://example.com/<script>window.owned=1</script>",
    "{{constructor.constructor('window.owned=1')()}} ${window.owned=1}",
    "<style>*{display:none}</style><iframe srcdoc='<script>parent.owned=1</script>'></iframe>",
    "</textarea></template><template shadowrootmode=open><b>bold</b>",
    "\u202eevil\u202c \u2066isolated\u2069 \u200b\u200d\ufeff end",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324 a\u0301\u0301\u0301",
    "&lt;b&gt; &amp;amp; &#x3C;script&#x3E;",
    "{\"type\":\"error\",\"code\":\"unauthorized\"}\n{\"type\":\"drain\"}",
    "\u2028line\u2029paragraph",
    "😀👩‍👩‍👧🏽‍♂️ 退款 ﷽",
]


def test_hostile_texts_are_shown_as_text(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start(HOSTILE[0])
    agent.accept()
    for text in HOSTILE[1:]:
        customer.say(text)
        agent.say(text)
    for one in (customer, agent):
        expect(one.messages()).to_have_count(2 * len(HOSTILE) - 1, timeout=15_000)
        shown = one.messages().evaluate_all("(all) => all.map((node) => node.textContent)")
        for text in HOSTILE:
            assert text in shown, text
        assert one.page.evaluate("window.owned") is None
        bubbles = one.page.locator("chathub-talk .bubble")
        assert bubbles.locator(":scope > :not(a)").count() == 0
        links = bubbles.locator("a").evaluate_all("(all) => all.map((a) => [a.protocol, a.rel])")
        assert links and all(protocol in ("http:", "https:") and "noopener" in rel
                             for protocol, rel in links)


def test_hostile_attributes_topics_and_addresses_are_shown_as_text(people, hub):
    agent = people.agent("anna").set_status("online")
    bad = "<img src=x onerror=window.owned=1>"
    customer = people.customer(f"/?level=3&x={quote(bad)}")
    customer.page.evaluate("""(bad) => {
      const widget = document.querySelector('chathub-widget');
      widget.setAttribute('topic', bad);
      widget.setAttribute('attr-note', bad);
      document.title = bad;
    }""", bad)
    customer.start("hello")
    agent.accept()
    expect(agent.page.locator(".info")).to_contain_text(bad)
    assert agent.page.locator(".info img, .lists img").count() == 0
    assert agent.page.evaluate("window.owned") is None


def test_the_token_leaves_the_address_at_once(people, hub):
    agent = people.agent("anna")
    assert agent.page.url == f"{hub.http}/console"
    agent.page.reload()
    expect(agent.status()).to_be_enabled()


@pytest.mark.parametrize("path", ["/", "/orders", "/console", "/board", "/customers"])
def test_pages_come_with_a_strict_policy(hub, path):
    answer = hub.get(path)
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
