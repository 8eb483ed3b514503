"""What is known of customers: their levels, by command, to their agents, and what they say of them."""

import json

import pytest

from customers import ATTRIBUTE, COMBINED, done, known, level_of, load, run
from hub import chathub


@pytest.mark.site("levels", vip=ATTRIBUTE)
def test_imported_row_makes_a_first_time_visitor_important(site, tmp_path):
    assert load(site, tmp_path, "id,vip\nu-1,8\n")["new"] == 1
    assert level_of(site, who="u-1") == 8
    # Another row for the same customer counts from his next session on.
    assert load(site, tmp_path, "id,vip\nu-1,2\n")["known"] == 1
    assert level_of(site, who="u-1") == 2
    # A token is newer than an import.
    assert level_of(site, who="u-1", trusted={"vip": 6}) == 6


@pytest.mark.site("levels", vip=COMBINED)
def test_attribute_of_the_page_makes_nobody_important(site, tmp_path):
    load(site, tmp_path, "id,vip\nu-1,3\n")
    page = {"vip": 9}
    assert level_of(site, attributes=page, start={"attributes": page}) == 0
    assert level_of(site, who="u-2", attributes=page, start={"attributes": page}) == 0
    # Nor does it replace what is known.
    assert level_of(site, who="u-1", attributes=page, start={"attributes": page}) == 3


MEMBERS = [{"name": "members", "who": {"attributes": {"caf\u00e9": "cr\u00e8me"}},
            "reception": "human-only", "plan": [{"to": "group", "group": "after-sales"}]},
           {"name": "everybody", "reception": "human-only",
            "plan": [{"to": "group", "group": "pre-sales"}]}]


@pytest.mark.site("plain", strategy=MEMBERS)
def test_of_much_that_is_known_the_rules_read_what_they_ask_for(site, tmp_path):
    """Three hundred attributes; the one that counts is spelt otherwise in the file, in Unicode."""
    names = ",".join(f"a{k}" for k in range(300))
    cells = ",".join("x" for _ in range(300))
    load(site, tmp_path, f"id,cafe\u0301,{names}\nu-1,cre\u0300me,{cells}\n")
    chen = site.agent("chen").online()
    member, other = site.customer(who="u-1"), site.customer(who="u-2")
    session = member.start(text="hello")
    shown = chen.offered(session)["customer"]["profile"]["attributes"]
    assert shown == {"caf\u00e9": "cr\u00e8me"}
    chen.accept(session)
    whole = chen.request("customer.get", customer="u-1")["customer"]
    assert len(whole["attributes"]) == 200 and whole["more_attributes"] == 101
    other.start(text="hello")
    chen.barrier()
    assert len(chen.all("offer")) == 1


@pytest.mark.site("levels", vip=ATTRIBUTE)
def test_explain_reads_what_is_known(site, tmp_path):
    load(site, tmp_path, "id,vip\nu-1,8\n")
    where = (["--redis", site.hub.redis_url] if site.hub.redis_url
             else ["--data", str(site.hub.data)])

    def explained(*more):
        out = chathub("explain", "--site", site.name, "--json", *more, *where)
        return json.loads(done(out))

    told = explained("--customer", "u-1")
    assert (told["level"], told["level_source"]) == (8, "attribute")
    assert explained("--customer", "u-1", "--page-attr", "vip=2")["level"] == 8
    assert explained("--customer", "nobody", "--page-attr", "vip=9")["level"] == 0


def test_agents_are_assigned_in_turn(site, tmp_path):
    rows = ["id,region"] + [f"u-{n:03},{'上海' if n % 2 else '江苏'}" for n in range(600)]
    load(site, tmp_path, "\n".join(rows))
    where = ["--where", "region=上海", "--agent", "anna", "--agent", "bo"]
    told = json.loads(done(run(site, "assign-agent", *where, "--preview", "--json")))
    assert told["looked"] == 600 and told["assigned"] == 300
    assert "dedicated_agent" not in known(site, "u-001")
    told = json.loads(done(run(site, "assign-agent", *where, "--json")))
    assert told["assigned"] == 300 and told["already"] == 0
    assert told["agents"] == [{"agent": "anna", "customers": 150}, {"agent": "bo", "customers": 150}]
    assert known(site, "u-001")["dedicated_agent"] == "anna"
    assert known(site, "u-003")["dedicated_agent"] == "bo"
    assert "dedicated_agent" not in known(site, "u-002")
    assert "300 had the same one before" in done(run(site, "assign-agent", *where))
    result = run(site, "assign-agent", "--where", "a=b", "--agent", "nobody")
    assert result.returncode == 1 and "there are anna, bo" in result.stderr


def test_assigning_to_nobody_tells_which_condition_is_to_blame(site, tmp_path):
    def said(*where):
        pairs = [word for pair in where for word in ("--where", pair)]
        return done(run(site, "assign-agent", *pairs, "--agent", "anna"))

    assert "nothing is known of any customer of this site" in said("vip=8")
    load(site, tmp_path, "id,region,vip\nu-1,east,8\nu-2,west,1\n")
    out = said("vip=9", "regin=east", "region=east")
    assert "nobody fits, nothing is changed" in out and "customers looked at: 2" in out
    assert "vip=9: fits none; 2 have another `vip`" in out
    assert "regin=east: of nobody a `regin` is known" in out and "region=east: fits 1" in out
    assert "nobody fits all of them" in said("vip=8", "region=west")


def test_one_customer_is_changed_by_hand(site):
    done(run(site, "set", "u-1", "vip=8", "member=gold", "--dedicated", "anna"))
    done(run(site, "set", "u-1", "--remove", "vip", "--no-dedicated"))
    assert known(site, "u-1")["attributes"] == {"member": "gold"}
    assert "dedicated_agent" not in known(site, "u-1")
    assert run(site, "set", "u-1", "--dedicated", "nobody").returncode == 1


def test_a_customer_of_whom_nothing_is_known_is_said_to_be_unknown(site):
    for arguments in (["get", "u-9"], ["get", "u-9", "--json"]):
        result = run(site, *arguments)
        assert (result.returncode, result.stdout) == (1, "")
        assert "nothing is known of a customer `u-9`" in result.stderr


def test_a_change_without_anything_to_change_says_what_there_is(site):
    result = run(site, "set", "u-1")
    assert result.returncode == 64
    for word in ("nothing to change", "name=value", "--remove", "--dedicated", "--no-dedicated"):
        assert word in result.stderr
    result = run(site, "set", "u-1", "note=" + "a" * 1025)
    assert result.returncode == 64 and "1025 bytes for note; allowed: at most 1024" in result.stderr
    assert run(site, "set", "u-1", "note=" + "a" * 1024).returncode == 0


def test_an_unknown_site_is_told_with_those_there_are(site):
    where = ["--redis", site.hub.redis_url] if site.hub.redis_url else [
        "--data", str(site.hub.data)]
    for command in (["customers", "get", "u-1"], ["journal"], ["versions"], ["rollback"],
                    ["explain"], ["versions", "--show", "3"]):
        result = chathub(*command, "--site", "nowhere", *where)
        assert result.returncode == 1, (command, result)
        assert "the hub knows no site `nowhere`; it knows " in result.stderr, (command, result)
        assert site.name in result.stderr


def test_agent_knows_and_says_things_of_his_own_customers(site):
    customer, anna, session = site.pair()
    who = customer.welcome["you"]["id"]
    assert anna.request("customer.get", customer=who)["customer"]["last_agent"] == "anna"
    told = anna.request("customer.set", customer=who, attributes={"vip": 8, "old": 1})["customer"]
    assert told["attributes"] == {"vip": 8, "old": 1}
    told = anna.request("customer.set", customer=who, remove=["old"])["customer"]
    assert told["attributes"] == {"vip": 8}
    assert anna.refused("customer.set", customer=who, dedicated_agent="anna") == "forbidden"
    bo = site.agent("bo").online()
    assert bo.refused("customer.get", customer=who) == "not_found"
    assert bo.refused("customer.set", customer=who, attributes={"vip": 9}) == "not_found"
    zoe = site.supervisor("zoe")
    told = zoe.request("customer.set", customer=who, dedicated_agent="bo")["customer"]
    assert told["dedicated_agent"] == "bo"
    assert zoe.refused("customer.set", customer=who, dedicated_agent="nobody") == "not_found"
    anna.request("session.close", session=session)
    assert anna.refused("customer.get", customer=who) == "not_found"


def test_an_agent_who_comes_back_still_knows_his_customers(site):
    customer, anna, session = site.pair()
    anna.drop()
    anna = site.agent("anna")
    assert [one["session"] for one in anna.welcome["sessions"]] == [session]
    who = customer.welcome["you"]["id"]
    assert anna.request("customer.get", customer=who)["customer"]["id"] == who


# -- Ratings -------------------------------------------------------------------------------------

def test_customer_rates_and_the_agent_hears_of_it(site):
    customer, anna, session = site.pair()
    who = customer.welcome["you"]["id"]
    anna.request("session.close", session=session)
    customer.expect_state(session, "closed")
    customer.request("session.rate", session=session, key="r-1", score=2, reasons=["slow"],
                     comment="谢谢")
    anna.expect("session.rated", session=session, customer=who, score=2, reasons=["slow"],
                comment="谢谢")
    # The same again is the same rating; other words under its key are not.
    customer.request("session.rate", session=session, key="r-1", score=2, reasons=["slow"],
                     comment="谢谢")
    assert customer.refused("session.rate", session=session, key="r-1", score=5) == "key_conflict"
    customer.request("session.rate", session=session, key="r-2", score=4)
    anna.expect("session.rated", session=session, score=4)
    assert len(anna.all("session.rated")) == 2
    ratings = known(site, who)["ratings"]
    assert [(rating["agent"], rating["score"]) for rating in ratings] == [("anna", 4)]


def test_only_his_own_session_is_a_customers_to_rate(site):
    customer, anna, session = site.pair()
    stranger = site.customer()
    assert stranger.refused("session.rate", session=session, key="r", score=1) == "not_found"
    assert anna.refused("session.rate", session=session, key="r", score=5) == "forbidden"
    assert not anna.all("session.rated")
