"""Supervisors take over and look on unseen; notes and whispers stay among colleagues."""

import json


def test_supervisor_takes_a_conversation(site):
    customer, anna, session = site.pair(text="to whom am I talking?")
    zoe = site.supervisor()
    taken = zoe.request("session.take", session=session)
    assert taken["state"] == "active" and taken["agent"]["id"] == "zoe"
    said, line = taken["messages"]
    assert said["text"] == "to whom am I talking?"
    transferred = {"kind": "system", "event": "transferred", "agent": {"id": "zoe", "name": "zoe"},
                   "from": {"role": "hub", "id": "hub"}}
    assert line == {"seq": 2, "at": line["at"], **transferred}
    customer.expect("message", session=session, seq=2, **transferred)
    lost = anna.expect("session.state", session=session, reason="taken")
    assert "agent" not in lost and "customer" not in lost
    assert customer.expect_state(session, "active", agent={"id": "zoe", "name": "zoe"})
    zoe.say(session, "to me")
    customer.expect("message", session=session, text="to me")
    assert anna.refused("history", session=session, after=0) == "not_found"
    # The same again is answered the same way, and the former owner is free.
    assert zoe.request("session.take", session=session)["agent"]["id"] == "zoe"
    assert anna.status("online")["agent"]["held"] == 0


def test_supervisor_takes_over_capacity_and_what_only_waits(site):
    sessions = [site.customer().start(text=f"{number}") for number in range(3)]
    zoe = site.supervisor()
    for session in sessions:
        assert zoe.request("session.take", session=session)["state"] == "active"
    other = site.supervisor("yan")
    assert other.request("session.take", session=sessions[1])["agent"]["id"] == "yan"
    zoe.expect("session.state", session=sessions[1], reason="taken")
    assert zoe.refused("session.take", session="s_" + "0" * 26) == "not_found"
    other.request("session.close", session=sessions[1])
    assert zoe.refused("session.take", session=sessions[1]) == "session_closed"


def watcher_elsewhere(site, other):
    return site.elsewhere(other, site.supervisor)


def test_watching_is_unseen_and_misses_nothing(site):
    customer, anna, session = site.pair(text="before")
    zoe = watcher_elsewhere(site, anna)
    seen = zoe.request("session.watch", session=session)
    assert seen["watching"] and seen["state"] == "active"
    assert [message["text"] for message in seen["messages"]] == ["before"]
    before = len(customer.seen), len(anna.seen)
    customer.say(session, "one")
    anna.say(session, "two")
    assert zoe.expect("message", session=session, text="one")["seq"] == 2
    assert zoe.expect("message", session=session, text="two")["seq"] == 3
    anna.tell("typing", session=session, typing=True)
    zoe.expect("typing", session=session)
    # Whatever he does, nobody hears of it.
    for type_, fields in {"typing": {"typing": True}, "read": {"seq": 3},
                          "message.send": {"key": "k", "text": "x"}}.items():
        assert zoe.refused(type_, session=session, **fields) == "not_found"
    zoe.request("session.unwatch", session=session)
    zoe.close()
    for person, start in zip((customer, anna), before):
        person.barrier()
        strange = [frame for frame in person.seen[start:] if "zoe" in json.dumps(frame)
                   or frame["type"] not in ("message", "ok", "error", "typing", "ping")]
        assert not strange, strange
    assert customer.back(after={session: 0}).session(session)["last_seq"] == 3


def test_watching_ends_when_it_is_asked_to(site):
    customer, anna, session = site.pair()
    zoe = site.supervisor()
    assert zoe.request("session.watch", session=session)["watching"]
    zoe.request("session.unwatch", session=session)
    customer.say(session, "alone again")
    anna.expect("message", session=session, text="alone again")
    zoe.barrier()
    assert not zoe.all("message")
    zoe.request("session.unwatch", session=session)


def test_watching_a_wait_a_handover_and_the_end(site):
    customer = site.customer()
    session = customer.start(text="anybody?")
    zoe = site.supervisor()
    assert zoe.request("session.watch", session=session)["state"] == "queued"
    anna = site.agent("anna").online()
    anna.accept(anna.offered(session)["session"])
    zoe.expect_state(session, "active", agent={"id": "anna", "name": "Anna"})
    zoe.request("session.assign", session=session, agent="anna")
    anna.request("session.close", session=session)
    zoe.expect_state(session, "closed", reason="agent")
    assert zoe.refused("session.watch", session=session) == "session_closed"


def test_a_watcher_who_is_given_the_session_talks_and_reads(site):
    customer, anna, session = site.pair(text="help")
    zoe, yan = site.supervisor(), site.supervisor("yan")
    zoe.status("busy")
    assert zoe.request("session.watch", session=session)["watching"]
    yan.request("session.assign", session=session, agent="zoe")
    zoe.expect_state(session, "active", agent={"id": "zoe", "name": "zoe"})
    zoe.request("typing", session=session, typing=True)
    customer.expect("typing", session=session)
    zoe.request("read", session=session, seq=1)
    # It is his own: it does not end with his watch.
    zoe.request("session.unwatch", session=session)
    customer.say(session, "thanks")
    zoe.expect("message", session=session, text="thanks")


def test_a_watcher_who_takes_over_talks(site):
    customer, anna, session = site.pair(text="help")
    zoe = site.supervisor()
    zoe.request("session.watch", session=session)
    taken = zoe.request("session.take", session=session)
    assert "watching" not in taken
    why = zoe.request("session.explain", session=session)["explanation"]
    assert why["match"]["how"] == "taken"
    anna.expect("session.state", session=session, reason="taken")
    zoe.say(session, "here I am")
    customer.expect("message", session=session, text="here I am")
    customer.say(session, "thanks")
    assert len([zoe.expect("message", session=session, text="thanks")]) == 1


def texts(page):
    return [(note["note"], note["kind"], note["text"]) for note in page["notes"]]


def test_notes_and_whispers_reach_colleagues_on_every_node(site):
    customer, anna, session = site.pair(text="my order")
    second = site.elsewhere(anna, lambda: site.agent("anna"))
    zoe = watcher_elsewhere(site, anna)
    zoe.request("session.watch", session=session)
    kept = anna.request("session.note", session=session, key="n-1", text="refunded once already")
    assert kept["note"] == 1
    for person, has_key in ((second, True), (zoe, False)):
        note = person.expect("note", session=session, note=1)
        assert note["text"] == "refunded once already" and note["after_seq"] == 1
        assert note["kind"] == "note" and note["from"]["id"] == "anna" and ("key" in note) == has_key
    assert zoe.request("session.whisper", session=session, key="w", text="free postage")["note"] == 2
    for person in (anna, second):
        assert person.expect("note", session=session, note=2)["kind"] == "whisper"
    # The same key gives the first result, another text is a conflict.
    again = anna.request("session.note", session=session, key="n-1", text="refunded once already")
    assert (again["note"], again["at"]) == (1, kept["at"])
    assert anna.refused("session.note", session=session, key="n-1", text="x") == "key_conflict"
    assert texts(anna.request("session.notes", session=session, after=0)) == [
        (1, "note", "refunded once already"), (2, "whisper", "free postage")]
    page = zoe.request("session.notes", session=session, before=2, limit=1)
    assert texts(page) == [(1, "note", "refunded once already")] and not page["more"]
    assert page["last_note"] == 2
    # Messages keep their own numbers.
    assert customer.say(session, "still there?")["seq"] == 2


def test_notes_missed_while_away_are_asked_for(site):
    customer, anna, session = site.pair(text="x")
    anna.request("session.note", session=session, key="1", text="first")
    zoe = site.supervisor()
    anna.drop()
    zoe.request("session.note", session=session, key="2", text="second")
    zoe.request("session.note", session=session, key="3", text="third")
    back = site.back(anna, after={session: 1})
    assert back.session(session)["last_note"] == 3
    assert texts(back.request("session.notes", session=session, after=1)) == [
        (2, "note", "second"), (3, "note", "third")]
    # The agent writes notes also after the end; nobody else does.
    back.request("session.close", session=session)
    assert back.request("session.note", session=session, key="4", text="after the end")["note"] == 4
    assert site.agent("bo").refused("session.note", session=session, key="5", text="x") == "not_found"


def test_a_customer_finds_no_trace_of_notes(site):
    customer, anna, session = site.pair(text="hello")
    zoe = site.supervisor()
    zoe.request("session.watch", session=session)
    for number in range(3):
        anna.request("session.note", session=session, key=f"n{number}", text=f"canary-{number}")
        zoe.request("session.whisper", session=session, key=f"w{number}", text=f"canary-w{number}")
        anna.say(session, f"answer {number}")
    for type_ in ("session.note", "session.whisper"):
        assert customer.refused(type_, session=session, key="c", text="x") == "forbidden"
    assert customer.refused("session.notes", session=session, after=0) == "forbidden"
    assert [message["seq"] for message in customer.history(session)["messages"]] == [1, 2, 3, 4]
    again = site.back(customer, after={session: 0})
    zoe.request("session.take", session=session)
    anna.expect("session.state", reason="taken")
    zoe.request("session.close", session=session)
    customer.expect_state(session, "closed")
    late = site.back(customer, after={session: 1})
    for person in (customer, again, late):
        person.barrier()
        found = [line for line in person.raw if "canary" in line or "note" in line]
        assert not found, found


def test_a_waiting_session_takes_a_supervisors_note(site):
    customer = site.customer()
    session = customer.start()
    zoe = site.supervisor()
    assert zoe.request("session.watch", session=session)["state"] == "queued"
    zoe.request("session.note", session=session, key="1", text="he called yesterday")
    anna = site.agent("anna").online()
    accepted = anna.accept(anna.offered(session)["session"])
    assert accepted["last_note"] == 1
    assert texts(anna.request("session.notes", session=session, after=0)) == [
        (1, "note", "he called yesterday")]
