"""People drop off and come back, or do not: graces of customers and agents."""

import pytest

SHORT_CUSTOMER = {"customer": "1s", "agent": "30s"}
SHORT_AGENT = {"customer": "30s", "agent": "1s"}


@pytest.mark.site("plain", grace=SHORT_CUSTOMER)
def test_waiting_customer_who_stays_away_loses_his_place(site):
    first, second = site.customer(), site.customer()
    one, two = first.start(), second.start()
    assert second.position(two)["position"] == 2
    first.drop()
    assert second.position(two)["position"] == 1
    back = site.back(first)
    assert one not in [known["session"] for known in back.welcome["sessions"]]
    assert back.start() != one
    agent = site.agent().online()
    assert agent.offered()["session"] == two


@pytest.mark.site("plain", grace={"customer": "20s", "agent": "30s"})
def test_absent_customer_is_not_offered_but_keeps_his_place(site):
    first, second = site.customer(), site.customer()
    one, two = first.start(), second.start()
    second.position(two)
    # He must really be gone for the store before an agent comes.
    watcher = site.agent("chen")
    watcher.request("queue.subscribe", groups=["pre-sales"])
    watcher.find(lambda f: f.get("type") == "queue.update" and len(f["head"]) == 2, "both wait")
    first.drop()
    watcher.find(lambda f: f.get("type") == "queue.update"
                 and [e["session"] for e in f["head"]] == [two], "only the second is there")
    bo = site.agent("bo").online()
    assert bo.offered()["session"] == two
    second.barrier()
    assert second.positions(two) == [2]
    back = site.back(first)
    assert back.place(one) == 1
    bo.accept(two)
    bo.request("session.close", session=two)
    assert bo.offered()["session"] == one


@pytest.mark.site("plain", grace=SHORT_CUSTOMER)
def test_active_session_survives_the_customers_grace(site):
    customer, agent, session = site.pair(text="one")
    customer.drop()
    agent.expect("participant", session=session, change="lost")
    # Another customer's grace, begun later, has ended by the time this is seen.
    waiting, behind = site.customer(), site.customer()
    agent.status("away")
    first, second = waiting.start(), behind.start()
    assert behind.position(second)["position"] == 2
    waiting.drop()
    assert behind.position(second)["position"] == 1
    agent.say(session, "are you there?")
    back = site.back(customer, after={session: 1})
    assert back.session(session)["state"] == "active"
    assert [m["text"] for m in back.session(session)["messages"]] == ["are you there?"]


@pytest.mark.site("plain", grace=SHORT_AGENT)
def test_sessions_of_a_lost_agent_go_back_to_the_queue_and_on(site):
    customer, anna, session = site.pair(text="one")
    anna.say(session, "two")
    anna.drop()
    state = customer.expect_state(session, "queued")
    assert "agent" not in state
    bo = site.agent("bo").online()
    accepted = bo.accept(bo.offered(session)["session"])
    assert [m["text"] for m in accepted["messages"]] == ["one", "two"]
    assert customer.expect_state(session, "active")["agent"]["id"] == "bo"
    bo.say(session, "three")
    customer.expect("message", session=session, text="three")
    # Anna is back, but the session is not hers any more.
    anna = site.back(anna)
    assert session not in [known["session"] for known in anna.welcome["sessions"]]
    assert anna.refused("message.send", session=session, key="k", text="x") in (
        "not_found", "forbidden")


def test_agent_back_within_his_grace_keeps_his_sessions(site):
    customer, anna, session = site.pair()
    anna.drop()
    customer.expect("participant", session=session, change="lost")
    other = site.customer().start()
    anna = site.back(anna)
    customer.expect("participant", session=session, change="back")
    assert anna.session(session)["state"] == "active"
    # And he gets work again: his status survived.
    anna.offered(other)
    assert not [f for f in customer.all("session.state") if f["state"] == "queued"]


def test_agent_in_grace_gets_nothing_new(site):
    customer, anna, session = site.pair()
    anna.drop()
    customer.expect("participant", session=session, change="lost")
    bo = site.agent("bo").online()
    for _ in range(2):
        site.customer().start()
    bo.offered()
    anna = site.back(anna)
    anna.offered()


def test_second_device_keeps_a_person_present(site):
    customer, anna, session = site.pair()
    phone = site.elsewhere(customer, lambda: site.back(customer))
    customer.drop()
    phone.say(session, "from the phone")
    anna.expect("message", session=session, text="from the phone")
    assert not anna.all("participant", change="lost")


def test_supervisor_may_sit_at_the_console(site):
    zoe = site.supervisor("zoe")
    assert zoe.welcome["you"]["role"] == "supervisor"
    zoe.request("queue.subscribe", groups=["pre-sales", "after-sales", "floaters"])
    for _ in range(3):
        zoe.expect("queue.update")


def test_agents_status_is_seen_on_all_his_devices(site):
    desk, phone = site.agent("anna"), site.agent("anna")
    desk.status("busy")
    phone.find(lambda f: f.get("type") == "agent.update" and f["agent"]["id"] == "anna"
               and f["agent"]["status"] == "busy", "busy")
    phone.close()
    desk.close()
    assert site.agent("anna").welcome["agent"]["status"] == "busy"
