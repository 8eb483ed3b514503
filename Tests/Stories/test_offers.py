"""Who gets which session: offers, declines, capacity, assignment without asking."""

import time

import pytest


def test_declined_offer_goes_to_the_next_agent(site):
    anna, bo = site.agent("anna").online(), site.agent("bo").online()
    customer = site.customer()
    session = customer.start(text="hello")
    first, second = wait_for_offer(anna, bo, session)
    first.request("offer.decline", session=session, reason="lunch")
    second.offered(session)
    second.accept(session)
    assert customer.expect_state(session, "active")["agent"]["id"] == second.id
    assert first.refused("offer.accept", session=session) in ("no_offer", "not_found", "forbidden")


def wait_for_offer(one, other, session):
    """The agent who got the offer first, then the other."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for got, rest in ((one, other), (other, one)):
            if got.all("offer", session=session):
                got.offered(session)
                return got, rest
        one.barrier()
        other.barrier()
    raise AssertionError("nobody was offered the session")


@pytest.mark.site("plain", offer_timeout="1s")
def test_missed_offer_makes_the_agent_away_and_goes_on(site):
    anna = site.agent("anna").online()
    customer = site.customer()
    session = customer.start(text="hello")
    anna.offered(session)
    gone = anna.find(lambda f: f.get("type") == "session.state" and f["session"] == session
                     and f["state"] != "offered", "the offer's end")
    assert gone["reason"] in ("expired", "offer_expired", "offer-expired"), gone
    anna.find(lambda f: f.get("type") == "agent.update" and f["agent"]["id"] == "anna"
              and f["agent"]["status"] == "away", "status away")
    bo = site.agent("bo").online()
    bo.accept(bo.offered(session)["session"])
    assert customer.expect_state(session, "active")["agent"]["id"] == "bo"
    back = site.back(anna)
    assert back.welcome["agent"]["status"] == "away"


@pytest.mark.site("plain", offer_timeout="1s")
def test_missed_offer_waits_for_the_agent_to_come_online_again(site):
    anna = site.agent("anna").online()
    session = site.customer().start()
    anna.offered(session)
    anna.find(lambda f: f.get("type") == "agent.update" and f["agent"]["status"] == "away", "away")
    anna.online()
    anna.offered(session)
    assert anna.accept(session)["state"] == "active"


@pytest.mark.site("auto")
def test_auto_accept_gives_the_session_without_an_offer(site):
    anna = site.agent("anna").online()
    customer = site.customer()
    session = customer.start(text="hello", topic="other")
    state = anna.expect_state(session, "active")
    assert state["customer"]["id"] == customer.id
    assert customer.active(session)["agent"]["id"] == "anna"
    assert not anna.all("offer")
    assert anna.texts(session) == ["hello"]
    anna.say(session, "hi")
    customer.expect("message", session=session, text="hi")


@pytest.mark.site("auto")
def test_auto_accept_serves_those_who_waited_when_the_agent_comes(site):
    customers = [site.customer() for _ in range(3)]
    sessions = [customer.start() for customer in customers]
    anna = site.agent("anna").online()
    for customer, session in zip(customers, sessions):
        anna.expect_state(session, "active")
        customer.expect_state(session, "active")


def test_agent_at_capacity_is_never_offered(site):
    bo = site.agent("bo").online()
    customers = [site.customer() for _ in range(3)]
    sessions = [customer.start() for customer in customers]
    assert bo.offered()["session"] == sessions[0]
    bo.accept(sessions[0])
    customers[1].barrier(), bo.barrier()
    assert len(bo.all("offer")) == 1
    bo.request("session.close", session=sessions[0])
    assert bo.offered()["session"] == sessions[1]
    bo.barrier()
    assert len(bo.all("offer")) == 2


def test_offers_count_toward_capacity(site):
    anna = site.agent("anna").online()
    for _ in range(6):
        site.customer().start()
    offered = [anna.offered()["session"] for _ in range(4)]
    status = anna.status("online")["agent"]
    assert status["held"] == 4 and status["capacity"] == 4
    assert len(anna.all("offer")) == 4
    anna.request("offer.decline", session=offered[0])
    # The freed slot goes to the first who waits and whom she has not declined.
    assert anna.offered()["session"] not in offered


def test_two_devices_of_an_agent_cannot_both_take_an_offer(site):
    desk = site.agent("anna")
    phone = site.elsewhere(desk, lambda: site.agent("anna"))
    desk.online()
    session = site.customer().start()
    desk.offered(session), phone.offered(session)
    answers = [desk.accept(session), phone.accept(session)]
    assert [answer["state"] for answer in answers] == ["active", "active"]
    desk.say(session, "one owner")
    phone.expect("message", session=session, text="one owner")


def test_nobody_takes_what_was_not_offered_to_him(site):
    anna = site.agent("anna").online()
    session = site.customer().start()
    anna.offered(session)
    chen = site.agent("chen").online()
    assert chen.refused("offer.accept", session=session) in ("no_offer", "not_found", "forbidden")
    assert chen.refused("offer.decline", session=session) in ("no_offer", "not_found", "forbidden")
    assert anna.accept(session)["state"] == "active"
    assert chen.refused("message.send", session=session, key="k", text="x") in (
        "not_found", "forbidden")


def test_offer_is_taken_back_when_the_customer_leaves(site):
    anna = site.agent("anna").online()
    customer = site.customer()
    session = customer.start()
    anna.offered(session)
    customer.request("session.leave", session=session)
    anna.expect_state(session, "closed")
    assert anna.refused("offer.accept", session=session) in ("no_offer", "session_closed")
    assert anna.status("online")["agent"]["held"] == 0


def test_agent_who_goes_offline_gives_his_offer_back(site):
    anna = site.agent("anna").online()
    session = site.customer().start()
    anna.offered(session)
    bo = site.agent("bo").online()
    anna.status("offline")
    bo.accept(bo.offered(session)["session"])


@pytest.mark.parametrize("status", ["busy", "away", "offline"])
def test_only_online_agents_get_work(site, status):
    anna = site.agent("anna")
    anna.status(status)
    customer = site.customer()
    session = customer.start()
    assert customer.position(session)["position"] == 1
    anna.barrier()
    assert not anna.all("offer")
    anna.online()
    anna.offered(session)


def test_agent_is_offline_until_he_says_otherwise(site):
    customer = site.customer()
    session = customer.start()
    customer.position(session)
    anna = site.agent("anna")
    assert anna.welcome["agent"]["status"] == "offline"
    anna.barrier()
    assert not anna.all("offer")


def test_busy_agent_keeps_what_he_has(site):
    customer, anna, session = site.pair()
    anna.status("busy")
    anna.say(session, "still here")
    customer.expect("message", session=session, text="still here")


def test_topics_go_to_their_groups(site):
    anna, chen = site.agent("anna").online(), site.agent("chen").online()
    refund = site.customer().start(topic="refund")
    other = site.customer().start(topic="weather")
    assert chen.offered()["session"] == refund
    assert anna.offered()["session"] == other
    anna.barrier(), chen.barrier()
    assert len(anna.all("offer")) == len(chen.all("offer")) == 1


@pytest.mark.site("steps")
def test_second_step_adds_its_group_after_its_time(site):
    eve = site.agent("eve").online()
    customer = site.customer()
    session = customer.start()
    assert customer.position(session)["position"] == 1
    offer = eve.offered(session)
    # It never moved: home stays the first group.
    assert offer["group"] == "pre-sales" and offer["waited_ms"] >= 1_500
    eve.accept(session)
    customer.expect_state(session, "active")


@pytest.mark.site("steps")
def test_first_step_is_tried_first(site):
    anna, eve = site.agent("anna").online(), site.agent("eve").online()
    session = site.customer().start()
    anna.offered(session)
    anna.accept(session)
    eve.barrier()
    assert not eve.all("offer")


@pytest.mark.site("plain", selection="least-loaded")
def test_work_is_spread_by_load(site):
    """Anna takes four at once and Bo one: eight customers never go all to one of them."""
    anna, bo = site.agent("anna").online(), site.agent("bo").online()
    sessions = [site.customer().start() for _ in range(5)]
    for session in sessions:
        wait_for_offer(anna, bo, session)
    assert len(anna.all("offer")) == 4 and len(bo.all("offer")) == 1


def test_freed_agent_gets_the_first_in_order(site):
    bo = site.agent("bo").online()
    sessions = [site.customer().start() for _ in range(4)]
    for expected in sessions:
        assert bo.offered()["session"] == expected
        bo.accept(expected)
        bo.request("session.close", session=expected)


@pytest.mark.slow
@pytest.mark.site("auto", agents={"anna": {"capacity": 3}, "bo": {"capacity": 3}})
def test_capacity_holds_while_many_start_and_close_at_once(site):
    anna, bo = site.agent("anna").online(), site.agent("bo").online()
    customers = [site.customer() for _ in range(30)]
    posts = [(customer, customer.post("session.start")) for customer in customers]
    for customer, number in posts:
        customer.answer(number)
    served = 0
    held = {"anna": set(), "bo": set()}
    while served < 30:
        for agent in (anna, bo):
            if not held[agent.id]:
                state = agent.find(
                    lambda f: f.get("type") == "session.state" and f["state"] == "active",
                    "a session")
                held[agent.id].add(state["session"])
            session = held[agent.id].pop()
            agent.request("session.close", session=session)
            served += 1
            if served == 30:
                break
    for agent in (anna, bo):
        counts = [f["agent"]["held"] for f in agent.all("agent.update")
                  if f["agent"]["id"] == agent.id]
        assert all(count <= 3 for count in counts), counts
        active = [f["session"] for f in agent.all("session.state") if f["state"] == "active"]
        assert len(active) == len(set(active))
    owners = [f["session"] for agent in (anna, bo)
              for f in agent.all("session.state") if f["state"] == "active"]
    assert len(owners) == len(set(owners)) == 30
