"""After a talk: its agent writes it up, and holds the slot; what he writes down, and his status."""

import time

import pytest

from test_leaks import FORBIDDEN_MEMBERS, members

ONE_SLOT = {"agents": {"anna": {"name": "Anna", "capacity": 1}, "bo": {"name": "Bo", "capacity": 1}}}


def states(person, session):
    return [frame["state"] for frame in person.all("session.state", session=session)]


@pytest.mark.site("plain", wrap_up="60s", **ONE_SLOT)
def test_talk_that_ends_is_closed_for_its_customer_and_holds_the_slot(site):
    customer, agent, session = site.pair(text="hello")
    closed = customer.request("session.close", session=session)
    assert closed["state"] == "closed"
    told = agent.expect_state(session, "wrapup")
    assert 0 < told["wrapup_ms"] <= 60_000
    # Nobody writes any more, and the customer may begin anew at once.
    assert customer.refused("message.send", session=session, key="late", text="x") == "session_closed"
    assert agent.refused("message.send", session=session, key="late", text="x") == "session_closed"
    second = customer.start(text="again")
    assert second != session
    customer.position(second)
    agent.barrier()
    assert not agent.all("offer", session=second)
    # Written up: the slot is free at once.
    done = agent.request("session.wrap", session=session, topic="退款", result="已解决",
                         tags=["催发货"], note="周三再打电话\n先问仓库", done=True)
    assert done["state"] == "closed" and done["tags"] == ["催发货"]
    assert done["disposition"] == {"topic": "退款", "result": "已解决", "note": "周三再打电话\n先问仓库"}
    agent.accept(agent.offered(second)["session"])
    customer.expect_state(second, "active")
    assert states(customer, session)[-1] == "closed"
    # Said again, it is answered the same; more can be written down for a day.
    assert agent.request("session.wrap", session=session, done=True)["state"] == "closed"
    assert agent.request("session.tag", session=session, tags=["x"])["tags"] == ["x"]
    for frame in customer.all("session.state"):
        assert not FORBIDDEN_MEMBERS & set(members(frame)), frame



@pytest.mark.site("plain", wrap_up="1s", **ONE_SLOT)
def test_limit_ends_the_wrap_up_and_may_be_had_three_times_more(site):
    customer, agent, session = site.pair(text="hello")
    agent.request("session.close", session=session)
    for left in (1_000, 2_000, 3_000):
        answer = agent.request("session.wrap", session=session, extend=True)
        assert left - 900 < answer["wrapup_ms"] <= left + 1_000
    assert agent.refused("session.wrap", session=session, extend=True) == "forbidden"
    second = customer.start(text="again")
    customer.position(second)
    agent.expect_state(session, "closed", within=10)
    assert agent.offered(second)


@pytest.mark.site("plain", wrap_up="60s", grace={"customer": "30s", "agent": "1s"}, **ONE_SLOT)
def test_agent_finds_it_when_he_comes_back_and_loses_it_when_he_stays_away(site):
    customer, agent, session = site.pair(text="hello")
    agent.request("session.close", session=session)
    agent.expect_state(session, "wrapup")
    agent.close()
    again = site.back(agent)
    found = again.welcome["sessions"]
    assert [(one["session"], one["state"]) for one in found] == [(session, "wrapup")]
    assert again.request("history", session=session, after=0)["messages"]
    again.close()
    second = customer.start(text="again")
    customer.position(second)
    bo = site.agent("bo").online()
    bo.accept(bo.offered(second)["session"])
    # His grace is over: nothing is left to write up.
    time.sleep(1.5)
    late = site.agent("anna")
    assert late.welcome["sessions"] == [] and late.welcome["agent"]["held"] == 0


def test_plain_site_frees_the_slot_at_once(site):
    customer, agent, session = site.pair(text="hello")
    assert agent.request("session.close", session=session)["state"] == "closed"
    assert agent.refused("session.wrap", session=session, extend=True) == "forbidden"
    # Written down all the same.
    answer = agent.request("session.wrap", session=session, topic="order")
    assert answer["disposition"] == {"topic": "order", "result": ""}


def test_tags_are_told_to_agents_and_never_to_customers(site):
    customer, agent, session = site.pair(text="hello")
    other = site.agent("anna")
    zoe = site.supervisor("zoe")
    agent.request("session.tag", session=session, tags=["vip", "慢"])
    told = other.expect("session.state", session=session, reason="tagged")
    assert told["tags"] == ["vip", "慢"]
    zoe.request("session.tag", session=session, tags=["seen"])
    assert agent.expect("session.state", session=session, tags=["seen"])["reason"] == "tagged"
    assert site.agent("chen").refused("session.tag", session=session, tags=[]) == "not_found"
    customer.barrier()
    assert not [frame for frame in customer.all("session.state") if "tags" in frame]
    assert "tags" not in site.back(customer).welcome["sessions"][0]


# -- Status --------------------------------------------------------------------------------------

def test_status_has_a_reason_and_its_time(site):
    anna = site.agent("anna")
    away = anna.request("status.set", status="away", reason="午休")["agent"]
    assert (away["status"], away["reason"], away["since_s"]) == ("away", "午休", 0)
    assert site.back(anna).welcome["agent"]["reason"] == "午休"
    online = anna.request("status.set", status="online")["agent"]
    assert "reason" not in online and "by" not in online


def test_supervisor_sets_an_agents_status_and_he_hears_by_whom(site):
    anna, zoe = site.agent("anna").online(), site.supervisor("zoe")
    set_ = zoe.request("agent.set", agent="anna", status="busy", reason="Training")["agent"]
    assert (set_["status"], set_["reason"], set_["by"]) == ("busy", "Training", "zoe")
    heard = anna.expect("agent.update")["agent"]
    while heard["status"] != "busy":
        heard = anna.expect("agent.update")["agent"]
    assert heard["by"] == "zoe"
    assert "by" not in anna.request("status.set", status="online")["agent"]
    assert zoe.refused("agent.set", agent="nobody", status="away") == "not_found"


@pytest.mark.site("plain", accept="auto", ramp={"every": "1s"},
                  agents={"anna": {"name": "Anna", "capacity": 3}, "bo": {"capacity": 1}})
def test_agent_comes_in_slowly(site):
    waiting = []
    for number in range(4):
        customer = site.customer()
        session = customer.start(text=str(number))
        customer.position(session)
        waiting.append((customer, session))
    anna = site.agent("anna")
    assert anna.request("status.set", status="online", ramp=1)["agent"]["ramp"] == 1
    first, session = waiting[0]
    first.expect_state(session, "active")
    assert site.supervisor("zoe").request("agents.list")["agents"][0]["held"] == 1
    for customer, session in waiting[1:3]:
        customer.expect_state(session, "active", within=5)
    last = site.back(anna).welcome["agent"]
    assert last["held"] == 3 and "ramp" not in last
