"""Agents pick from the queue, supervisors assign."""

import threading

import pytest


def test_of_two_who_pick_at_once_exactly_one_gets_it(site):
    anna, bo = site.agent("anna"), site.agent("bo")
    for agent in (anna, bo):
        agent.status("away")
    for _ in range(5):
        customer = site.customer()
        session = customer.start(text="whose am I?")
        answers = race(session, anna, bo)
        won = [who for who, answer in answers if answer["type"] == "ok"]
        lost = [answer for _, answer in answers if answer["type"] == "error"]
        assert len(won) == 1 and [answer["code"] for answer in lost] == ["not_waiting"], answers
        assert customer.active(session)["agent"]["id"] == won[0].id
        assert won[0].texts(session) == ["whose am I?"]
        won[0].request("session.close", session=session)


def race(session, *agents):
    """What each is answered when all pick at the same moment."""
    start, answers = threading.Barrier(len(agents)), []

    def pick(who):
        start.wait()
        answers.append((who, who.ask("session.pick", session=session)))

    threads = [threading.Thread(target=pick, args=(who,)) for who in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(answers) == len(agents)
    return answers


def test_pick_from_the_queue_list(site):
    first, second = site.customer(), site.customer()
    one, two = first.start(text="one"), second.start(text="two", topic="parcel")
    anna = site.agent("anna")
    anna.status("busy")
    anna.request("queue.subscribe", groups=["pre-sales"])
    head = anna.expect("queue.update", group="pre-sales")["head"]
    assert [entry["session"] for entry in head] == [one, two]
    picked = anna.request("session.pick", session=head[1]["session"])
    assert picked["state"] == "active" and picked["customer"]["id"] == second.id
    assert [message["text"] for message in picked["messages"]] == ["two"]
    anna.say(two, "hello")
    second.expect("message", session=two, text="hello")
    assert not anna.all("offer")
    assert first.position(one)["position"] == 1


def test_pick_beyond_capacity_is_refused(site):
    customers = [site.customer() for _ in range(3)]
    sessions = [customer.start() for customer in customers]
    bo = site.agent("bo")
    bo.status("away")
    assert bo.request("session.pick", session=sessions[2])["state"] == "active"
    assert bo.refused("session.pick", session=sessions[0]) == "agent_full"
    bo.status("offline")
    bo.request("session.close", session=sessions[2])
    assert bo.refused("session.pick", session=sessions[0]) == "agent_unavailable"


@pytest.mark.site("auto")
def test_assign_over_capacity_and_then_nothing_new_until_below(site):
    bo = site.agent("bo").online()
    sessions = [site.customer().start(text=f"{number}") for number in range(3)]
    bo.expect_state(sessions[0], "active")
    zoe = site.supervisor()
    assert zoe.refused("session.assign", session=sessions[2], agent="bo") == "agent_full"
    assert zoe.request(
        "session.assign", session=sessions[2], agent="bo", over_capacity=True)["state"] == "active"
    bo.expect_state(sessions[2], "active")
    assert bo.status("online")["agent"]["held"] == 2
    bo.request("session.close", session=sessions[0])
    bo.barrier()
    assert not bo.all("session.state", session=sessions[1], state="active")
    bo.request("session.close", session=sessions[2])
    bo.expect_state(sessions[1], "active")


def test_assign_moves_a_conversation(site):
    customer, anna, session = site.pair(text="I was here first")
    chen = site.agent("chen")
    chen.status("away")
    zoe = site.supervisor()
    assert zoe.request("session.assign", session=session, agent="chen")["agent"]["id"] == "chen"
    lost = anna.find(lambda frame: frame.get("type") == "session.state"
                     and frame.get("reason") == "handed_over", "the loss")
    assert lost["session"] == session and "agent" not in lost
    chen.expect_state(session, "active")
    chen.expect("message", session=session, text="I was here first")
    assert customer.expect_state(session, "active", agent={"id": "chen", "name": "陈"})
    assert anna.refused("history", session=session, after=0) == "not_found"
    chen.say(session, "with me now")
    customer.expect("message", session=session, text="with me now")
    assert zoe.refused("session.assign", session=session, agent="nobody") == "not_found"


def test_customers_and_agents_may_not_assign(site):
    customer, anna, session = site.pair(text="x")
    assert anna.refused("session.assign", session=session, agent="bo") == "forbidden"
    assert customer.refused("session.pick", session=session) == "forbidden"


def test_agents_see_who_is_there_and_how_much_each_holds(site):
    anna, bo, boss = site.agent("anna"), site.agent("bo"), site.supervisor("zoe")
    anna.status("online")
    session = site.customer().start(text="hello")
    anna.expect("offer", session=session)
    bo.status("busy")
    for who in (anna, bo, boss):
        found = {one["id"]: one for one in who.request("agents.list")["agents"]}
        assert (found["anna"]["status"], found["anna"]["held"], found["anna"]["capacity"]) == ("online", 1, 4)
        assert (found["bo"]["status"], found["bo"]["held"], found["bo"]["name"]) == ("busy", 0, "Bo")
        assert found["anna"]["groups"] == ["pre-sales"]
    assert [one["id"] for one in bo.request("agents.list")["agents"]][0] == "anna", "who is present comes first"


def test_all_agents_are_not_listed_all_the_time(site):
    anna = site.agent("anna")
    numbers = [anna.post("agents.list") for _ in range(14)]
    answers = [anna.answer(number) for number in numbers]
    assert all(answer["type"] == "ok" for answer in answers[:10])
    late = answers[-1]
    assert (late["code"], late["retryable"]) == ("rate_limited", True)
    assert 0 < late["retry_after_ms"] <= 2000
