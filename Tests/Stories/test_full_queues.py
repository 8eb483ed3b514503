"""Full queues flow over, and who waits too long is asked what he wants."""

import pytest

from hours import leave, turned_away, watch


FULL = {
    "care": {"agents": ["anna", "bo"], "max_waiting": 2, "reopen_below": 1},
    "floaters": {"agents": ["eve"], "max_waiting": 1},
}


@pytest.mark.site("hours", groups=FULL, calendars=None)
def test_a_full_queue_flows_over_to_the_next_group_with_hysteresis(site):
    eve = site.agent("eve")

    def start(topic="overflow"):
        customer = site.customer()
        return customer, customer.start(topic=topic)

    first, second = start(), start()
    third, session = start()
    assert third.position(session)["position"] == 1
    assert session in [one["session"] for one in watch(eve, "floaters")["head"]]
    # Both are full now.
    answer = turned_away(site.customer(), topic="overflow")
    assert (answer["code"], answer["choices"]) == ("queue_full", ["message"])
    assert "opens_at" not in answer
    # One goes: still closed, because it opens below one only.
    first[0].request("session.leave", session=first[1])
    assert turned_away(site.customer(), topic="overflow")["code"] == "queue_full"
    second[0].request("session.leave", session=second[1])
    again, session = start()
    anna = site.agent("anna").online()
    assert anna.offered(session)["group"] == "care"


@pytest.mark.site("hours", groups=FULL, calendars=None)
def test_a_full_queue_without_a_next_group_offers_to_leave_a_message(site):
    for _ in range(2):
        site.customer().start()
    customer = site.customer()
    answer = turned_away(customer)
    assert (answer["code"], answer["choices"]) == ("queue_full", ["message"])
    assert answer["retryable"] is True
    leave(customer)


@pytest.mark.site("hours")
def test_who_waits_too_long_may_leave_what_he_wrote_as_a_message(site):
    customer = site.customer()
    session = customer.start(topic="asked", text="one")
    customer.say(session, "two")
    asked = customer.expect("queue.choice", session=session)
    assert asked["choices"] == ["wait", "message"]
    answer = customer.request("queue.choose", session=session, choice="message", text="three")
    closed = customer.expect_state(session, "closed")
    assert closed["reason"] == "left_message"
    # As after a lost answer.
    again = customer.request("queue.choose", session=session, choice="message", text="three")
    assert again["message"] == answer["message"]
    anna = site.agent("anna")
    assert watch(anna)["left"]["head"][0]["message"] == answer["message"]
    taken = anna.request("message.take", message=answer["message"])
    assert [m["text"] for m in taken["messages"]] == ["one", "two", "three"]


@pytest.mark.site("hours")
def test_who_goes_on_waiting_keeps_his_place_and_is_asked_again(site):
    customer, other = site.customer(), site.customer()
    session = customer.start(topic="asked", text="here")
    assert customer.position(session)["position"] == 1
    other.start(topic="asked")
    customer.expect("queue.choice", session=session)
    assert customer.request("queue.choose", session=session, choice="wait").get("message") is None
    assert customer.refused("queue.choose", session=session, choice="wait") == "no_choice"
    customer.expect("queue.choice", session=session)
    anna = site.agent("anna").online()
    assert anna.offered()["session"] == session
    # Somebody takes him: there is nothing to choose any more.
    anna.accept(session)
    assert customer.refused("queue.choose", session=session, choice="message") == "no_choice"
    assert customer.positions(session) == [1]


@pytest.mark.site("hours")
def test_the_question_is_told_again_to_who_comes_back(site):
    customer = site.customer()
    session = customer.start(topic="asked")
    customer.expect("queue.choice", session=session)
    customer.drop()
    back = site.back(customer)
    back.expect("queue.choice", session=session)
    # Nothing was written: there is nothing to leave.
    assert back.refused("queue.choose", session=session, choice="message") == "no_choice"
    assert back.refused("queue.choose", session=session, choice="robot") == "no_choice"
    stranger = site.customer()
    assert stranger.refused("queue.choose", session=session, choice="wait") == "not_found"
    back.request("queue.choose", session=session, choice="message", text="call me")
    back.expect_state(session, "closed", reason="left_message")
