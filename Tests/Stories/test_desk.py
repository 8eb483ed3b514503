"""What a site shows to the people who use it, and what agents keep for themselves."""

import pytest

WIDGET = {
    "title": {"zh": "咨询", "en": "Chat"},
    "welcome": "Hello",
    "topics": ["order", {"id": "refund", "name": {"zh": "退款"}}],
    "prechat": [{"id": "member", "label": "Member?", "kind": "choice", "choices": ["gold"],
                 "required": True}],
}
CANNED = [
    {"shortcut": "hi", "title": "Greeting", "text": "您好"},
    {"shortcut": "price", "text": "9.90", "groups": ["pre-sales"]},
]
SERVICE = {
    "name": "山茶小铺", "widget": WIDGET, "canned": CANNED, "tags": ["催发货"],
    "survey": {"reasons": {"low": [{"zh": "慢", "en": "Slow"}], "high": []}},
    "statuses": {"away": ["午休"]}, "dispositions": {"topics": ["退款"], "results": ["已解决"]},
}


@pytest.mark.site("plain", **SERVICE)
def test_everybody_is_told_what_his_pages_need_and_no_more(site):
    customer = site.customer().welcome["site"]
    assert "max_bytes" in customer.pop("files")
    assert customer == {
        "name": "山茶小铺", "title": {"zh": "咨询", "en": "Chat"},
        "welcome": {"zh": "Hello", "en": "Hello"},
        "topics": [{"id": "order", "name": {"zh": "order", "en": "order"}},
                   {"id": "refund", "name": {"zh": "退款"}}],
        "prechat": [{"id": "member", "label": {"zh": "Member?", "en": "Member?"},
                     "kind": "choice", "required": True,
                     "choices": [{"id": "gold", "name": {"zh": "gold", "en": "gold"}}]}],
        "survey": {"reasons": {"low": [{"zh": "慢", "en": "Slow"}], "high": []}, "comment": True},
        "reopen_ms": 600_000,
    }
    agent = site.agent("anna").welcome["site"]
    assert agent["tags"] == ["催发货"]
    assert agent["topics"] == customer["topics"], "sessions name them"
    assert agent["dispositions"] == {"topics": ["退款"], "results": ["已解决"]}
    assert agent["statuses"] == {"busy": [], "away": ["午休"], "offline": []}
    assert agent["accept"] == "offer" and agent["wrap_up_ms"] == 0
    assert {"id": "pre-sales", "name": "售前组"} in agent["groups"]
    assert "survey" not in agent
    robot = site.agent("robo", token=site.token("bot", "robo"), role="bot")
    assert "site" not in robot.welcome


def test_plain_site_has_a_name_and_asks_nothing(site):
    told = site.customer().welcome["site"]
    assert set(told) == {"name", "files", "reopen_ms"} and told["name"] == site.name


@pytest.mark.site("plain", **SERVICE)
def test_customer_is_asked_how_it_was_once_and_after_a_talk_only(site):
    customer, agent, session = site.pair(text="hello")
    agent.request("session.close", session=session)
    customer.expect_state(session, "closed")
    customer.expect("survey", session=session)
    customer.barrier()
    agent.barrier()
    assert len(customer.all("survey")) == 1 and not agent.all("survey")
    customer.request("session.rate", session=session, key="k", score=5)
    agent.expect("session.rated", session=session)
    # A wait that was given up is no talk.
    agent.request("status.set", status="offline")
    waiting = customer.start(text="again")
    customer.position(waiting)
    customer.request("session.leave", session=waiting)
    customer.barrier()
    assert not customer.all("survey", session=waiting)


@pytest.mark.site("plain", **SERVICE)
def test_customer_who_reloads_while_his_talk_ends_is_asked_too(site):
    customer, agent, session = site.pair(text="hello")
    customer.close()
    agent.request("session.close", session=session)
    back = site.back(customer, after={session: 1})
    assert back.session(session)["state"] == "closed"
    back.expect("survey", session=session)
    back.barrier()
    assert len(back.all("survey")) == 1


def test_site_without_a_survey_asks_nobody(site):
    customer, agent, session = site.pair(text="hello")
    agent.request("session.close", session=session)
    customer.expect_state(session, "closed")
    customer.barrier()
    assert not customer.all("survey")


def shortcuts(person):
    return [(reply["shortcut"], reply["scope"], reply.get("group"))
            for reply in person.request("canned.list")["replies"]]


@pytest.mark.site("plain", **SERVICE)
def test_canned_replies_are_the_sites_the_groups_and_ones_own(site):
    anna, chen, zoe = site.agent("anna"), site.agent("chen"), site.supervisor("zoe")
    anna.request("canned.set", shortcut="sig", text="Anna\n安娜", title="Signature")
    anna.request("canned.set", shortcut="a", text="first")
    assert shortcuts(anna) == [("a", "agent", None), ("sig", "agent", None), ("hi", "site", None),
                               ("price", "group", "pre-sales")]
    assert shortcuts(chen) == [("hi", "site", None)]
    assert shortcuts(zoe) == [("hi", "site", None), ("price", "group", "pre-sales")]
    # On all his devices, also later; the same shortcut replaces, none takes away.
    anna.close()
    anna = site.agent("anna")
    anna.request("canned.set", shortcut="a", text="second")
    own = {reply["shortcut"]: reply for reply in anna.request("canned.list")["replies"]}
    assert own["sig"] == {"shortcut": "sig", "title": "Signature", "text": "Anna\n安娜",
                          "scope": "agent"}
    assert own["a"]["text"] == "second"
    for shortcut in ("a", "sig", "never there"):
        anna.request("canned.set", shortcut=shortcut)
    assert shortcuts(anna)[0] == ("hi", "site", None)


def test_agent_keeps_two_hundred_replies_and_no_more(site):
    anna = site.agent("anna")
    for number in range(200):
        anna.request("canned.set", shortcut=f"s{number}", text="x")
    assert anna.refused("canned.set", shortcut="one more", text="x") == "forbidden"
    anna.request("canned.set", shortcut="s7", text="y")
    assert len(anna.request("canned.list")["replies"]) == 200
    chen = site.agent("chen")
    texts = "字" * 1_365
    kept = 0
    while kept < 100 and chen.ask("canned.set", shortcut=f"s{kept}", text=texts)["type"] == "ok":
        kept += 1
    assert 60 < kept < 65
