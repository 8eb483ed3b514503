"""Who may take a waiting customer: his own agent, the last one, a group, and only who has what is asked."""

import pytest

from client import new_key
from test_explain import ask, examined

pytestmark = pytest.mark.site("targets")


def known(site, who, **known):
    """A customer with a token, of whom a supervisor wrote something down after his first session."""
    customer = site.customer(token=site.token("customer", who))
    session = customer.start(topic="first")
    site.supervisor().request("customer.set", customer=who, **known)
    customer.request("session.leave", session=session)
    return customer


def busy(site, agent):
    """The agent holds two sessions: all he may."""
    for _ in range(2):
        site.customer().start(topic="busy")
        agent.take()


def test_the_dedicated_agent_comes_first_then_the_group_then_the_others(site):
    customer = known(site, "u-dedicated", dedicated_agent="anna")
    anna = site.agent("anna").online()
    busy(site, anna)
    bo, eve = site.agent("bo").online(), site.agent("eve").online()
    session = customer.start(topic="mine")
    assert customer.position(session)["position"] == 1, "he has his place at home from the first moment"
    told = ask(site.supervisor(), session)
    assert told["plan"][0]["agent"] == "anna" and told["plan"][0]["open"]
    assert examined(told["waiting"]["targets"][0]) == {"anna": "full"}
    # Nobody else is asked before Anna's two seconds are over.
    bo.barrier()
    eve.barrier()
    assert not bo.all("offer", session=session) and not eve.all("offer", session=session)
    offer = bo.offered(session)
    assert offer["group"] == "sales"
    eve.barrier()
    assert not eve.all("offer", session=session)
    bo.request("offer.decline", session=session)
    assert eve.offered(session)["session"] == session


def test_the_dedicated_agent_gets_his_customer_at_once(site):
    customer = known(site, "u-own", dedicated_agent="bo")
    anna, bo = site.agent("anna").online(), site.agent("bo").online()
    session = customer.start(topic="mine")
    bo.accept(bo.offered(session)["session"])
    anna.barrier()
    assert not anna.all("offer", session=session)


def test_an_agent_who_is_not_there_is_not_waited_for(site):
    customer = known(site, "u-absent", dedicated_agent="anna")
    bo = site.agent("bo").online()
    session = customer.start(topic="mine")
    bo.offered(session)
    told = ask(site.supervisor(), session)
    assert [step["open"] for step in told["plan"]][:2] == [True, True]


def test_the_last_agent_comes_before_the_others(site):
    customer = site.customer(token=site.token("customer", "u-last"))
    bo = site.agent("bo").online()
    session = customer.start(topic="first")
    bo.accept(bo.offered(session)["session"])
    bo.request("session.close", session=session)
    customer.expect_state(session, "closed")
    anna = site.agent("anna").online()
    again = customer.start(topic="again")
    assert bo.offered(again)["session"] == again
    anna.barrier()
    assert not anna.all("offer", session=again)


def test_who_was_rated_badly_is_passed_over(site):
    customer = site.customer(token=site.token("customer", "u-angry"))
    bo = site.agent("bo").online()
    session = customer.start(topic="first")
    bo.accept(bo.offered(session)["session"])
    bo.request("session.close", session=session)
    customer.expect_state(session, "closed")
    customer.request("session.rate", session=session, key=new_key(), score=1)
    again = customer.start(topic="again")
    told = ask(site.supervisor(), again)
    assert told["steps"][1] == {"to": "last-agent", "agent": "bo", "left_out": "bad_rating"}
    assert told["passed_over"] == [{"agent": "bo"}]
    assert told["waiting"]["why"] == ["rated"]
    eve = site.agent("eve").online()
    assert eve.offered(again)["session"] == again
    # Whom he rated badly is the supervisors' business, not the next agent's.
    shown = str(ask(eve, again))
    assert not any(word in shown for word in ("passed_over", "bad_rating", "rated"))
    bo.barrier()
    assert not bo.all("offer", session=again)


def test_only_who_has_the_skill_and_the_language_is_asked(site):
    anna = site.agent("anna").online()
    session = site.customer().start(topic="refund")
    told = ask(site.supervisor(), session)
    assert examined(told["waiting"]["targets"][0]) == {"anna": "requirement"}
    # She sees him in her group's queue all the same.
    anna.request("queue.subscribe", groups=["sales"])
    assert anna.expect("queue.update", group="sales")["levels"] == {"0": 1}
    bo = site.agent("bo").online()
    assert bo.offered(session)["session"] == session
    anna.barrier()
    assert not anna.all("offer", session=session)


def test_only_who_is_of_the_same_region_is_asked(site):
    bo = site.agent("bo").online()
    session = site.customer().start(topic="near", attributes={"region": "east/coast"})
    nowhere = site.customer().start(topic="near")
    anna = site.agent("anna").online()
    assert anna.offered(session)["session"] == session
    told = ask(site.supervisor(), nowhere)
    assert told["steps"][0]["customer_lacks"] == ["region"]
    assert told["waiting"]["why"] == ["requirement"]
    bo.barrier()
    anna.barrier()
    assert not bo.all("offer", session=session) and not anna.all("offer", session=nowhere)
