"""The questions before a chat: nobody's words are lost when they come, and what is wrong with an answer
stands beside it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

SOON = 8_000
TOPICS = [{"id": "order", "name": {"zh": "查订单", "en": "An order"}},
          {"id": "refund", "name": {"zh": "退款", "en": "A refund"}}]
QUESTIONS = [
    {"id": "phone", "label": {"zh": "手机号", "en": "Your phone number"}, "kind": "phone", "required": True},
    {"id": "mail", "label": {"zh": "邮箱", "en": "Your e-mail"}, "kind": "email"},
    {"id": "kind", "label": {"zh": "您是", "en": "You are"}, "kind": "choice", "required": True,
     "choices": [{"id": "buyer", "name": {"zh": "买家", "en": "A buyer"}}]},
]
asked = pytest.mark.site(widget={"topics": TOPICS, "prechat": QUESTIONS})
#: Notes in each frame whether the text field is seen; `window.seen` is the list.
WATCH_FIELD = """() => {
  window.seen = [];
  const look = () => {
    const root = document.querySelector('chathub-widget').shadowRoot;
    window.seen.push(root.querySelector('chathub-composer')?.checkVisibility() ?? false);
    requestAnimationFrame(look);
  };
  look();
}"""


class HeldAnswers:
    """The hub's answers to one page, kept back until they are let go."""

    def __init__(self, person):
        self.kept: list = []
        self.isHeld = True
        person.page.route_web_socket(re.compile("/v1/ws"), self._carry)

    def _carry(self, socket) -> None:
        hub = socket.connect_to_server()

        def pass_on(message) -> None:
            if self.isHeld:
                self.kept.append((socket, message))
            else:
                socket.send(message)

        hub.on_message(pass_on)

    def let_go(self) -> None:
        self.isHeld = False
        for socket, message in self.kept:
            socket.send(message)
        self.kept = []


def form_of(customer):
    return customer.page.locator("chathub-widget .prechat")


@asked
def test_the_text_field_comes_when_it_is_known_that_nothing_is_asked_before(people):
    customer = people.customer()
    customer.page.evaluate(WATCH_FIELD)
    customer.open_chat()
    expect(form_of(customer)).to_be_visible()
    assert True not in customer.page.evaluate("window.seen")


def test_the_text_field_has_the_focus_when_nothing_is_asked(people, hub):
    customer = people.stranger()
    answers = HeldAnswers(customer)
    customer.visit(hub.http + "/").open_chat()
    expect(customer.page.locator("chathub-widget .panel")).to_be_focused()
    answers.let_go()
    expect(customer.field()).to_be_focused()


@pytest.fixture
def writer(people, hub):
    """Somebody who writes already while the hub takes its time to say what it asks."""
    customer = people.stranger()
    answers = HeldAnswers(customer)
    customer.visit(hub.http + "/").open_chat()
    expect(customer.field()).to_be_visible(timeout=SOON)
    customer.field().press_sequentially("my teapot")
    return customer, answers


@asked
def test_who_writes_when_questions_come_goes_on_writing_and_answers_before_it_is_sent(people, writer):
    customer, answers = writer
    form = form_of(customer)
    answers.let_go()
    expect(form).to_be_visible()
    expect(customer.field()).to_be_focused()
    customer.page.keyboard.type(" is cracked")
    expect(customer.field()).to_have_value("my teapot is cracked")
    customer.page.keyboard.press("Enter")
    expect(form.get_by_role("radio", name="An order")).to_be_focused()
    expect(customer.pending()).to_have_count(0)
    form.get_by_text("A refund").click()
    form.get_by_label("Your phone number").fill("138 0000")
    form.get_by_label("You are").select_option("buyer")
    form.get_by_role("button", name="Continue").click()
    expect(customer.field()).to_be_focused()
    expect(customer.field()).to_have_value("my teapot is cracked")
    customer.page.keyboard.press("Enter")
    customer.sees("my teapot is cracked")
    agent = people.agent("chen").set_status("online").accept()
    expect(agent.page.locator(".info")).to_contain_text("138 0000")


@asked
def test_words_of_somebody_who_looks_elsewhere_are_there_again_after_the_questions(writer):
    customer, answers = writer
    form = form_of(customer)
    customer.page.get_by_role("button", name="切换到中文").focus()
    answers.let_go()
    expect(form).to_be_visible()
    expect(customer.field()).to_be_hidden()
    form.get_by_text("A refund").click()
    form.get_by_label("Your phone number").fill("138 0000")
    form.get_by_label("You are").select_option("buyer")
    form.get_by_role("button", name="Continue").click()
    expect(customer.field()).to_be_focused()
    expect(customer.field()).to_have_value("my teapot")


@asked
def test_each_answer_that_is_missing_or_wrong_says_so_beside_it(people):
    customer = people.customer(locale="zh-CN")
    page = customer.page
    page.get_by_role("button", name="打开客服窗口").click()
    form = form_of(customer)
    topics = form.get_by_role("radiogroup", name="请选择咨询类型")
    phone, mail, kind = (form.get_by_label(name) for name in ("手机号", "邮箱", "您是"))
    expect(form.locator(".star")).to_have_count(3)
    expect(topics).to_have_attribute("aria-required", "true")
    expect(phone).to_have_attribute("required", "")
    go = form.get_by_role("button", name="继续")
    mail.fill("no address")
    go.click()
    expect(form.get_by_role("radio", name="查订单")).to_be_focused()
    for field, words in ((topics, "请选择其中一项"), (phone, "请填写此项"), (kind, "请选择一项"),
                         (mail, "邮箱格式应类似 name@example.com")):
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(words)
    # In the other language at once, and gone as soon as it is right.
    page.get_by_role("button", name="Switch to English").click()
    phone, mail, kind = (form.get_by_label(name) for name in ("Your phone number", "Your e-mail", "You are"))
    expect(phone).to_have_accessible_description("Please fill this in")
    form.get_by_text("A refund").click()
    phone.fill("   ")
    expect(phone).to_have_accessible_description("Please fill this in")
    phone.fill("138 0000")
    expect(phone).to_have_attribute("aria-invalid", "false")
    expect(phone).to_have_accessible_description("")
    form.get_by_role("button", name="Continue").click()
    expect(mail).to_be_focused()
    mail.fill("")
    form.get_by_role("button", name="Continue").click()
    expect(kind).to_be_focused()
    kind.select_option("buyer")
    form.get_by_role("button", name="Continue").click()
    expect(customer.field()).to_be_focused()


@asked
def test_enter_that_ends_a_composition_leads_nobody_away(writer):
    customer, answers = writer
    form = form_of(customer)
    answers.let_go()
    expect(form).to_be_visible()
    # Some browsers report it only by this code.
    customer.field().evaluate("""(field) => field.dispatchEvent(new KeyboardEvent('keydown', {
      key: 'Enter', keyCode: 229, bubbles: true, composed: true, cancelable: true }))""")
    expect(customer.field()).to_be_focused()
    expect(form.get_by_text("Please fill this in")).to_be_hidden()
    expect(customer.field()).to_have_value("my teapot")


@asked
def test_the_button_leads_to_the_questions_as_enter_does(writer):
    customer, answers = writer
    form = form_of(customer)
    answers.let_go()
    expect(form).to_be_visible()
    customer.page.get_by_role("button", name="Send", exact=True).click()
    expect(form.get_by_role("radio", name="An order")).to_be_focused()
    expect(form.get_by_text("Please fill this in")).to_be_visible()
    expect(customer.field()).to_have_value("my teapot")


class Module:
    """The code of the questions, as one page gets it: kept back, refused, or once refused."""

    def __init__(self, person):
        self.kept: list = []
        self.refusals = 0
        self.isHeld = False
        person.page.route("**/chathub-prechat.js", self._carry)

    def _carry(self, route) -> None:
        if self.refusals:
            self.refusals -= 1
            route.abort()
        elif self.isHeld:
            self.kept.append(route)
        else:
            route.continue_()

    def let_go(self) -> None:
        self.isHeld = False
        for route in self.kept:
            route.continue_()
        self.kept = []


def forgive_the_module(customer) -> None:
    """That it could not be loaded is told in the page's console, and that is right."""
    told = [one for one in customer.complaints if "chathub-prechat.js" in one]
    assert told
    customer.complaints = [one for one in customer.complaints if one not in told]


@asked
@pytest.mark.parametrize("isHeld", [True, False], ids=["no answer", "refused"])
def test_who_cannot_be_asked_is_heard_all_the_same(people, hub, isHeld):
    customer = people.stranger()
    module = Module(customer)
    module.isHeld, module.refusals = isHeld, 0 if isHeld else 99
    customer.visit(hub.http + "/").open_chat()
    expect(customer.page.locator("chathub-widget .panel")).to_be_focused()
    expect(customer.field()).to_be_focused(timeout=SOON)
    customer.say("my teapot is cracked")
    customer.sees("my teapot is cracked")
    if not isHeld:
        forgive_the_module(customer)


@asked
def test_the_questions_come_at_the_second_try(people, hub):
    customer = people.stranger()
    Module(customer).refusals = 1
    customer.visit(hub.http + "/").open_chat()
    expect(form_of(customer)).to_be_visible(timeout=SOON)
    expect(customer.field()).to_be_hidden()
    forgive_the_module(customer)


@asked
def test_nothing_is_sent_while_the_questions_are_on_their_way(writer):
    customer, answers = writer
    module = Module(customer)
    module.isHeld = True
    with customer.page.expect_request("**/chathub-prechat.js"):
        answers.let_go()
    customer.page.keyboard.press("Enter")
    expect(customer.field()).to_have_value("my teapot")
    expect(customer.pending()).to_have_count(0)
    module.let_go()
    expect(form_of(customer)).to_be_visible()
    customer.page.keyboard.press("Enter")
    expect(form_of(customer).get_by_role("radio", name="An order")).to_be_focused()
    expect(customer.field()).to_have_value("my teapot")


@asked
def test_the_text_field_takes_no_focus_from_somebody_who_only_touched_the_panel(people, hub):
    customer = people.stranger()
    Module(customer).isHeld = True
    customer.visit(hub.http + "/")
    customer.page.evaluate("chathub.open(false)")
    panel = customer.page.locator("chathub-widget .panel")
    panel.get_by_role("heading").click()
    expect(panel).to_be_focused()
    expect(customer.field()).to_be_hidden()
    expect(customer.field()).to_be_visible(timeout=SOON)
    expect(panel).to_be_focused()
