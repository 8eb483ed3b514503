"""Whatever people write is shown as what they wrote, on every page, and nothing of it runs: not their words, names
and attributes, and not their files. Every page of `people` reports what its policy had to stop, at the end."""

import csv
import io
import re
import unicodedata
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

import files
from test_customers_page import load
from test_files import pick

SOON = 8_000
BAD = "<img src=x onerror=window.owned=1>"
#: What only markup could have made; the pages draw none of it, but for the wares of the demo shop.
FOREIGN = ("img:not([src*='demo-']), iframe, object, embed, style, template, b, script:not([src]), "
           "a[href^='javascript:']")

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


def is_clean(one) -> None:
    assert one.page.evaluate("window.owned") is None
    assert one.page.locator(FOREIGN).count() == 0


RUNNING = b"<!doctype html><script>window.owned = 1; parent.owned = 1; opener.owned = 1</script>\n"
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" onload="window.owned=1"><script>window.owned=1</script></svg>'


def test_names_and_contents_of_files_do_nothing(people, hub):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    agent.accept()
    for number, text in enumerate(HOSTILE):
        pick([customer, agent][number % 2], (f"{text}.html", "text/html", RUNNING + str(number).encode()))
    pick(customer, ("x.svg", "image/svg+xml", PICTURE), ("gif.html", "text/html", b"GIF89a/*" + RUNNING))
    cards = agent.page.locator("chathub-talk .message[data-seq] .card")
    for one in (customer, agent):
        # What calls itself a picture and is none becomes a card as well.
        expect(one.page.locator("chathub-talk .message[data-seq] .card")).to_have_count(
            len(HOSTILE) + 2, timeout=30_000)
        assert one.page.locator("chathub-talk .card .name > *").count() == 0
        is_clean(one)
    assert "<img src=x onerror=\"window.owned = 1\">.html" in cards.locator(".name").all_text_contents()
    # Markup is only saved, whatever it is called.
    for name, content in (("x.svg", PICTURE), ("onmouseover=", RUNNING)):
        with agent.page.expect_download() as download:
            cards.filter(has_text=name).get_by_role("button").click()
        assert download.value.path().read_bytes().startswith(content)
    is_clean(agent)


def test_a_file_that_is_opened_as_a_page_is_saved_and_runs_nothing(people, hub):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    agent.accept()
    pick(customer, ("page.html", "text/html", RUNNING))
    card = agent.page.locator("chathub-talk .message[data-seq] .card", has_text="page.html")
    with agent.page.expect_download() as download:
        card.get_by_role("button").click()
    stranger = people.stranger()
    stranger.page.goto(hub.http + "/orders")
    with stranger.page.expect_download():
        stranger.page.evaluate("(address) => { location.href = address; }", download.value.url)
    assert stranger.page.url == hub.http + "/orders"
    is_clean(stranger)


STRANGE = {
    "agents": {"anna": {"name": BAD, "capacity": 4}, "bo": {"name": "{{bo}}", "capacity": 1},
               "chen": {"name": "陈", "capacity": 4}, "eve": {"name": "&lt;Eve&gt;", "capacity": 10}},
    "groups": {"pre-sales": {"name": BAD, "agents": ["anna", "bo"]},
               "after-sales": {"name": "售后组", "agents": ["chen"]},
               "floaters": {"name": "</h3>", "agents": ["eve"]}},
    "tags": [BAD],
}


@pytest.mark.site("plain", agents=STRANGE["agents"], groups=STRANGE["groups"], tags=STRANGE["tags"])
def test_the_board_shows_names_topics_and_words_as_text(people):
    waiting = people.customer()
    waiting.page.evaluate("(bad) => document.querySelector('chathub-widget').setAttribute('topic', bad)", BAD)
    waiting.start(BAD)
    customer = people.customer(f"/?x={quote(BAD)}")
    customer.page.evaluate("(bad) => chathub.setAttributes({ [bad]: bad, note: bad })", BAD)
    customer.start(HOSTILE[0])
    agent = people.agent("anna").set_status("online").accept().accept()
    for text in HOSTILE[1:]:
        customer.say(text)
    expect(customer.messages()).to_have_count(len(HOSTILE), timeout=15_000)
    zoe = people.supervisor()
    expect(zoe.figure("talking")).to_have_text("2", timeout=SOON)
    expect(zoe.page.locator("main")).to_contain_text(BAD)
    zoe.figure("talking").click()
    for number in range(2):
        zoe.page.get_by_role("button", name=re.compile("^Look on")).nth(number).click()
        zoe.page.get_by_label("Whisper to the agent").fill(BAD)
        zoe.page.keyboard.press("Enter")
        expect(zoe.page.locator("aside.watch .system.whisper")).to_contain_text(BAD, timeout=SOON)
        zoe.page.locator("aside.watch").get_by_role("button", name="Stop looking on").click()
    for one in (zoe, agent, customer, waiting):
        is_clean(one)


@pytest.mark.site("plain", agents=STRANGE["agents"], groups=STRANGE["groups"])
def test_the_customers_page_shows_names_and_values_as_text(people):
    text = io.StringIO()
    rows = csv.writer(text)
    # As names go: printable, not too long, composed.
    plain = [one for one in HOSTILE if one.isprintable() and len(one.encode()) < 64
             and unicodedata.is_normalized("NFC", one)]
    rows.writerow(["id", BAD, *plain])
    rows.writerow(["u-1", BAD, *reversed(plain)])
    rows.writerow([BAD, BAD, *plain])
    zoe = people.supervisor("/customers")
    load(zoe, f"{BAD}.csv", text.getvalue().encode())
    dialog = zoe.page.locator("dialog")
    expect(dialog.locator(".bad-rows li")).to_have_count(1, timeout=SOON)
    is_clean(zoe)
    zoe.page.get_by_role("button", name=re.compile(r"Load \d+ rows?")).click()
    expect(dialog).to_contain_text("New customers", timeout=SOON)
    dialog.get_by_role("button", name="Close").click()
    expect(zoe.row("u-1")).to_be_visible(timeout=SOON)
    zoe.row("u-1").get_by_role("button").click()
    # Names as labels, values in fields that can be changed.
    for one in plain:
        expect(dialog).to_contain_text(one)
    values = dialog.locator("input").evaluate_all("(all) => all.map((field) => field.value)")
    assert set(plain) <= set(values)
    is_clean(zoe)
    zoe.page.keyboard.press("Escape")
    row = zoe.page.locator(".condition").first
    row.get_by_label("Attribute").fill(BAD)
    row.get_by_label("Comparison").select_option(label="is")
    row.get_by_label("Value").fill(BAD)
    expect(zoe.page.locator(".count")).to_have_text(re.compile("^1 customers?$"), timeout=SOON)
    zoe.page.get_by_role("button", name="Give them agents").click()
    expect(dialog).to_contain_text(BAD)
    is_clean(zoe)


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
