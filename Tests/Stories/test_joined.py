"""Several agents talk with a customer; one of them answers for him."""

import json

import pytest

from hub import eventually

OTHERS = {"id": "bo", "name": "Bo"}


def invited(site, who="bo", **fields):
    """A pair, and a colleague on the other node who has been invited."""
    customer, anna, session = site.pair(text="my router is broken")
    bo = site.elsewhere(anna, lambda: site.agent(who))
    bo.status("away")
    answer = anna.request("session.invite", session=session, key="i-1", agent=who, **fields)
    return customer, anna, bo, session, answer


def joined(site, who="bo"):
    customer, anna, bo, session, _ = invited(site, who)
    bo.expect("invite", session=session)
    taken = bo.request("session.join", session=session)
    anna.expect("participant", session=session, change="joined")
    customer.expect("participant", session=session, change="joined")
    return customer, anna, bo, session, taken


def test_a_colleague_is_invited_and_comes_in(site):
    customer, anna, bo, session, answer = invited(site, note="canary: knows routers")
    assert answer["others"] == [dict(OTHERS, **{"as": "invited"})]
    asked = bo.expect("invite", session=session)
    assert 0 < asked["expires_ms"] <= 300_000
    assert asked["from"] == {"id": "anna", "name": "Anna"}
    assert asked["note"] == "canary: knows routers" and asked["customer"]["connected"]
    # Invited, he may read what was said and noted, and nothing else.
    page = bo.request("history", session=session, after=0)
    assert [message["text"] for message in page["messages"]] == ["my router is broken"]
    note, = bo.request("session.notes", session=session, after=0)["notes"]
    assert note["text"] == "canary: knows routers"
    for type_, fields in {"message.send": {"key": "k", "text": "x"}, "typing": {"typing": True},
                          "session.note": {"key": "k", "text": "x"},
                          "session.tag": {"tags": ["a"]}}.items():
        assert bo.refused(type_, session=session, **fields) == "not_found"
    customer.say(session, "hello?")
    anna.expect("message", session=session, text="hello?")
    bo.barrier()
    assert not bo.all("message")
    taken = bo.request("session.join", session=session)
    assert taken["agent"]["id"] == "anna"
    assert taken["others"] == [dict(OTHERS, **{"as": "joined"})]
    assert [message.get("text", message.get("event")) for message in taken["messages"]] == [
        "my router is broken", "hello?", "agent_joined"]
    for person in (anna, customer):
        came = person.expect("participant", session=session, change="joined")
        assert came["participant"] == dict(OTHERS, role="agent")
    assert anna.expect("session.state", session=session, reason="agent_joined")["others"]
    told = customer.expect("session.state", session=session, state="active", agents=[OTHERS])
    assert told["agent"]["id"] == "anna" and "reason" not in told and "others" not in told
    # Once more, after a lost answer: nothing happens.
    assert bo.request("session.join", session=session)["others"] == taken["others"]
    anna.request("session.invite", session=session, key="i-1", agent="bo",
                 note="canary: knows routers")
    again = site.back(customer, after={session: 0})
    assert again.session(session)["agents"] == [OTHERS]
    for person in (customer, again):
        person.barrier()
        assert not [line for line in person.raw if "canary" in line or '"others"' in line]
        assert not person.all("invite")


def test_three_talk_and_one_answers_for_it(site):
    customer, anna, bo, session, _ = joined(site)
    # It takes none of his slots.
    assert bo.status("away")["agent"]["held"] == 0 and anna.status("away")["agent"]["held"] == 1
    bo.say(session, "bo here")
    for person in (anna, customer):
        assert person.expect("message", session=session, text="bo here")["from"]["id"] == "bo"
    anna.say(session, "anna here")
    customer.say(session, "two of you!")
    bo.expect("message", session=session, text="anna here")
    bo.expect("message", session=session, text="two of you!")
    bo.tell("typing", session=session, typing=True)
    customer.expect("typing", session=session)
    bo.request("session.note", session=session, key="n", text="canary")
    anna.expect("note", session=session, text="canary")
    assert bo.request("session.tag", session=session, tags=["vip"])["tags"] == ["vip"]
    assert bo.request("file.offer", session=session, key="f", name="a.png", bytes=3)["file"]
    # What is its owner's stays his.
    for type_, fields in {"session.close": {}, "session.wrap": {"topic": "x"},
                          "session.transfer": {"key": "t", "to": {"agent": "bo"}},
                          "session.invite": {"key": "t", "agent": "bo"}}.items():
        assert bo.refused(type_, session=session, **fields) == "not_found"
    assert anna.refused("session.leave", session=session) == "forbidden"
    # Back on another connection he is still in it.
    again = site.back(bo, after={session: 0})
    assert again.session(session)["others"] == [dict(OTHERS, **{"as": "joined"})]
    assert again.session(session)["messages"][-1]["text"] == "two of you!"
    customer.say(session, "still there?")
    again.expect("message", session=session, text="still there?")
    again.request("session.leave", session=session)
    for person in (bo, again):
        out = person.expect("session.state", session=session, reason="left")
        assert "customer" not in out
    for person in (anna, customer):
        person.expect("participant", session=session, change="left")
        line = person.expect("message", session=session, kind="system", event="agent_left")
        assert line["agent"] == OTHERS
    assert again.refused("message.send", session=session, key="k", text="x") == "not_found"
    assert again.refused("history", session=session, after=0) == "not_found"
    assert "others" not in anna.expect("session.state", session=session, reason="agent_left")
    customer.barrier()
    assert "canary" not in json.dumps(customer.seen)


def test_who_is_invited_declines_or_finds_it_again(site):
    customer, anna, bo, session, _ = invited(site, note="please")
    again = site.back(bo)
    assert again.session(session)["others"] == [dict(OTHERS, **{"as": "invited"})]
    assert not again.session(session).get("messages")
    invite = again.expect("invite", session=session)
    assert invite["note"] == "please" and 0 < invite["expires_ms"] <= 300_000
    again.request("session.leave", session=session)
    assert "others" not in anna.expect("session.state", session=session, reason="agent_left")
    assert again.refused("session.join", session=session) == "not_found"
    customer.barrier()
    # Of who only might have come the customer hears nothing.
    assert not customer.all("participant") and not customer.all("message", kind="system")


def test_who_may_invite_whom(site):
    customer, anna, session = site.pair()
    bo, chen, zoe = site.agent("bo"), site.agent("chen"), site.supervisor()
    assert anna.refused("session.invite", session=session, key="1", agent="bo") == (
        "agent_unavailable")
    bo.status("busy")
    assert anna.refused("session.invite", session=session, key="1", agent="anna") == (
        "agent_unavailable")
    assert anna.refused("session.invite", session=session, key="1", agent="x") == "not_found"
    assert chen.refused("session.invite", session=session, key="1", agent="bo") == "not_found"
    assert chen.refused("session.join", session=session) == "not_found"
    waiting = site.customer().start()
    assert zoe.refused("session.invite", session=waiting, key="1", agent="bo") == "not_active"
    assert zoe.refused("session.join", session=waiting) == "not_active"
    zoe.request("session.invite", session=session, key="1", agent="bo")
    assert bo.expect("invite", session=session)["from"]["id"] == "zoe"
    assert zoe.refused("session.invite", session=session, key="1", agent="chen") == "key_conflict"
    # A supervisor comes in unasked, from looking on too.
    zoe.request("session.watch", session=session)
    assert "watching" not in zoe.request("session.join", session=session)
    zoe.say(session, "zoe here")
    customer.expect("message", session=session, text="zoe here")
    anna.request("session.close", session=session)
    for person in (bo, zoe):
        out = person.expect("session.state", session=session, reason="left")
        assert out["state"] == "closed"
    customer.expect_state(session, "closed")
    assert zoe.refused("session.join", session=session) == "session_closed"


@pytest.mark.site("plain", grace={"customer": "30s", "agent": "1s"})
def test_lost_colleagues_are_out_and_a_lost_owner_leaves_nobody(site):
    customer, anna, bo, session, _ = joined(site)
    bo.drop()
    customer.expect("participant", session=session, change="lost", within=15)
    customer.expect("participant", session=session, change="left", within=15)
    assert "others" not in anna.expect(
        "session.state", session=session, reason="agent_left", within=15)
    bo = site.agent("bo")
    assert not [one for one in bo.welcome["sessions"] if one["session"] == session]
    bo.status("away")
    anna.request("session.invite", session=session, key="i-2", agent="bo")
    bo.expect("invite", session=session)
    bo.request("session.join", session=session)
    anna.drop()
    out = bo.expect("session.state", session=session, reason="left", within=15)
    assert out["state"] == "queued"
    customer.expect_state(session, "queued", within=15)
    assert bo.refused("message.send", session=session, key="k", text="x") == "not_found"
    # Like everybody he may get it in its turn.
    bo.status("online")
    bo.accept(bo.offered(session)["session"])
    assert "others" not in customer.expect_state(session, "active", agent=OTHERS)


def test_a_warm_transfer_leaves_the_giver_in_it(site):
    customer, anna, session = site.pair(text="hello")
    bo = site.elsewhere(anna, lambda: site.agent("bo"))
    bo.status("away")
    answer = anna.request("session.transfer", session=session, key="w", to={"agent": "bo"},
                          warm=True)
    assert answer["transfer"]["warm"] is True
    assert bo.offered(session)["transfer"]["warm"] is True
    bo.accept(session)
    told = customer.expect_state(session, "active", agent=OTHERS)
    assert told["agents"] == [{"id": "anna", "name": "Anna"}]
    anna.expect_state(session, "active", agent=OTHERS)
    assert anna.status("away")["agent"]["held"] == 0
    anna.say(session, "I explain it to bo")
    for person in (bo, customer):
        person.expect("message", session=session, text="I explain it to bo")
    assert anna.refused("session.close", session=session) == "not_found"
    anna.request("session.leave", session=session)
    customer.expect("participant", session=session, change="left")
    bo.request("session.close", session=session)
    customer.expect_state(session, "closed")
    eventually("the slots are free", lambda: bo.status("away")["agent"]["held"] == 0)


def test_an_invitation_is_taken_back(site):
    customer, anna, bo, session, _ = invited(site)
    bo.expect("invite", session=session)
    chen, zoe = site.agent("chen"), site.supervisor()
    assert chen.refused("session.invite.cancel", session=session, agent="bo") == "not_found"
    anna.request("session.invite.cancel", session=session, agent="bo")
    out = bo.expect("session.state", session=session, reason="invite_cancelled")
    assert "customer" not in out
    told = anna.expect("session.state", session=session, reason="invite_cancelled")
    assert "others" not in told and told["state"] == "active"
    assert bo.refused("session.join", session=session) == "not_found"
    assert bo.refused("history", session=session, after=0) == "not_found"
    # A supervisor may, too; once more nothing happens; who has come in stays.
    anna.request("session.invite", session=session, key="i-2", agent="bo")
    bo.expect("invite", session=session)
    for _ in range(2):
        zoe.request("session.invite.cancel", session=session, agent="bo")
    bo.expect("session.state", session=session, reason="invite_cancelled")
    anna.request("session.invite", session=session, key="i-3", agent="bo")
    bo.expect("invite", session=session)
    bo.request("session.join", session=session)
    for person in (anna, zoe):
        assert person.refused("session.invite.cancel", session=session, agent="bo") == "forbidden"
    explained = zoe.request("session.explain", session=session)["explanation"]
    assert [event["agent"]["id"] for event in explained["events"]
            if event["what"] == "invite_cancelled"] == ["bo", "bo"]
    customer.barrier()
    assert len(customer.all("participant")) == 1


@pytest.mark.site("plain", invite_timeout="1s")
def test_an_invitation_that_is_not_answered_ends(site):
    customer, anna, bo, session, _ = invited(site)
    bo.expect("invite", session=session)
    bo.expect("session.state", session=session, reason="invite_expired", within=15)
    told = anna.expect("session.state", session=session, reason="invite_expired", within=15)
    assert "others" not in told and told["state"] == "active"
    assert bo.refused("session.join", session=session) == "not_found"
    customer.barrier()
    assert not customer.all("participant") and not customer.all("message", kind="system")


def test_with_the_conversation_its_invitations_go(site):
    customer, anna, bo, session, _ = invited(site)
    chen = site.agent("chen")
    chen.status("away")
    anna.request("session.transfer", session=session, key="t", to={"agent": "chen"})
    chen.accept(chen.offered(session)["session"])
    out = bo.expect("session.state", session=session, reason="left")
    assert "customer" not in out
    assert "others" not in customer.expect_state(session, "active")
    assert bo.refused("session.join", session=session) == "not_found"
