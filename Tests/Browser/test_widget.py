"""What a website can do with the widget, and what a site file makes of it: topics and questions before
a chat, a survey after it, the page's own words, methods and events."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from website import WEBSITE, serving

TOPICS = [{"id": "order", "name": {"zh": "查订单", "en": "An order"}},
          {"id": "refund", "name": {"zh": "退款", "en": "A refund"}}]
QUESTIONS = [{"id": "phone", "label": {"zh": "手机号", "en": "Your phone number"}, "kind": "phone",
              "required": True},
             {"id": "kind", "label": {"zh": "您是", "en": "You are"}, "kind": "choice",
              "choices": [{"id": "buyer", "name": {"zh": "买家", "en": "A buyer"}},
                          {"id": "seller", "name": {"zh": "卖家", "en": "A seller"}}]}]
SURVEY = {"question": {"zh": "满意吗？", "en": "Were we of help?"},
          "reasons": {"low": [{"zh": "太慢", "en": "Too slow"}, {"zh": "没解决", "en": "Not solved"}],
                      "high": [{"zh": "很快", "en": "Quick"}]}, "comment": True}
WIDGET = {"title": {"zh": "茶舍客服", "en": "Tea house"},
          "welcome": {"zh": "欢迎！", "en": "Welcome!"}}


@pytest.fixture
def shop(hub):
    """A website that has the tag and uses what it offers."""
    page = f"""<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,">
        <h1>A shop</h1>
        <script type="module" src="{hub.http}/widget.js" data-site="demo" data-theme="dark"
          data-side="left" data-attr-member="gold"></script>
        <script type="module">
          window.heard = [];
          for (const name of ['ready', 'open', 'close', 'message', 'unread', 'state']) {{
            chathub.on(name, (detail) => heard.push([name, detail]));
          }}
          chathub.setAttributes({{ basket: 3 }});
        </script>"""
    with serving({"/": ("text/html; charset=utf-8", page)}) as address:
        yield address


def card(customer, name):
    return customer.page.locator(f"chathub-widget .{name}")


def end(customer):
    customer.page.get_by_role("button", name="End conversation").click()
    customer.page.get_by_role("button", name="Yes, end it").click()


@pytest.mark.site(widget={**WIDGET, "topics": TOPICS, "prechat": QUESTIONS})
def test_what_was_answered_before_the_chat_survives_another_language(people):
    agent = people.agent("chen").set_status("online")
    customer = people.customer().open_chat()
    form = card(customer, "prechat")
    form.get_by_text("A refund").click()
    form.get_by_label("Your phone number").fill("138 0000")
    form.get_by_label("You are (optional)").select_option(label="A seller")
    customer.page.get_by_role("button", name="切换到中文").click()
    expect(form.get_by_label("手机号")).to_have_value("138 0000")
    expect(form.get_by_label("您是（选填）")).to_have_value("seller")
    expect(form.get_by_role("radio", name="退款")).to_be_checked()
    form.get_by_label("手机号").fill("139 1111")
    customer.page.get_by_role("button", name="Switch to English").click()
    expect(form.get_by_label("Your phone number")).to_have_value("139 1111")
    form.get_by_role("button", name="Continue").click()
    customer.say("hello")
    agent.accept()
    expect(agent.page.locator(".info")).to_contain_text("139 1111")
    expect(agent.page.locator(".info")).to_contain_text("seller")


@pytest.mark.site(origins=["HUB", WEBSITE], widget={**WIDGET, "topics": TOPICS, "prechat": QUESTIONS})
def test_topics_and_questions_come_before_the_chat_and_reach_the_agent(people, shop):
    agent = people.agent("chen").set_status("online")
    customer = people.customer(shop + "/")
    customer.open_chat()
    expect(customer.page.locator("chathub-widget h2")).to_have_text("Tea house")
    expect(customer.page.locator("chathub-talk .bubble")).to_have_text("Welcome!")
    expect(customer.field()).to_be_hidden()
    form = card(customer, "prechat")
    go = form.get_by_role("button", name="Continue")
    go.click()
    # The topic and the number are required: nothing goes on without them.
    expect(customer.field()).to_be_hidden()
    form.get_by_text("A refund").click()
    form.get_by_label("Your phone number").fill("138 0000")
    form.get_by_label("You are (optional)").select_option("buyer")
    customer.page.reload()
    expect(form).to_be_visible()
    form.get_by_text("A refund").click()
    form.get_by_label("Your phone number").fill("138 0000")
    form.get_by_label("You are (optional)").select_option("buyer")
    form.get_by_label("Your phone number").press("Enter")
    expect(customer.field()).to_be_focused()
    customer.page.keyboard.type("my teapot is cracked")
    customer.page.keyboard.press("Enter")
    customer.sees("my teapot is cracked")
    expect(form).to_be_hidden()
    agent.accept()
    for words in ("refund", "138 0000", "buyer", "gold", "3"):
        expect(agent.page.locator(".info")).to_contain_text(words)


@pytest.mark.site(origins=["HUB", WEBSITE], widget={"topics": TOPICS})
def test_topics_alone_leave_the_text_field_there(people, shop):
    agent = people.agent("anna").set_status("online")
    customer = people.customer(shop + "/", locale="zh-CN")
    customer.page.get_by_role("button", name="打开客服窗口").click()
    choice = card(customer, "prechat")
    expect(choice.get_by_role("radio")).to_have_count(2)
    choice.get_by_text("退款").click()
    expect(customer.page.get_by_label("您的消息")).to_be_focused()
    # The keyboard looks through them without being taken away.
    choice.get_by_role("radio", name="退款").focus()
    customer.page.keyboard.press("ArrowLeft")
    expect(choice.get_by_role("radio", name="查订单")).to_be_checked()
    customer.page.get_by_label("您的消息").fill("在哪里")
    customer.page.get_by_label("您的消息").press("Enter")
    customer.sees("在哪里")
    agent.accept()
    expect(agent.page.locator(".info")).to_contain_text("order")


@pytest.mark.site(survey=SURVEY)
def test_the_survey_asks_what_the_site_file_says(people, hub):
    agent = people.agent("anna").set_status("online")
    customer = people.stranger()
    sent: list[str] = []
    customer.page.on("websocket", lambda socket: socket.on(
        "framesent", lambda frame: sent.append(str(frame))))
    customer.visit(hub.http + "/").start("hello")
    agent.accept()
    customer.is_served_by("Anna")
    end(customer)
    survey = card(customer, "survey")
    group = survey.get_by_role("group", name="Were we of help?")
    expect(group).to_be_visible(timeout=10_000)
    expect(survey.get_by_role("checkbox")).to_have_count(0)
    group.get_by_role("radio", name="5 of 5 stars").press("Space")
    expect(survey.get_by_role("checkbox", name="Quick")).to_be_visible()
    group.get_by_role("radio", name="2 of 5 stars").press("Space")
    expect(group.get_by_role("radio", name="2 of 5 stars")).to_be_focused()
    expect(survey.get_by_role("checkbox")).to_have_count(2)
    survey.get_by_text("Too slow").click()
    survey.get_by_label("Anything to add?").fill("an hour")
    survey.get_by_role("button", name="Send rating").click()
    expect(survey.get_by_text("Thank you for your rating.")).to_be_visible(timeout=10_000)
    assert [one for one in sent if '"session.rate"' in one and '"reasons":["Too slow"]' in one]
    expect(agent.page.locator(".info")).to_contain_text("an hour", timeout=10_000)


def test_a_talk_that_ended_is_there_after_a_reload_until_another_begins(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    agent.accept()
    agent.say("hello, and goodbye")
    customer.sees("hello", "hello, and goodbye")
    end(customer)
    expect(customer.page.get_by_text("You ended the conversation.")).to_be_visible()
    # What remembers it is loaded when a talk has ended.
    customer.page.wait_for_function("Object.keys(localStorage).some((key) => key.endsWith('last'))")
    customer.page.reload()
    customer.sees("hello", "hello, and goodbye")
    expect(customer.page.get_by_text("You ended the conversation.")).to_be_visible()
    expect(customer.field()).to_be_hidden()
    customer.page.get_by_role("button", name="Start a new conversation").click()
    expect(customer.messages()).to_have_count(0)
    expect(customer.field()).to_be_focused()
    customer.page.reload()
    expect(customer.field()).to_be_visible()
    expect(customer.messages()).to_have_count(0)


@pytest.mark.site(origins=["HUB", WEBSITE])
def test_a_page_may_open_and_listen_and_say_who_it_is(people, hub, shop):
    agent = people.agent("anna").set_status("online")
    customer = people.customer(shop + "/")
    page = customer.page
    heard = lambda name: page.evaluate("(name) => heard.filter(([one]) => one === name)", name)
    page.wait_for_function("Boolean(customElements.get('chathub-widget'))")
    page.evaluate("chathub.open()")
    expect(customer.field()).to_be_visible()
    assert page.evaluate("chathub.isOpen")
    customer.say("hello")
    customer.sees("hello")
    agent.accept()
    customer.is_served_by("Anna")
    expect(agent.page.locator(".info")).to_contain_text("basket")
    page.evaluate("chathub.close()")
    expect(customer.field()).to_be_hidden()
    agent.say("one")
    agent.say("two")
    launcher = page.get_by_role("button", name="Open chat, 2 unread messages")
    expect(launcher).to_be_visible()
    assert page.evaluate("[chathub.unread, chathub.state]") == [2, "active"]
    assert [one[1]["count"] for one in heard("unread")][-2:] == [1, 2]
    assert [one[1]["state"] for one in heard("state")][-1] == "active"
    assert [one[1]["text"] for one in heard("message")] == ["hello", "one", "two"]
    assert len(heard("ready")) == len(heard("open")) == len(heard("close")) == 1
    # What is known later reaches the agent of the talk.
    page.evaluate("chathub.setAttributes({ basket: 4, coupon: 'SPRING' })")
    # Somebody else does not take over a talk that goes on, but the next one is his.
    token = hub.token("customer", "u-77")
    page.evaluate("(token) => chathub.identify(token)", token)
    launcher.click()
    customer.sees("hello", "one", "two")
    end(customer)
    page.get_by_role("button", name="Start a new conversation").click()
    page.wait_for_function("heard.some(([name, { id }]) => name === 'ready' && id === 'u-77')")
    customer.say("it is me")
    customer.sees("it is me")
    agent.accept()
    expect(agent.page.locator(".info")).to_contain_text("u-77")


@pytest.mark.site(origins=["HUB", WEBSITE])
def test_a_page_gives_the_widget_its_own_look(people, shop):
    customer = people.customer(shop + "/")
    customer.page.add_style_tag(content="chathub-widget { --chathub-accent: rgb(170, 0, 60); "
                                        "--chathub-on-accent: #fff; --chathub-inset-inline: 44px }")
    customer.open_chat()
    look = lambda part, name: customer.page.locator(f"chathub-widget {part}").evaluate(
        "(node, name) => getComputedStyle(node)[name]", name)
    assert look(".launcher", "backgroundColor") in ("rgb(170, 0, 60)",) or re.match(
        r"oklab", look(".launcher", "backgroundColor"))
    # Dark whatever the person's system says, and on the left.
    assert look(".panel", "backgroundColor") == "rgb(26, 29, 31)"
    assert customer.page.locator("chathub-widget .panel").bounding_box()["x"] == 44


def test_who_reads_earlier_messages_stays_there_and_is_told_of_new_ones(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("message 1")
    agent.accept()
    customer.page.evaluate("""() => {
      const composer = document.querySelector('chathub-widget').shadowRoot
        .querySelector('chathub-composer');
      for (let n = 2; n <= 200; n += 1) {
        composer.dispatchEvent(new CustomEvent('chathub-submit', { detail: { text: `message ${n}` } }));
      }
    }""")
    expect(customer.messages()).to_have_count(200, timeout=30_000)
    log = customer.page.locator("chathub-talk .scroll")
    log.evaluate("(log) => { log.scrollTop = log.scrollHeight / 2; }")
    before = log.evaluate("(log) => log.scrollTop")
    agent.say("an answer")
    jump = customer.page.get_by_role("button", name="1 new message")
    expect(jump).to_be_visible()
    assert log.evaluate("(log) => log.scrollTop") == before
    jump.click()
    expect(customer.messages().last).to_be_in_viewport()
    expect(customer.messages().last).to_have_text("an answer")


#: The least contrast of a part's text on what lies under it, WCAG 2.2 section 1.4.3.
CONTRAST = """(parts) => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (color) => color.slice(0, 3).map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const under = (node) => {
    for (let one = node; one; one = one.parentNode ?? one.host) {
      if (!(one instanceof Element)) continue;
      const color = rgb(getComputedStyle(one).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const all = (root) => [...root.querySelectorAll('*')].flatMap((node) => (
    node.shadowRoot ? [node, ...all(node.shadowRoot)] : [node]));
  return all(document.querySelector('chathub-widget').shadowRoot)
    .filter((node) => parts.some((part) => node.matches(part)) && node.checkVisibility())
    .map((node) => {
      const [text, ground] = [rgb(getComputedStyle(node).color), under(node)].map(light);
      const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
      return [node.className || node.localName, Math.round(ratio * 100) / 100];
    });
}"""
TEXTS = ["h2", ".title p", ".where", ".wait", ".link", ".bubble", ".who", "time", ".status", ".day",
         ".language", ".button", ".again p", "legend", ".reason", ".words", ".topic"]


@pytest.mark.site(survey=SURVEY)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(people, scheme):
    agent = people.agent("anna").set_status("busy")
    customer = people.customer(color_scheme=scheme).start("hello")
    customer.sees_place(1)
    seen = customer.page.evaluate(CONTRAST, TEXTS)
    agent.set_status("online")
    agent.accept()
    agent.say("hello")
    customer.sees("hello", "hello")
    seen += customer.page.evaluate(CONTRAST, TEXTS)
    end(customer)
    card(customer, "survey").locator(".star").nth(1).click()
    expect(card(customer, "survey").get_by_text("Too slow")).to_be_visible()
    seen += customer.page.evaluate(CONTRAST, TEXTS)
    assert len(seen) > 20
    assert [one for one in seen if one[1] < 4.5] == []
