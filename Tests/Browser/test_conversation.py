"""A customer and an agent talk, and neither a reload nor the network takes anything away."""

import pytest
from playwright.sync_api import expect


def test_customer_starts_agent_accepts_both_talk(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("Is the Longjing from this spring?")
    expect(agent.offers()).to_have_count(1)
    agent.accept()
    customer.is_served_by("Anna")
    agent.sees("Is the Longjing from this spring?")
    agent.field().press_sequentially("Yes", delay=20)
    expect(customer.page.get_by_text("Anna is writing")).to_be_visible()
    agent.field().press("Enter")
    customer.sees("Is the Longjing from this spring?", "Yes")
    expect(customer.page.get_by_text("Anna is writing")).to_be_hidden()
    agent.sees_status("Read")
    customer.say("谢谢！👩‍👩‍👧 Then one tin, please.")
    agent.sees("Is the Longjing from this spring?", "Yes", "谢谢！👩‍👩‍👧 Then one tin, please.")
    customer.sees_status("Read")


def test_reload_in_the_middle_loses_nothing(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("one")
    agent.accept()
    agent.say("two")
    customer.sees("one", "two")
    customer.field().fill("a draft of the customer")
    agent.field().fill("a draft of the agent")
    customer.page.reload()
    agent.page.reload()
    customer.sees("one", "two")
    agent.sees("one", "two")
    expect(customer.field()).to_have_value("a draft of the customer")
    expect(agent.field()).to_have_value("a draft of the agent")
    customer.field().press("Enter")
    agent.field().press("Enter")
    for one in (customer, agent):
        expect(one.messages()).to_have_count(4)
        assert one.messages().all_inner_texts()[:2] == ["one", "two"]
    expect(agent.status()).to_have_value("online")


def test_what_is_written_without_a_network_arrives_once_and_in_order(people, line):
    agent = people.agent("anna").set_status("online")
    customer = people.customer(at=line.http).start("first")
    agent.accept()
    line.cut()
    for text in ("second", "third", "fourth"):
        customer.say(text)
    expect(customer.pending()).to_have_count(3)
    expect(customer.page.get_by_text("No connection.")).to_be_visible()
    expect(customer.page.get_by_text("Waiting for a connection").first).to_be_visible()
    agent.say("while you were away")
    agent.sees("first", "while you were away")
    line.mend()
    customer.sees("first", "while you were away", "second", "third", "fourth")
    agent.sees("first", "while you were away", "second", "third", "fourth")
    expect(customer.pending()).to_have_count(0)
    expect(customer.page.get_by_text("No connection.")).to_be_hidden()


def test_a_reload_without_a_network_keeps_what_was_written(people, line):
    agent = people.agent("anna").set_status("online")
    customer = people.customer(at=line.http).start("first")
    agent.accept()
    line.freeze()
    customer.say("into the void")
    expect(customer.pending()).to_have_count(1)
    line.cut()
    line.mend()
    customer.page.reload()
    customer.sees("first", "into the void")
    agent.sees("first", "into the void")


@pytest.mark.slow
def test_a_line_that_is_silently_dead_is_replaced(people, line):
    agent = people.agent("anna", at=line.http).set_status("online")
    customer = people.customer().start("first")
    agent.accept()
    line.freeze()
    agent.say("into silence")
    expect(agent.pending()).to_have_count(1)
    # Ten seconds without an answer, then a new connection; the old one stays frozen for ever.
    line.is_whole.clear()
    line.cut()
    line.mend()
    customer.sees("first", "into silence")
    agent.sees("first", "into silence")


def test_two_tabs_of_one_customer_show_one_conversation(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("from the first tab")
    agent.accept()
    second = customer.context.new_page()
    second.goto(customer.page.url)
    texts = second.locator("chathub-talk .message[data-seq] .bubble")
    second.get_by_role("button", name="Open chat").click()
    expect(texts).to_have_text(["from the first tab"])
    second.get_by_label("Your message").fill("from the second tab")
    second.get_by_label("Your message").press("Enter")
    agent.say("hello both")
    for one in (customer, agent):
        expect(one.messages()).to_have_count(3)
    expect(texts).to_have_count(3)
    assert sorted(texts.all_inner_texts()) == sorted(customer.messages().all_inner_texts())


def test_a_page_that_moves_the_widget_does_not_end_the_talk(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("before the move")
    agent.accept()
    # As the shop's language button and many a framework do: out and in again within one task.
    customer.page.evaluate("""() => {
        const widget = document.querySelector('chathub-widget');
        document.body.replaceChildren(...document.body.children);
        if (!widget.isConnected) throw new Error('the widget is gone');
    }""")
    agent.say("still there?")
    customer.sees("before the move", "still there?")
    customer.say("still here")
    agent.sees("before the move", "still there?", "still here")


def test_the_end_is_told_and_a_new_beginning_is_one_press_away(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    agent.accept()
    agent.page.get_by_role("button", name="End chat").click()
    agent.page.get_by_role("dialog").get_by_role("button", name="End chat").click()
    expect(agent.chats()).to_have_count(0)
    expect(customer.page.get_by_text("ended by customer service")).to_be_visible()
    customer.page.get_by_role("button", name="Start a new conversation").click()
    customer.say("hello again")
    customer.sees("hello again")
    expect(agent.offers()).to_have_count(1)


def test_the_customer_may_end_it_too(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    agent.accept()
    customer.is_served_by("Anna")
    customer.page.get_by_role("button", name="End conversation").click()
    customer.page.get_by_role("button", name="Yes, end it").click()
    expect(agent.page.get_by_text("The customer ended this chat.")).to_be_visible()
    expect(agent.field()).to_be_hidden()
    agent.page.get_by_role("button", name="Done").click()
    expect(agent.chats()).to_have_count(0)


def test_a_long_conversation_is_read_from_its_end(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("message 1")
    agent.accept()
    customer.says_up_to(120)
    expect(customer.pending()).to_have_count(0, timeout=20_000)
    expect(agent.messages()).to_have_count(120, timeout=20_000)
    customer.page.reload()
    expect(customer.messages().last).to_be_in_viewport()
    expect(customer.messages().last).to_have_text("message 120")
    for _ in range(8):
        if customer.messages().count() == 120:
            break
        customer.page.locator("chathub-talk .scroll").evaluate("(log) => { log.scrollTop = 0; }")
        customer.page.wait_for_timeout(150)
    assert customer.messages().all_inner_texts() == [f"message {n}" for n in range(1, 121)]
