"""What a customer talked about before, for those who serve him now."""

import pytest

import files
from hub import eventually


def ended(site, customer, agent, text, **wrap):
    """A conversation of the past: begun, answered and closed; its session."""
    session = customer.start(topic="sizes", text=text)
    agent.accept(agent.offered(session)["session"])
    agent.say(session, f"about {text}")
    agent.request("session.close", session=session)
    customer.expect_state(session, "closed")
    if wrap:
        agent.request("session.wrap", session=session, **wrap)
    return session


def test_past_conversations_are_listed_for_who_serves_the_customer(site):
    customer = site.customer()
    anna = site.agent("anna").online()
    first = ended(site, customer, anna, "shoes", topic="尺码", result="换货", tags=["急"],
                  note="周三再打电话\n先问仓库")
    customer.request("session.rate", session=first, key="r", score=4)
    second = ended(site, customer, anna, "socks")
    anna.status("away")
    # Whoever never served him knows nothing of him.
    bo = site.agent("bo").online()
    assert bo.refused("customer.sessions", customer=customer.id) == "not_found"
    assert bo.refused("history", session=first, after=0) == "not_found"
    third = customer.start(text="hats")
    bo.accept(bo.offered(third)["session"])
    page = bo.request("customer.sessions", customer=customer.id)
    assert [row["session"] for row in page["sessions"]] == [third, second, first] and not page["more"]
    row = page["sessions"][2]
    assert row["topic"] == "sizes" and row["agent"] == {"id": "anna", "name": "Anna"}
    assert row["score"] == 4 and row["tags"] == ["急"] and row["reason"] == "agent"
    assert row["disposition"] == {"topic": "尺码", "result": "换货", "note": "周三再打电话\n先问仓库"}
    assert row["at"] <= row["closed_at"] and row["last_seq"] == 2 and row["state"] == "closed"
    assert page["sessions"][0]["state"] == "active" and "closed_at" not in page["sessions"][0]
    # Page by page.
    newest = bo.request("customer.sessions", customer=customer.id, limit=1)
    assert [row["session"] for row in newest["sessions"]] == [third] and newest["more"]
    older = bo.request("customer.sessions", customer=customer.id, before=newest["sessions"][0]["at"])
    assert [row["session"] for row in older["sessions"]] == [second, first]
    # What was said may be read, and by supervisors too.
    for person in (bo, site.supervisor()):
        said = person.request("history", session=first, after=0)["messages"]
        assert [message["text"] for message in said] == ["shoes", "about shoes"]
    assert site.supervisor().request("customer.sessions", customer=customer.id)["sessions"]
    # When he serves him no more, it is over.
    bo.request("session.close", session=third)
    assert bo.refused("customer.sessions", customer=customer.id) == "not_found"
    assert bo.refused("history", session=first, after=0) == "not_found"
    assert customer.refused("customer.sessions", customer=customer.id) == "forbidden"


@pytest.mark.site("plain", wrap_up="60s")
def test_who_still_writes_up_reads_the_past_and_not_what_goes_on_elsewhere(site):
    customer = site.customer()
    anna = site.agent("anna").online()
    first = customer.start(text="first")
    anna.accept(anna.offered(first)["session"])
    anna.request("session.close", session=first)
    anna.status("away")
    bo = site.agent("bo").online()
    second = customer.start(text="for bo's eyes")
    bo.accept(bo.offered(second)["session"])
    page = anna.request("customer.sessions", customer=customer.id)
    assert [row["session"] for row in page["sessions"]] == [second, first]
    assert page["sessions"][1]["state"] == "wrapup"
    assert anna.refused("history", session=second, after=0) == "not_found"


def test_customers_conversations_are_found_on_every_node(site):
    customer, anna, session = site.pair(text="one")
    zoe = site.elsewhere(anna, site.supervisor)
    page = zoe.request("customer.sessions", customer=customer.id)
    assert [row["session"] for row in page["sessions"]] == [session]
    assert zoe.request("customer.sessions", customer="nobody")["sessions"] == []


# -- opened again ----------------------------------------------------------------------------------


def test_closed_conversation_is_opened_again_with_the_agent_who_had_it(site):
    customer, anna, session = site.pair(text="my parcel is here")
    assert customer.welcome["site"]["reopen_ms"] == 600_000
    assert "reopen_ms" not in anna.welcome["site"]
    anna.request("session.close", session=session)
    customer.expect_state(session, "closed")
    bo = site.agent("bo").online()
    again = customer.request("session.reopen", session=session, key="again-1")
    assert again["session"] == session and again["state"] == "queued" and "existing" not in again
    assert [message["kind"] for message in again["messages"]] == ["text", "system"]
    assert again["messages"][1]["event"] == "reopened"
    accepted = anna.accept(anna.offered(session)["session"])
    assert [message["seq"] for message in accepted["messages"]] == [1, 2]
    customer.expect_state(session, "active", agent={"id": "anna", "name": "Anna"})
    assert customer.say(session, "but it is broken")["seq"] == 3
    anna.expect("message", session=session, text="but it is broken")
    bo.barrier()
    assert not bo.all("offer", session=session)
    # Sent again it is the same one; it ends and is opened again like any other.
    assert customer.request("session.reopen", session=session, key="again-1")["existing"]
    customer.request("session.close", session=session)
    assert customer.request("session.reopen", session=session, key="again-2")["session"] == session
    page = site.supervisor().request("customer.sessions", customer=customer.id)
    assert [row["session"] for row in page["sessions"]] == [session]


def test_nobody_opens_what_is_not_his_or_beside_another(site):
    customer, anna, session = site.pair(text="one")
    anna.request("session.close", session=session)
    customer.expect_state(session, "closed")
    stranger = site.customer()
    assert stranger.refused("session.reopen", session=session, key="k") == "not_found"
    second = customer.start(text="two")
    assert customer.refused("session.reopen", session=session, key="k") == "session_open"
    customer.request("session.leave", session=second)
    assert customer.request("session.reopen", session=session, key="k")["session"] == session


@pytest.mark.site("plain", reopen="1s", idle={"close_after": "2s"})
def test_conversation_cannot_be_opened_again_for_good(site):
    customer, anna, session = site.pair(text="one")
    anna.request("session.close", session=session)
    customer.expect_state(session, "closed")
    anna.status("away")
    other, bo, second = site.pair(agent="bo", text="two")
    bo.say(second, "who are you?")
    # Two seconds of silence are more than the one that is given.
    other.expect_state(second, "closed", reason="idle")
    assert customer.refused("session.reopen", session=session, key="late") == "not_reopenable"


@pytest.mark.site("plain", reopen="0s")
def test_site_may_open_nothing_again(site):
    customer, anna, session = site.pair(text="one")
    assert "reopen_ms" not in customer.welcome["site"]
    anna.request("session.close", session=session)
    customer.expect_state(session, "closed")
    assert customer.refused("session.reopen", session=session, key="k") == "not_reopenable"


# -- deleted ---------------------------------------------------------------------------------------


def test_deleted_message_is_gone_from_every_screen_and_from_redis(site):
    customer, anna, session = site.pair(text="hello")
    customer.say(session, "card 4711-canary", key="secret")
    anna.expect("message", session=session, text="card 4711-canary")
    anna.say(session, "thanks")
    zoe = site.elsewhere(anna, site.supervisor)
    zoe.request("message.delete", session=session, seq=2)
    for person in (customer, anna):
        person.expect("message.deleted", session=session, seq=2)
        page = person.request("history", session=session, after=0)["messages"]
        assert [message["seq"] for message in page] == [1, 2, 3]
        assert page[1]["kind"] == "deleted" and page[1]["from"]["id"] == customer.id
        assert not {"text", "file", "key"} & set(page[1])
    zoe.request("message.delete", session=session, seq=2)
    assert zoe.refused("message.delete", session=session, seq=99) == "not_found"
    assert customer.refused("message.send", session=session, key="secret",
                            text="card 4711-canary") == "gone"
    # Of one that is over, too.
    anna.request("session.close", session=session)
    customer.expect_state(session, "closed")
    zoe.request("message.delete", session=session, seq=1)
    customer.expect("message.deleted", session=session, seq=1)
    page = zoe.request("history", session=session, after=0)["messages"]
    assert [message["kind"] for message in page] == ["deleted", "deleted", "text"]


def test_file_of_a_deleted_message_is_fetched_no_more(site):
    customer, anna, session = site.pair()
    file = files.send(site.hub, customer, session, files.png(64), "card.png", text="my card")
    seq = anna.expect("message", session=session, kind="image")["seq"]
    link = anna.request("file.link", session=session, file=file)["url"]
    assert files.http_request(site.hub, "GET", link).status == 200
    site.supervisor().request("message.delete", session=session, seq=seq)
    for person in (customer, anna):
        person.expect("message.deleted", session=session, seq=seq)
        assert person.refused("file.link", session=session, file=file) == "no_file"
        mark = person.history(session)["messages"][seq - 1]
        assert mark["kind"] == "deleted" and "file" not in mark and "text" not in mark
    # Also by an address that was given out before.
    eventually("the content is gone",
               lambda: files.http_request(site.hub, "GET", link).status == 404)
