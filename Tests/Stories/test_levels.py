"""Where a customer's level comes from: a parameter of the page, a trusted attribute, or both.

The agent's offer tells the level; the customer is told nothing.
"""

import time

import pytest

import tokens

SIGNED = {"source": "parameter", "parameter": {"name": "level", "trust": "signed", "max": 9}}
PARAMETER = {"source": "parameter", "parameter": {"name": "level", "trust": "unsigned", "max": 9}}
ATTRIBUTE = {"source": "attribute", "attribute": "vip", "default_level": 5}


def level_of(site, **hello) -> int:
    """The level an agent is offered this customer with."""
    start = hello.pop("start", {})
    session = site.customer(**hello).start(**start)
    agent = site.agent("anna").online()
    return agent.offered(session)["level"]


@pytest.mark.parametrize("page, level", [
    ({"level": "7"}, 7),
    ({"level": 7}, 7),
    ({"url": "https://shop.example/orders/1?a=b&level=4#x"}, 4),
    ({"url": "https://shop.example/?level=4", "level": "6"}, 6),
    ({"level": "10"}, 9),
    ({"level": "11"}, 0),
    ({"level": "0"}, 0),
    ({"level": "-3"}, 0),
    ({"level": "VIP"}, 0),
    ({"level": "7.5"}, 0),
    ({"level": "٧"}, 0),
    ({"level": "99999999999999999999"}, 0),
    ({"other": "7"}, 0),
    ({}, 0),
], ids=str)
@pytest.mark.site("levels", vip=PARAMETER)
def test_level_by_unsigned_parameter(site, page, level):
    assert level_of(site, page=page) == level


@pytest.mark.parametrize("trusted, level", [
    ({"vip": True}, 5),
    ({"vip": "yes"}, 5),
    ({"vip": "true"}, 5),
    ({"vip": 8}, 8),
    ({"vip": "3"}, 3),
    ({"vip": 10}, 10),
    ({"vip": 11}, 0),
    ({"vip": False}, 0),
    ({"vip": "no"}, 0),
    ({"member": "gold"}, 0),
], ids=str)
@pytest.mark.site("levels", vip=ATTRIBUTE)
def test_level_by_trusted_attribute(site, trusted, level):
    assert level_of(site, who="c-1", trusted=trusted) == level


@pytest.mark.parametrize("place", ["hello", "start", "page"])
@pytest.mark.site("levels", vip=ATTRIBUTE)
def test_page_cannot_make_itself_important(site, place):
    given = {
        "hello": {"attributes": {"vip": 9}},
        "start": {"start": {"attributes": {"vip": 9}}},
        "page": {"page": {"vip": "9", "level": "9"}},
    }[place]
    assert level_of(site, **given) == 0


@pytest.mark.site("levels", vip=ATTRIBUTE)
def test_page_value_never_replaces_a_trusted_one(site):
    assert level_of(site, who="c-1", trusted={"vip": 2}, attributes={"vip": 9}) == 2


@pytest.mark.parametrize("page, trusted, level", [
    ({"level": "2"}, {"vip": 8}, 2),
    ({"level": "nonsense"}, {"vip": 8}, 8),
    ({}, {"vip": 8}, 8),
    ({"level": "3"}, {}, 3),
    ({}, {}, 0),
], ids=str)
@pytest.mark.site("levels")
def test_combined_takes_a_valid_parameter_first(site, page, trusted, level):
    assert level_of(site, who="c-1", trusted=trusted, page=page) == level


def signed_level(site, seconds=600, key=None, aud=None, **claims) -> str:
    body = {"aud": aud or site.name, "exp": int(time.time() + seconds), **claims}
    return tokens.sign(key or tokens.key_of(site.hub.data), body)


@pytest.mark.site("levels", vip=SIGNED)
def test_signed_parameter_counts(site):
    assert level_of(site, page={"level": signed_level(site, level=6)}) == 6


@pytest.mark.site("levels", vip=SIGNED)
def test_signed_parameter_in_the_address_counts(site):
    link = f"https://shop.example/?level={signed_level(site, level=6)}"
    assert level_of(site, page={"url": link}) == 6


@pytest.mark.site("levels", vip=SIGNED)
def test_signed_parameter_of_another_customer_does_not_count(site):
    token = signed_level(site, level=6, sub="c-2")
    assert level_of(site, who="c-1", page={"level": token}) == 0


@pytest.mark.site("levels", vip=SIGNED)
def test_signed_parameter_of_this_customer_counts(site):
    token = signed_level(site, level=6, sub="c-1")
    assert level_of(site, who="c-1", page={"level": token}) == 6


@pytest.mark.parametrize("wrong", ["plain", "expired", "foreign key", "other site", "no exp", "high"])
@pytest.mark.site("levels", vip=SIGNED)
def test_bad_signed_parameter_is_no_parameter(site, wrong):
    token = {
        "plain": lambda: "6",
        "expired": lambda: signed_level(site, level=6, seconds=-3600),
        "foreign key": lambda: signed_level(site, level=6, key=b"k" * 32),
        "other site": lambda: signed_level(site, level=6, aud="elsewhere"),
        "no exp": lambda: tokens.sign(
            tokens.key_of(site.hub.data), {"aud": site.name, "level": 6}),
        "high": lambda: signed_level(site, level=77),
    }[wrong]()
    assert level_of(site, page={"level": token}) == 0


@pytest.mark.site("levels")
def test_reload_changes_neither_level_nor_place(site):
    customer = site.customer(page={"level": "3"})
    session = customer.start()
    other = site.customer(page={"level": "3"}).start()
    customer.close()
    back = site.back(customer, page={"level": "9"})
    assert back.place(session) == 1
    agent = site.agent("anna").online()
    first = agent.offered()
    assert (first["session"], first["level"]) == (session, 3)
    assert agent.offered()["session"] == other
