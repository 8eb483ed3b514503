"""Two people chat: across nodes, in order, exactly once, byte for byte."""

import pytest

from client import new_key


def test_customer_and_agent_on_two_nodes_chat_as_if_on_one(site):
    customer, agent, session = site.pair(text="我要退款")
    assert customer.welcome["node"] != agent.welcome["node"]
    sent = customer.say(session, "你好")
    heard = agent.expect("message", session=session, text="你好")
    assert heard["seq"] == sent["seq"] and heard["at"] == sent["at"]
    assert {"role": "customer", "id": customer.id}.items() <= heard["from"].items()
    sent = agent.say(session, "您好，我是 Anna")
    heard = customer.expect("message", session=session, seq=sent["seq"])
    assert heard["text"] == "您好，我是 Anna" and heard["from"]["role"] == "agent"
    assert customer.texts(session) == agent.texts(session) == ["我要退款", "你好", "您好，我是 Anna"]


def test_first_message_is_there_when_the_agent_accepts(site):
    customer = site.customer()
    session = customer.start(text="first words", topic="refund")
    agent = site.agent("chen").online()
    offer = agent.offered(session)
    assert offer["topic"] == "refund" and offer["group"] == "after-sales"
    accepted = agent.accept(session)
    assert accepted["state"] == "active" and accepted["epoch"]
    assert [(m["seq"], m["text"]) for m in accepted["messages"]] == [(1, "first words")]


def test_customer_is_told_who_answers(site):
    customer = site.customer()
    session = customer.start(topic="refund")
    agent = site.agent("chen").online()
    agent.accept(agent.offered(session)["session"])
    state = customer.expect_state(session, "active")
    assert state["agent"]["id"] == "chen" and state["agent"]["name"] == "陈"


def test_hundred_messages_each_way_arrive_once_and_in_order(site):
    customer, agent, session = site.pair()
    ours = [customer.post("message.send", session=session, key=new_key(), text=f"c{n}")
            for n in range(100)]
    theirs = [agent.post("message.send", session=session, key=new_key(), text=f"a{n}")
              for n in range(100)]
    our_numbers = [customer.answer(number)["seq"] for number in ours]
    their_numbers = [agent.answer(number)["seq"] for number in theirs]
    assert our_numbers == sorted(our_numbers) and their_numbers == sorted(their_numbers)
    assert sorted(our_numbers + their_numbers) == list(range(1, 201))
    agent.find(lambda f: f.get("type") == "message" and f["seq"] == our_numbers[-1], "the last")
    customer.find(lambda f: f.get("type") == "message" and f["seq"] == their_numbers[-1], "the last")
    assert [m["seq"] for m in agent.all("message", session=session)] == our_numbers
    assert [m["seq"] for m in customer.all("message", session=session)] == their_numbers
    assert [m["text"] for m in agent.all("message")] == [f"c{n}" for n in range(100)]


def test_numbers_never_go_back_on_a_connection(site):
    """A sender's `ok` comes when everything before it has been delivered."""
    customer, agent, session = site.pair()
    for n in range(30):
        customer.post("message.send", session=session, key=new_key(), text=f"c{n}")
        agent.post("message.send", session=session, key=new_key(), text=f"a{n}")
    customer.find(lambda f: f.get("seq") == 60, "number 60")
    agent.find(lambda f: f.get("seq") == 60, "number 60")
    for person in (customer, agent):
        numbers = [f["seq"] for f in person.seen if "seq" in f and f["type"] in ("ok", "message")]
        assert numbers == list(range(1, 61)), f"{person.name} saw {numbers}"


TEXTS = {
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🇨🇳👍🏽",
    "chinese": "退款！请问订单号是多少？㐀𠀀龘",
    "combining": "e\u0301 vs \u00e9 — Z̸̢͎̈́ä̴l̶g̷o̵",
    "zero width": "a\u200bb\u200c\u200d\ufeffc\u2060",
    "bidi": "\u202eabc\u202c עברית العربية",
    "line ends": "one\ntwo\r\nthree\u2028four\u2029five",
    "escapes": "\"quoted\" \\ back / slash \b\f\t \u007f <script>&amp;",
    "controls": "nul\u0000 bell\u0007 esc\u001b[31m end",
    "noncharacters": "\ufffe\uffff\U0010ffff",
    "spaces": "  leading and trailing\t ",
    "json": '{"type":"message.send","id":9}\\n',
}


@pytest.mark.parametrize("kind", TEXTS)
def test_text_survives_exactly(site, kind):
    text = TEXTS[kind]
    customer, agent, session = site.pair()
    sent = customer.say(session, text)
    assert agent.expect("message", session=session, seq=sent["seq"])["text"] == text
    sent = agent.say(session, text)
    assert customer.expect("message", session=session, seq=sent["seq"])["text"] == text
    assert customer.texts(session) == [text, text]


def test_escaped_and_plain_spelling_are_the_same_text(site):
    customer, agent, session = site.pair()
    customer.say_raw('{"type":"message.send","id":900,"session":"%s","key":"k1",'
                     '"text":"\\u4f60\\u597d \\ud83d\\ude00 \\/ \\u0041"}' % session)
    assert customer.answer(900)["seq"] == 1
    assert agent.expect("message", session=session)["text"] == "你好 😀 / A"


def test_numbers_of_64_bits_stay_exact(site):
    customer = site.customer()
    big = 9_007_199_254_740_993
    answer = customer.ask("history", id=big, session="s_" + "0" * 26, after=0, limit=1)
    assert answer["id"] == big
    assert f'"id":{big}' in [line for line in customer.raw if str(big) in line][0].replace(" ", "")


def test_own_other_connections_get_the_message_with_its_key_and_the_sender_does_not(site):
    customer, agent, session = site.pair()
    phone = site.back(customer)
    key = new_key()
    sent = customer.say(session, "from the desk", key=key)
    copy = phone.expect("message", session=session, seq=sent["seq"])
    assert copy["key"] == key and copy["text"] == "from the desk"
    heard = agent.expect("message", session=session, seq=sent["seq"])
    assert "key" not in heard
    customer.barrier()
    assert not customer.all("message", session=session)


def test_same_key_gives_the_first_result_and_no_second_message(site):
    customer, agent, session = site.pair()
    key = new_key()
    first = customer.say(session, "once", key=key)
    again = customer.say(session, "once", key=key)
    assert (again["seq"], again["at"]) == (first["seq"], first["at"])
    last = customer.say(session, "twice")
    agent.expect("message", session=session, seq=last["seq"])
    assert [m["text"] for m in agent.all("message", session=session)] == ["once", "twice"]


def test_same_key_with_another_text_is_a_conflict(site):
    customer, _, session = site.pair()
    key = new_key()
    customer.say(session, "this", key=key)
    assert customer.refused("message.send", session=session, key=key, text="that") == "key_conflict"


def test_keys_of_two_senders_do_not_meet(site):
    customer, agent, session = site.pair()
    assert customer.say(session, "mine", key="k-1")["seq"] == 1
    assert agent.say(session, "yours", key="k-1")["seq"] == 2


def test_repeat_after_the_close_still_gives_the_first_result(site):
    customer, agent, session = site.pair()
    key = new_key()
    first = customer.say(session, "kept", key=key)
    agent.request("session.close", session=session)
    customer.expect_state(session, "closed")
    assert customer.say(session, "kept", key=key)["seq"] == first["seq"]
    assert customer.refused("message.send", session=session, key=new_key(), text="late") \
        == "session_closed"


@pytest.mark.parametrize("who", ["customer", "agent"])
def test_either_side_closes_and_both_are_told(site, who):
    customer, agent, session = site.pair()
    (customer if who == "customer" else agent).request("session.close", session=session)
    other = agent if who == "customer" else customer
    state = other.expect_state(session, "closed")
    assert state["reason"] == who
    assert agent.refused("message.send", session=session, key="x", text="x") == "session_closed"
    # He may begin anew, and it is another session.
    assert customer.start() != session


def test_start_twice_gives_the_open_session(site):
    customer = site.customer()
    session = customer.start(text="only once")
    again = customer.request("session.start", text="only once")
    assert again["session"] == session and again["existing"] is True
    assert not customer.started.get("existing")
    assert customer.texts(session) == ["only once"]


def test_a_start_sent_again_after_the_end_leads_to_the_same_session(site):
    customer = site.customer()
    first = {"key": "k-start", "text": "hello"}
    session = customer.start(**first)
    customer.request("session.close", session=session)
    back = site.back(customer)
    again = back.request("session.start", **first)
    assert (again["session"], again["state"], again["existing"]) == (session, "closed", True)
    assert back.refused("session.start", key="k-start", text="other") == "key_conflict"
    assert back.start(key="k-next", text="hello") != session


def test_a_starts_text_joins_the_open_session(site):
    customer, agent, session = site.pair(text="one")
    again = customer.request("session.start", key="k-two", text="two")
    assert again["session"] == session and again["seq"] == 2
    assert customer.request("session.start", key="k-two", text="two")["seq"] == 2
    agent.expect("message", session=session, seq=2, text="two")
    assert customer.texts(session) == ["one", "two"]


def test_first_start_is_never_called_existing_however_many_start_at_once(site):
    """The notice of a start may overtake its answer inside the hub; nobody sees that."""
    customers = [site.customer() for _ in range(20)]
    for _ in range(8):
        posts = [(customer, customer.post("session.start", text="a")) for customer in customers]
        started = [(customer, customer.answer(number)) for customer, number in posts]
        for customer, answer in started:
            assert not answer.get("existing"), answer
            own = [f["type"] for f in customer.seen if f.get("session") == answer["session"]]
            assert own[0] == "ok", f"{own} of {customer.raw}"
            customer.position(answer["session"])
        for customer, answer in started:
            customer.request("session.leave", session=answer["session"])


def test_two_starts_at_once_from_two_connections_make_one_session(site):
    customer = site.customer()
    twin = site.elsewhere(customer, lambda: site.back(customer))
    ours = customer.post("session.start", text="one")
    theirs = twin.post("session.start", text="two")
    answers = [customer.answer(ours), twin.answer(theirs)]
    assert answers[0]["session"] == answers[1]["session"]
    assert sorted(bool(answer.get("existing")) for answer in answers) == [False, True]


def test_typing_and_read_reach_the_other_and_are_not_kept(site):
    customer, agent, session = site.pair()
    sent = customer.say(session, "hello")
    agent.expect("message", session=session)
    agent.tell("typing", session=session, typing=True)
    typing = customer.expect("typing", session=session)
    assert typing["typing"] is True and typing["from"]["role"] == "agent"
    agent.tell("typing", session=session, typing=False)
    assert customer.expect("typing", session=session)["typing"] is False
    agent.tell("read", session=session, seq=sent["seq"])
    assert customer.expect("read", session=session, seq=sent["seq"])["from"]["role"] == "agent"
    assert customer.texts(session) == ["hello"]
    customer.barrier()
    assert not [f for f in agent.seen if f["type"] == "error"]


def test_typing_and_read_with_an_id_are_answered(site):
    customer, _, session = site.pair(text="x")
    assert customer.request("typing", session=session, typing=True)["type"] == "ok"
    assert customer.request("read", session=session, seq=1)["type"] == "ok"


def test_history_goes_both_ways_in_pages(site):
    customer, agent, session = site.pair()
    for n in range(1, 26):
        customer.post("message.send", session=session, key=new_key(), text=f"m{n}")
    agent.find(lambda f: f.get("seq") == 25, "number 25")

    def numbers(**fields):
        page = agent.history(session, **fields)
        assert page["last_seq"] == 25 and page["epoch"]
        return [m["seq"] for m in page["messages"]], page["more"]

    assert numbers(after=0, limit=10) == (list(range(1, 11)), True)
    assert numbers(after=20, limit=10) == (list(range(21, 26)), False)
    assert numbers(after=25) == ([], False)
    assert numbers(before=11, limit=5) == (list(range(6, 11)), True)
    assert numbers(before=4, limit=5) == ([1, 2, 3], False)
    assert numbers(before=1) == ([], False)


def test_agent_holds_several_sessions_apart(site):
    agent = site.agent().online()
    customers = [site.customer() for _ in range(3)]
    sessions = [customer.start(text=f"I am {n}") for n, customer in enumerate(customers)]
    for session in sessions:
        agent.offered(session)
        agent.accept(session)
    for n, session in enumerate(sessions):
        agent.say(session, f"hello {n}")
    for n, customer in enumerate(customers):
        customer.expect("message", session=sessions[n], text=f"hello {n}")
        customer.barrier()
        assert [m["text"] for m in customer.all("message")] == [f"hello {n}"]


def test_leaving_the_queue_ends_the_wait(site):
    first, second = site.customer(), site.customer()
    one, two = first.start(), second.start()
    assert first.position(one)["position"] == 1
    assert second.position(two)["position"] == 2
    first.request("session.leave", session=one)
    assert second.position(two)["position"] == 1
    agent = site.agent().online()
    assert agent.offered()["session"] == two


def test_heartbeats_are_answered_and_the_silent_are_not_kept_waiting(site):
    """`ping` comes as JSON; a `pong` is not answered, with an id it is."""
    customer = site.customer()
    assert 1_000 <= customer.welcome["heartbeat_ms"] <= 120_000
    customer.tell("pong")
    customer.barrier()
    assert not [f for f in customer.seen if f["type"] == "error" and "id" not in f]


def test_hello_tells_what_a_client_needs(site):
    customer = site.customer(locale="zh-CN")
    you = customer.welcome["you"]
    assert you["role"] == "customer" and you["id"].startswith("v_") and you["secret"]
    assert customer.welcome["sessions"] == []
    assert customer.welcome["limits"]["message_bytes"] >= 1024
    assert customer.welcome["now"] > 1_600_000_000_000
    assert isinstance(customer.welcome["node"], str)
    returning = site.back(customer)
    assert returning.id == customer.id
    assert "secret" not in returning.welcome["you"] or returning.secret
