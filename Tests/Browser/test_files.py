"""Files in a chat as people send and see them: picked, pasted and dropped, on both sides, on a phone, under a
strict policy; and told in words when they cannot be sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import files
from website import WEBSITE, serving

SOON = 8_000
PICTURE = files.png(64)
#: Gives the files to the page as if they were pasted into, or dropped on, the element.
GIVE = """(node, { type, files, text }) => {
  const data = new DataTransfer();
  for (const { name, kind, bytes } of files) {
    data.items.add(new File([new Uint8Array(bytes)], name, { type: kind }));
  }
  if (text) data.setData('text/plain', text);
  const more = { bubbles: true, cancelable: true, composed: true };
  const event = type === 'paste' ? new ClipboardEvent(type, { ...more, clipboardData: data })
    : new DragEvent(type, { ...more, dataTransfer: data });
  node.dispatchEvent(event);
  return event.defaultPrevented;
}"""


def talking(people, **context):
    agent = people.agent("anna").set_status("online")
    customer = people.customer(**context)
    customer.start("hello")
    agent.accept()
    customer.is_served_by("Anna")
    return customer, agent


def pick(one, *contents, button="Send a file"):
    with one.page.expect_file_chooser() as chooser:
        one.page.get_by_role("button", name=button).click()
    chooser.value.set_files([{"name": name, "mimeType": kind, "buffer": content}
                             for name, kind, content in contents])


def given(name, kind, content):
    return {"name": name, "kind": kind, "bytes": list(content)}


def pictures(one):
    return one.page.locator("chathub-talk .message[data-seq] button.picture canvas")


def sees_red(one, count=1):
    expect(pictures(one)).to_have_count(count, timeout=SOON)
    one.page.wait_for_function("""([count]) => {
      const host = document.querySelector('chathub-widget')?.shadowRoot ?? document;
      const root = host.querySelector('chathub-talk').shadowRoot;
      const isRed = (canvas) => {
        const [red, green] = canvas.getContext('2d').getImageData(4, 4, 1, 1).data;
        return canvas.width > 0 && red > 200 && green < 60;
      };
      const all = [...root.querySelectorAll('[data-seq] .picture canvas')];
      return all.length === count && all.every(isRed);
    }""", arg=[count], timeout=SOON)


def card(one, name):
    return one.page.locator("chathub-talk .card", has_text=name)


def test_a_picture_and_a_document_are_seen_by_the_other_side(people):
    customer, agent = talking(people)
    pick(customer, ("截图 1.png", "image/png", PICTURE))
    for one in (customer, agent):
        sees_red(one)
    expect(customer.pending()).to_have_count(0)
    opener = agent.page.get_by_role("button", name="Open picture 截图 1.png")
    opener.click()
    large = agent.page.get_by_role("dialog", name="截图 1.png")
    expect(large.get_by_role("img", name="截图 1.png")).to_be_visible()
    expect(large.get_by_role("link", name="Full size in a new tab")).to_be_visible()
    agent.page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    expect(opener).to_be_focused()
    expect(agent.chats().first).to_contain_text("截图 1.png")

    pick(agent, ("合同.pdf", "application/pdf", files.PDF))
    expect(card(customer, "合同.pdf")).to_contain_text("PDF", timeout=SOON)
    expect(card(customer, "合同.pdf")).to_contain_text(f"{len(files.PDF)} B")
    with customer.page.expect_download() as download:
        card(customer, "合同.pdf").get_by_role("button", name="Download 合同.pdf").click()
    assert download.value.path().read_bytes() == files.PDF
    assert download.value.suggested_filename == "合同.pdf"
    # After a reload it is all still there.
    customer.page.reload()
    sees_red(customer)
    expect(card(customer, "合同.pdf")).to_be_visible()


def test_the_large_picture_of_the_widget_leaves_the_panel_open(people):
    customer, _ = talking(people)
    pick(customer, ("cup.png", "image/png", PICTURE))
    sees_red(customer)
    customer.page.get_by_role("button", name="Open picture cup.png").press("Enter")
    large = customer.page.get_by_role("dialog", name="cup.png")
    expect(large.get_by_role("img")).to_be_visible()
    customer.page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    expect(customer.field()).to_be_visible()


def test_pasted_and_dropped_files_are_sent_and_words_stay_words(people):
    customer, agent = talking(people)
    picture = given("image.png", "image/png", PICTURE)
    assert customer.field().evaluate(GIVE, {"type": "paste", "files": [picture]})
    sees_red(agent)
    # A cell of a table brings a picture of itself along: the words are meant.
    both = {"type": "paste", "files": [picture], "text": "42"}
    assert not customer.field().evaluate(GIVE, both)
    panel = customer.page.locator("chathub-widget .panel")
    shown = customer.page.locator("chathub-widget chathub-talk")
    assert panel.evaluate(GIVE, {"type": "dragover", "files": [picture]})
    expect(shown.get_by_text("Drop files here to send them")).to_be_visible()
    assert panel.evaluate(GIVE, {"type": "drop", "files": [picture, given("a.txt", "text/plain", b"hello")]})
    expect(shown.get_by_text("Drop files here to send them")).to_be_hidden()
    sees_red(agent, 2)
    expect(card(agent, "a.txt")).to_contain_text("TXT")
    pane = agent.page.locator(".chat-pane")
    assert pane.evaluate(GIVE, {"type": "drop", "files": [given("b.zip", "application/zip", files.ZIP)]})
    expect(card(customer, "b.zip")).to_contain_text("ZIP", timeout=SOON)
    # What is dropped while a note is written is not for the customer.
    agent.page.get_by_role("button", name="Note", exact=True).click()
    expect(agent.page.get_by_role("button", name="Send a file")).to_be_hidden()


@pytest.mark.site("plain", files={"max": "1KiB", "types": ["image/png", "text/plain"], "per_session": 2})
def test_every_refusal_is_told_in_words(people):
    customer, agent = talking(people)
    failed = customer.page.locator("chathub-talk .pending.failed")
    pick(customer, ("big.png", "image/png", b"x" * 1025))
    expect(failed).to_contain_text("The file is too large.")
    expect(failed).to_contain_text("At most 1 kB each.")
    expect(failed.get_by_role("button", name="Try again")).to_have_count(0)
    failed.get_by_role("button", name="Discard").click()
    expect(failed).to_have_count(0)
    for name, kind, content in [("clip.mp4", "video/mp4", b"x"), ("run.png", "image/png", b"MZ\x90\x00" + bytes(64))]:
        pick(customer, (name, kind, content))
        expect(failed).to_contain_text("Files of this kind are not taken here.", timeout=SOON)
        expect(failed).to_contain_text(name)
        failed.get_by_role("button", name="Discard").click()
    pick(customer, ("empty.txt", "text/plain", b""))
    expect(failed).to_contain_text("The file is empty.")
    failed.get_by_role("button", name="Discard").click()
    # Chromium tells its console of every refusal.
    customer.complaints = [one for one in customer.complaints if "415" not in one]
    pick(agent, ("one.txt", "text/plain", b"one"), ("two.txt", "text/plain", b"two"))
    refused = agent.page.locator("chathub-talk .pending.failed")
    expect(refused).to_contain_text("No more files can be sent in this conversation.", timeout=SOON)


@pytest.mark.site("plain", files={"max": "0B"})
def test_where_no_files_are_taken_none_are_offered(people):
    for one in talking(people):
        expect(one.page.get_by_role("button", name="Send a file")).to_be_hidden()
        picture = given("image.png", "image/png", PICTURE)
        assert not one.field().evaluate(GIVE, {"type": "paste", "files": [picture]})


def test_a_network_that_fails_is_told_and_the_file_sent_once(people):
    customer, agent = talking(people)
    puts = []

    def answer(route, request):
        if request.method == "PUT":
            puts.append(request.url)
        return route.abort() if request.method == "PUT" and len(puts) == 1 else route.continue_()

    customer.page.route("**/v1/files/**", answer)
    pick(customer, ("cup.png", "image/png", PICTURE))
    failed = customer.page.locator("chathub-talk .pending.failed")
    expect(failed).to_contain_text("The connection failed.")
    expect(customer.page.locator("chathub-talk [role=status]").first).to_contain_text("cup.png was not sent.")
    failed.get_by_role("button", name="Try again").click()
    sees_red(agent)
    sees_red(customer)
    assert len(puts) == 2


def test_a_file_on_its_way_shows_how_far_it_is_and_can_be_given_up(people):
    customer, agent = talking(people)
    held = []
    customer.page.route("**/v1/files/**", lambda route: held.append(route))
    pick(customer, ("notes.txt", "text/plain", b"x" * 4000))
    expect(customer.page.get_by_role("progressbar", name="Sending notes.txt")).to_be_visible()
    # Talking goes on meanwhile.
    customer.say("one moment")
    agent.sees("hello", "one moment")
    customer.pending().get_by_role("button", name="Cancel").click()
    expect(customer.pending()).to_have_count(0)
    agent.say("fine")
    customer.sees("hello", "one moment", "fine")
    for route in held:
        route.abort()


@pytest.mark.site(origins=["HUB", WEBSITE])
def test_files_work_on_a_foreign_site_under_a_strict_policy(people, hub):
    policy = (f"default-src 'none'; script-src {hub.http}; connect-src ws://127.0.0.1:{hub.port} {hub.http}; "
              "require-trusted-types-for 'script'; trusted-types 'none'")
    page = f"""<!doctype html><title>Elsewhere</title><h1>Somebody's website</h1>
        <script type="module" src="{hub.http}/widget.js" data-site="demo" data-locale="en"></script>"""
    with serving({"/": ("text/html; charset=utf-8", page)}, Content_Security_Policy=policy) as address:
        agent = people.agent("anna").set_status("online")
        customer = people.customer(address + "/").start("hello")
        agent.accept()
        pick(customer, ("cup.png", "image/png", PICTURE))
        sees_red(agent)
        pick(agent, ("tea.png", "image/png", PICTURE), ("b.txt", "text/plain", b"hello"))
        sees_red(customer, 2)
        with customer.context.expect_event("page"):
            card(customer, "b.txt").get_by_role("button", name="Download b.txt").click()
        assert customer.page.url == address + "/"


PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True, "locale": "zh-CN",
         "color_scheme": "dark"}


def test_on_a_phone_in_chinese(people):
    agent = people.agent("anna", viewport={"width": 390, "height": 780}).set_status("online")
    customer = people.customer("/orders", **PHONE)
    customer.page.get_by_role("button", name="打开客服窗口").click()
    customer.page.get_by_label("您的消息").fill("杯子有裂纹")
    customer.page.get_by_role("button", name="发送", exact=True).click()
    agent.accept()
    customer.is_served_by("Anna")
    pick(customer, ("杯子" * 30 + ".png", "image/png", PICTURE), ("发票.pdf", "application/pdf", files.PDF),
         button="发送文件")
    sees_red(agent)
    for one in (customer, agent):
        expect(card(one, "发票.pdf")).to_be_visible(timeout=SOON)
        assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(card(customer, "发票.pdf").get_by_role("button", name="下载 发票.pdf")).to_have_text("下载")
    pick(customer, ("空.txt", "text/plain", b""), button="发送文件")
    expect(customer.page.locator("chathub-talk .pending.failed")).to_contain_text("文件是空的。")


def kind_of(one, name):
    """What stands for the content on the card of a file."""
    return one.page.locator("chathub-talk .card", has_text=name).locator(".kind")


def test_a_file_is_shown_as_the_same_kind_while_it_is_sent_and_after(people):
    customer, _ = talking(people)
    held = []
    customer.page.route("**/v1/files/**", lambda route: held.append(route))
    with customer.page.expect_request("**/v1/files/**"):
        pick(customer, ("list.csv", "text/csv", b"a,b\n1,2\n"))
    expect(customer.pending()).to_have_count(1)
    expect(kind_of(customer, "list.csv")).to_have_text("TXT")
    held[0].continue_()
    expect(customer.pending()).to_have_count(0, timeout=SOON)
    expect(kind_of(customer, "list.csv")).to_have_text("TXT")
