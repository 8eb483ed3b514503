"""Pages are reloaded, networks are cut: nothing is lost, nothing comes twice."""

import pytest

from client import new_key


def numbers(messages):
    return [message["seq"] for message in messages]


def test_reloaded_customer_gets_exactly_what_he_missed(site):
    customer, agent, session = site.pair()
    customer.say(session, "one")
    agent.say(session, "two")
    customer.expect("message", session=session, seq=2)
    customer.close()
    agent.expect("participant", session=session, change="lost")
    for text in ("three", "four", "five"):
        agent.say(session, text)
    customer = site.back(customer, after={session: 2})
    known = customer.session(session)
    assert known["state"] == "active" and known["last_seq"] == 5 and known["recovered"] is True
    assert [(m["seq"], m["text"]) for m in known["messages"]] == [
        (3, "three"), (4, "four"), (5, "five")]
    assert not known.get("more")
    # And it goes on live, both ways.
    agent.say(session, "six")
    customer.expect("message", session=session, seq=6)
    customer.say(session, "seven")
    agent.expect("message", session=session, seq=7)


def test_customer_comes_back_through_another_node(site):
    customer, agent, session = site.pair()
    agent.say(session, "before")
    customer.expect("message", session=session, seq=1)
    customer.drop()
    agent.say(session, "while away")
    back = site.elsewhere(customer, lambda: site.back(customer, after={session: 1}))
    assert numbers(back.session(session)["messages"]) == [2]


def test_customer_without_resume_points_gets_all_of_it(site):
    customer, agent, session = site.pair(text="one")
    agent.say(session, "two")
    customer.close()
    back = site.back(customer)
    known = back.session(session)
    assert known["state"] == "active" and known["agent"]["id"] == "anna"
    assert numbers(known["messages"]) == [1, 2]
    assert [m["text"] for m in known["messages"]] == ["one", "two"]


def test_reloaded_agent_has_his_sessions_and_goes_on(site):
    customer, agent, session = site.pair(text="one")
    agent.say(session, "two")
    agent.close()
    customer.say(session, "three")
    agent = site.back(agent, after={session: 2})
    known = agent.session(session)
    assert known["state"] == "active" and known["customer"]["id"] == customer.id
    assert [m["text"] for m in known["messages"]] == ["three"]
    assert agent.welcome["agent"]["status"] == "online"
    agent.say(session, "four")
    customer.expect("message", session=session, text="four")


def test_reloaded_agent_still_has_his_pending_offer(site):
    agent = site.agent().online()
    session = site.customer().start(text="hello")
    agent.offered(session)
    agent.close()
    agent = site.back(agent)
    known = agent.session(session)
    assert known["state"] == "offered" and 0 < known["expires_ms"] <= 20_000
    assert agent.accept(session)["state"] == "active"


def test_unanswered_send_is_resent_with_its_key_and_stays_one(site):
    customer, agent, session = site.pair()
    key = new_key()
    customer.post("message.send", session=session, key=key, text="did it arrive?")
    customer.drop()
    back = site.back(customer, after={session: 0})
    again = back.say(session, "did it arrive?", key=key)
    last = back.say(session, "end")
    agent.expect("message", session=session, seq=last["seq"])
    assert [m["text"] for m in agent.all("message", session=session)] == ["did it arrive?", "end"]
    assert again["seq"] == 1 and last["seq"] == 2


def test_gap_over_200_messages_is_marked_and_paged_through(site):
    customer, agent, session = site.pair()
    agent.say(session, "m1")
    customer.expect("message", session=session, seq=1)
    customer.drop()
    # At most 256 of a session may be under way at once.
    for first in range(2, 452, 150):
        posts = [agent.post("message.send", session=session, key=new_key(), text=f"m{n}")
                 for n in range(first, first + 150)]
        for number in posts:
            answer = agent.answer(number)
            assert answer["type"] == "ok", answer
    back = site.back(customer, after={session: 1})
    known = back.session(session)
    assert known["last_seq"] == 451 and known["more"] is True
    assert 0 < len(known["messages"]) <= 200
    assert back.texts(session) == [f"m{n}" for n in range(1, 452)]


def test_live_messages_during_the_resume_are_neither_lost_nor_doubled(site):
    customer, agent, session = site.pair()
    posts = []
    for round_ in range(8):
        posts += [agent.post("message.send", session=session, key=new_key(), text=f"{round_}.{n}")
                  for n in range(20)]
        have = max([m["seq"] for m in customer.all("message", session=session)]
                   + numbers(known_messages(customer, session)) + [0])
        customer.drop()
        held = sorted(set(numbers(customer.all("message", session=session))))
        have = max(held + numbers(known_messages(customer, session)) + [0])
        customer = site.back(customer, after={session: have})
        known = customer.session(session)
        first = numbers(known["messages"])[:1]
        assert not first or first[0] == have + 1, f"resumed after {have} and got {first}"
    for number in posts:
        agent.answer(number)
    total = len(posts)
    known = numbers(known_messages(customer, session))
    start = known[-1] if known else have
    if start < total:
        customer.find(lambda f: f.get("type") == "message" and f["seq"] == total, "the last")
    live = numbers(customer.all("message", session=session))
    assert live == list(range(start + 1, total + 1))
    assert customer.history(session, before=total + 1, limit=200)["last_seq"] == total


def known_messages(person, session):
    return next((s["messages"] for s in person.welcome["sessions"] if s["session"] == session), [])


def test_waiting_customer_comes_back_to_his_place(site):
    customers = [site.customer() for _ in range(3)]
    sessions = [customer.start() for customer in customers]
    for place, (customer, session) in enumerate(zip(customers, sessions), 1):
        assert customer.position(session)["position"] == place
    customers[0].drop()
    customers[1].drop()
    second = site.back(customers[1])
    first = site.back(customers[0])
    assert first.session(sessions[0])["state"] == "queued"
    assert second.place(sessions[1]) == 2
    assert first.place(sessions[0]) == 1
    agent = site.agent().online()
    assert [agent.offered()["session"] for _ in range(3)] == sessions


def test_unknown_session_in_resume_harms_nothing(site):
    customer, agent, session = site.pair(text="one")
    stranger = site.customer(resume=[{"session": session, "after": 0}])
    assert stranger.welcome["sessions"] == []
    back = site.back(customer, after={session: 0, "s_" + "0" * 26: 7})
    assert [known["session"] for known in back.welcome["sessions"]] == [session]


def test_resume_point_beyond_the_end_is_not_believed(site):
    customer, agent, session = site.pair(text="one")
    back = site.back(customer, after={session: 999})
    known = back.session(session)
    assert known["last_seq"] == 1
    agent.say(session, "two")
    back.expect("message", session=session, seq=2, text="two")


def test_wrong_epoch_brings_everything_again(site):
    customer, agent, session = site.pair(text="one")
    agent.say(session, "two")
    back = site.back(customer, after={session: 2}, epoch="999")
    known = back.session(session)
    assert known["recovered"] is False
    assert numbers(known["messages"]) == [1, 2]


def test_closed_session_is_not_listed_but_can_be_read(site):
    customer, agent, session = site.pair(text="one")
    agent.request("session.close", session=session)
    back = site.back(customer, after={session: 1})
    assert session not in [known["session"] for known in back.welcome["sessions"]
                           if known["state"] != "closed"]
    assert back.texts(session) == ["one"]


def test_known_customer_is_the_same_person_on_every_device(site):
    desk = site.customer(who="c-1001")
    session = desk.start(text="from the desk")
    phone = site.customer(who="c-1001")
    assert phone.id == desk.id == "c-1001"
    assert phone.session(session)["state"] == "queued"
    desk.close()
    agent = site.agent().online()
    agent.accept(agent.offered(session)["session"])
    phone.expect_state(session, "active")


@pytest.mark.parametrize("side", ["customer", "agent"])
def test_other_side_sees_him_go_and_come_back(site, side):
    customer, agent, session = site.pair()
    goes, stays = (customer, agent) if side == "customer" else (agent, customer)
    goes.drop()
    stays.expect("participant", session=session, change="lost")
    site.back(goes)
    stays.expect("participant", session=session, change="back")
