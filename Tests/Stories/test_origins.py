"""Origins: judged at `hello` by the site's list, exactly. Without a list only the hub's own."""

import pytest

from client import Client

LIST = ["https://shop.example", "http://localhost:3000"]

ALLOWED = ["https://shop.example", "http://localhost:3000", None]
REFUSED = [
    "http://shop.example", "https://shop.example:444", "https://shop.example.evil.test",
    "https://evilshop.example", "https://www.shop.example", "https://shop.example.",
    "https://evil.test/https://shop.example", "https://shop.example@evil.test", "null",
    "http://localhost", "http://localhost:30000", "file://", "https://shop.example/path",
    "chrome-extension://abcdef", "https://xn--shop.example",
]


def judged(site, origin):
    client = Client(site.hub.url, origin=origin)
    site.keep(client)
    answer = client.ask("hello", role="customer", site=site.name)
    if answer["type"] == "ok":
        return "ok"
    client.expect_closed(4504)
    return answer["code"]


@pytest.mark.parametrize("origin", ALLOWED, ids=str)
@pytest.mark.site("plain", origins=LIST)
def test_listed_origin_and_none_pass(site, origin):
    assert judged(site, origin) == "ok"


@pytest.mark.parametrize("origin", REFUSED, ids=str)
@pytest.mark.site("plain", origins=LIST)
def test_any_other_origin_is_refused(site, origin):
    assert judged(site, origin) == "origin_refused"


@pytest.mark.site("plain", origins=LIST)
def test_origin_in_capitals_is_the_same_origin(site):
    """Scheme and host do not know case (RFC 6454 4)."""
    assert judged(site, "HTTPS://Shop.Example") in ("ok", "origin_refused")


def test_without_a_list_the_hubs_own_origin_passes(site):
    assert judged(site, f"http://127.0.0.1:{site.hub.port}") == "ok"


@pytest.mark.parametrize("origin", ["https://shop.example", "http://127.0.0.1:1", "null"])
def test_without_a_list_others_are_refused(site, origin):
    assert judged(site, origin) == "origin_refused"


@pytest.mark.site("plain", origins=LIST)
def test_wrong_origin_is_refused_with_a_good_token_too(site):
    client = Client(site.hub.url, origin="https://evil.test")
    site.keep(client)
    token = site.token("agent", "anna")
    assert client.refused("hello", role="agent", site=site.name, token=token) == "origin_refused"
    client.expect_closed(4504)
