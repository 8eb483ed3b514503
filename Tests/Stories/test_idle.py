"""A customer who says nothing though it is for him to answer is reminded, and then the chat is closed."""

import pytest


@pytest.mark.site("plain", idle={"remind_after": "1s", "close_after": "2s"})
def test_silent_customer_is_reminded_and_then_closed(site):
    customer, anna, session = site.pair(text="where is my parcel?")
    said = anna.say(session, "what is the number of your order?")
    reminder = {"kind": "system", "event": "idle_reminder", "from": {"role": "hub", "id": "hub"}}
    for person in (customer, anna):
        line = person.expect("message", session=session, **reminder)
        assert line["seq"] == said["seq"] + 1 and "text" not in line
        assert line["at"] - said["at"] >= 1000
    for person in (customer, anna):
        person.expect_state(session, "closed", reason="idle")
    page = customer.history(session)
    assert [message["kind"] for message in page["messages"]] == ["text", "text", "system"]
    # Who comes back begins anew.
    assert customer.start(text="sorry, here it is") != session


@pytest.mark.site("plain", idle={"close_after": "1s"})
def test_customer_is_not_closed_while_it_is_for_the_agent_to_answer(site):
    customer, anna, session = site.pair(text="where is my parcel?")
    anna.status("away")
    other, bo, second = site.pair(agent="bo", text="hello")
    bo.say(second, "hello, what is it about?")
    # His chat was asked for later and is closed; the one that waits for anna goes on.
    other.expect_state(second, "closed", reason="idle")
    assert customer.say(session, "anybody?")["seq"] == 2
    assert not customer.all("session.state", session=session, state="closed")
