"""Tokens: every wrong one is refused with its code, and the connection is closed for good."""

import hashlib
import json
import time

import pytest

import tokens
from client import Client, Refused
from hub import chathub, eventually, render_site
from place import Site


def judged(site, role, token, **hello) -> tuple[str, int | None]:
    """The refusal's code and the close code; ("ok", None) when it was let in."""
    client = Client(site.hub.url)
    site.keep(client)
    answer = client.ask("hello", role=role, site=site.name, token=token, **hello)
    if answer["type"] == "ok":
        return "ok", None
    if answer["code"] == "bad_field":
        return "bad_field", None  # not even the form of a hello: he may say another one
    code = client.expect_closed()
    client.close()
    return answer["code"], code


INVALID = ("unauthorized", 4504)
EXPIRED = ("token_expired", 4507)

FOREIGN = hashlib.sha256(b"another hub's key").digest()


def bad_tokens(site, key) -> dict[str, tuple[str, tuple[str, int]]]:
    """Every wrong token and what it gets."""
    good = tokens.claims(site.name, "agent", "anna")

    def but(**changes):
        body = {**good, **changes}
        return {name: value for name, value in body.items() if value is not None}

    def hs256(**changes):
        return tokens.sign(key, but(**changes))

    signed = tokens.sign(key, good)
    head, body, signature = tokens.parts(signed)
    now = time.time()
    table = {
        "empty": "", "a word": "token", "two parts": f"{head}.{body}",
        "four parts": f"{signed}.{signature}", "empty signature": f"{head}.{body}.",
        "no header": f".{body}.{signature}", "spaces": f" {signed}",
        "padding": signed + "=",
        "alg none": tokens.unsigned(good, "none"), "alg None": tokens.unsigned(good, "None"),
        "alg nOnE": tokens.unsigned(good, "nOnE"),
        "alg none with a signature": tokens.sign(key, good, {"alg": "none", "typ": "JWT"}),
        "alg empty": tokens.sign(key, good, {"alg": "", "typ": "JWT"}),
        "no alg": tokens.sign(key, good, {"typ": "JWT"}),
        "alg HS512": tokens.sign(key, good, {"alg": "HS512"}, hashlib.sha512),
        "alg HS384": tokens.sign(key, good, {"alg": "HS384"}, hashlib.sha384),
        "alg RS256": tokens.sign(key, good, {"alg": "RS256"}),
        "alg ES256": tokens.sign(key, good, {"alg": "ES256"}),
        "header alg lies about HS512": tokens.sign(key, good, {"alg": "HS512"}),
        "alg hs256": tokens.sign(key, good, {"alg": "hs256"}),
        "wrong key": tokens.sign(FOREIGN, good), "empty key": tokens.sign(b"", good),
        "key as text": tokens.sign(key.hex().encode(), good),
        "header flipped": tokens.flipped(signed, 0), "claims flipped": tokens.flipped(signed, 1),
        "signature flipped": tokens.flipped(signed, 2),
        "kid of a path": tokens.sign(key, good, {"alg": "HS256", "kid": "../../dev/null"}),
        "kid unknown": tokens.sign(key, good, {"alg": "HS256", "kid": "nobody"}),
        "kid long": tokens.sign(key, good, {"alg": "HS256", "kid": "k" * 2000}),
        "crit": tokens.sign(key, good, {"alg": "HS256", "crit": ["exp"]}),
        "no exp": hs256(exp=None), "exp text": hs256(exp=str(int(now + 99))),
        "exp negative": hs256(exp=-1), "exp null": tokens.sign(key, {**good, "exp": None}),
        "exp beyond time": tokens.sign(
            key, json.dumps(good).replace(str(good["exp"]), "1e400").encode()),
        "not yet": hs256(nbf=int(now + 3600)),
        "no aud": hs256(aud=None), "other site": hs256(aud="another-site"),
        "several sites": hs256(aud=["another-site", "yet-another"]),
        "aud in capitals": hs256(aud=site.name.upper()), "aud empty": hs256(aud=""),
        "no sub": hs256(sub=None), "sub empty": hs256(sub=""), "sub number": hs256(sub=5),
        "sub with a space": hs256(sub="an na"), "sub too long": hs256(sub="a" * 65),
        "sub with braces": hs256(sub="a}{b"), "sub of a visitor": hs256(sub="v_" + "0" * 26),
        "claims a list": tokens.sign(key, b"[1]"), "claims no JSON": tokens.sign(key, b"{sub:anna}"),
        "a visitor's secret": hs256(use="visitor"),
    }
    found = {name: (token, INVALID) for name, token in table.items()}
    found["expired an hour ago"] = (hs256(exp=int(now - 3600)), EXPIRED)
    found["expired two minutes ago"] = (hs256(exp=int(now - 120)), EXPIRED)
    return found


NAMES = list(bad_tokens(type("S", (), {"name": "x-1"})(), b"k" * 32))


@pytest.mark.parametrize("name", NAMES)
def test_wrong_token_is_refused(token_site, name):
    site, key = token_site
    token, expected = bad_tokens(site, key)[name]
    got = judged(site, "agent", token)
    if name in ("empty", "spaces"):
        # Not even the form of a token: the field itself may be refused.
        assert got[0] in ("unauthorized", "bad_field") and got[0] != "ok"
        return
    assert got == expected, name


@pytest.fixture(scope="module")
def token_site(commons, shared_hub):
    return commons, tokens.key_of(shared_hub.data)


ROLES = ["customer", "agent", "supervisor", "bot", "admin"]
ASKED = ["customer", "agent", "supervisor", "bot"]


@pytest.mark.parametrize("holds", ROLES)
@pytest.mark.parametrize("asks", ASKED)
def test_token_opens_only_its_own_role(token_site, holds, asks):
    site, key = token_site
    token = tokens.sign(key, tokens.claims(site.name, holds, "anna"))
    got, code = judged(site, asks, token)
    may = holds == asks or (holds, asks) == ("supervisor", "agent")
    if may:
        assert got == "ok"
    else:
        assert got in ("forbidden", "unauthorized") and code == 4504


@pytest.mark.parametrize("role", [None, "king", "", 5, ["agent"]], ids=str)
def test_token_without_a_known_role_opens_nothing(token_site, role):
    site, key = token_site
    token = tokens.sign(key, {**tokens.claims(site.name, "agent", "anna"), "role": role})
    assert judged(site, "agent", token)[0] in ("forbidden", "unauthorized")


@pytest.mark.parametrize("role", ["agent", "supervisor", "bot"])
def test_roles_that_serve_need_a_token(token_site, role):
    site, _ = token_site
    client = site.client()
    assert client.refused("hello", role=role, site=site.name) == "unauthorized"
    client.expect_closed(4504)


def test_expiry_within_the_allowed_skew_passes(token_site):
    site, key = token_site
    token = tokens.sign(key, tokens.claims(site.name, "agent", "anna", seconds=-20))
    assert judged(site, "agent", token)[0] == "ok"


@pytest.mark.slow
def test_open_connection_ends_when_its_token_does(site):
    agent = site.agent("anna", token=site.token("agent", "anna", seconds=3))
    # At its end, or when the allowed skew of clocks is over as well.
    agent.expect_closed(4507, within=75)
    assert agent.all("error", code="token_expired")


def test_token_of_one_site_opens_no_other(shared_hub, token_site):
    site, key = token_site
    other = Site(shared_hub, "other-commons")
    token = tokens.sign(key, tokens.claims(other.name, "agent", "anna"))
    assert judged(site, "agent", token) == INVALID
    secret = other.customer().secret
    client = site.client()
    assert client.refused("hello", role="customer", site=site.name, secret=secret) == "unauthorized"
    other.close()


@pytest.mark.parametrize("secret", ["x", "", "a.b.c", "x" * 100])
def test_wrong_secret_is_refused(token_site, secret):
    site, _ = token_site
    client = site.client()
    assert client.refused("hello", role="customer", site=site.name, secret=secret) in (
        "unauthorized", "bad_field")


def test_tampered_secret_is_refused(token_site):
    site, _ = token_site
    customer = site.customer()
    secret = customer.secret
    middle = len(secret) // 2
    other = "A" if secret[middle] != "A" else "B"
    client = site.client()
    assert client.refused("hello", role="customer", site=site.name,
                          secret=secret[:middle] + other + secret[middle + 1:]) == "unauthorized"


def test_customers_token_is_no_secret_and_a_secret_is_no_token(token_site):
    site, key = token_site
    customer = site.customer()
    assert judged(site, "customer", customer.secret)[0] in ("unauthorized", "bad_field")
    token = tokens.sign(key, tokens.claims(site.name, "customer", "c-1"))
    client = site.client()
    assert client.refused("hello", role="customer", site=site.name, secret=token) == "unauthorized"


def test_token_in_the_address_opens_nothing(site):
    token = site.token("agent", "anna")
    client = Client(site.hub.url + f"?token={token}")
    site.keep(client)
    assert client.refused("hello", role="agent", site=site.name) == "unauthorized"


def test_command_makes_tokens_the_hub_takes(site, shared_hub):
    token = shared_hub.token("agent", "anna", site.name)
    assert "\n" not in token and token.count(".") == 2
    agent = site.agent("anna", token=token)
    assert agent.id == "anna" and agent.welcome["you"]["role"] == "agent"


@pytest.mark.parametrize("arguments", [
    ["--site", "Bad Name", "--role", "agent", "--id", "anna"],
    ["--site", "demo", "--role", "king", "--id", "anna"],
    ["--site", "demo", "--role", "agent", "--id", "an na"],
    ["--site", "demo", "--role", "agent", "--id", "v_abc"],
    ["--site", "demo", "--role", "agent", "--id", "anna", "--for", "soon"],
    ["--site", "demo", "--role", "agent", "--id", "anna", "--for", "-5m"],
    ["--site", "demo", "--role", "agent"],
], ids=lambda value: " ".join(value))
def test_command_refuses_wrong_arguments(shared_hub, arguments):
    result = chathub("token", *arguments, "--data", str(shared_hub.data))
    assert result.returncode not in (0, None) and result.returncode < 128
    assert result.stdout == "" and result.stderr


def test_command_without_a_key_says_what_to_do(tmp_path):
    result = chathub("token", "--site", "demo", "--role", "agent", "--id", "anna",
                     "--data", str(tmp_path / "nothing-here"))
    assert result.returncode != 0 and "serve" in result.stderr
    assert not (tmp_path / "nothing-here" / "signing-key").exists()


def test_key_is_made_at_first_start_and_only_its_owner_reads_it(shared_hub):
    path = shared_hub.data / "signing-key"
    assert path.stat().st_mode & 0o077 == 0
    assert len(tokens.key_of(shared_hub.data)) == 32


def test_address_that_keeps_guessing_is_shut_out_for_a_while(hubs):
    path = render_site(hubs.folder(), "plain", limits={
        "failed_hellos_per_address": 5, "trusted_addresses": []})
    site = hubs.at(hubs(path))
    codes = []
    for _ in range(8):
        client = site.client()
        codes.append(client.ask("hello", role="agent", site=site.name, token="x.y.z")["code"])
        client.close()
    assert codes[:5] == ["unauthorized"] * 5 and codes[-1] == "rate_limited", codes
    with pytest.raises(Refused) as refusal:
        site.customer()
    assert refusal.value.code == "rate_limited" and refusal.value.answer["retryable"]


def test_address_may_start_only_so_many_sessions(hubs):
    path = render_site(hubs.folder(), "plain", limits={
        "sessions_per_address": 3, "trusted_addresses": []})
    site = hubs.at(hubs(path))
    for _ in range(3):
        site.customer().start()
    answer = site.customer().ask("session.start")
    assert answer["code"] == "too_many_sessions" and answer["retryable"], answer


def test_address_may_hold_only_so_many_connections(hubs):
    path = render_site(hubs.folder(), "plain", limits={
        "connections_per_address": 4, "trusted_addresses": []})
    site = hubs.at(hubs(path))
    held = [site.customer() for _ in range(4)]
    late = site.client()
    late.expect_closed(4010)
    assert late.all("error", code="rate_limited", retryable=True), late.seen
    assert not held[0].is_closed
    held.pop().close()
    eventually("there is room again", lambda: came_in(site), within=10, every=0.1)


def came_in(site) -> bool:
    try:
        site.customer()
        return True
    except AssertionError:
        return False
