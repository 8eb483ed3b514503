"""Everything bad on an open WebSocket has its documented error or close code, and harms nobody else.

`bystander` chats through all of it.
"""

import json
import socket

import pytest

import raw
import schemas
from client import new_key
from hub import eventually

SESSION = "s_" + "0" * 26


LINES = {
    # name: (line, code, field or None, id is told)
    "not json": ("hello there", "bad_json", None),
    "half an object": ('{"type":"pong"', "bad_json", None),
    "an array": ("[1,2]", "bad_frame", None),
    "a string": ('"hello"', "bad_frame", None),
    "a number": ("42", "bad_frame", None),
    "null": ("null", "bad_frame", None),
    "two objects on a line": ('{"type":"pong"}{"type":"pong"}', "bad_json", None),
    "no type": ('{"id":7}', "missing_field", 7),
    "type of wrong kind": ('{"type":5,"id":7}', "bad_field", 7),
    "unknown type": ('{"type":"no.such","id":7}', "unknown_type", 7),
    "type in capitals": ('{"type":"PONG","id":7}', "unknown_type", 7),
    "no id": ('{"type":"history","session":"%s","after":0}' % SESSION, "missing_field", None),
    "id zero": ('{"type":"history","id":0,"session":"%s","after":0}' % SESSION, "bad_field", None),
    "id negative": ('{"type":"pong","id":-1}', "bad_field", None),
    "id fraction": ('{"type":"pong","id":1.5}', "bad_field", None),
    "id text": ('{"type":"pong","id":"7"}', "bad_field", None),
    "id too big": ('{"type":"pong","id":9223372036854775808}', "bad_field", None),
    "id null": ('{"type":"history","id":null,"session":"%s","after":0}' % SESSION, None, None),
    "no session": ('{"type":"message.send","id":7,"key":"k","text":"x"}', "missing_field", 7),
    "session of wrong kind": ('{"type":"message.send","id":7,"session":[],"key":"k","text":"x"}',
                              "bad_field", 7),
    "session malformed": ('{"type":"message.send","id":7,"session":"s_1","key":"k","text":"x"}',
                          "bad_field", 7),
    "no key": ('{"type":"message.send","id":7,"session":"%s","text":"x"}' % SESSION,
               "missing_field", 7),
    "empty key": ('{"type":"message.send","id":7,"session":"%s","key":"","text":"x"}' % SESSION,
                  "bad_field", 7),
    "long key": ('{"type":"message.send","id":7,"session":"%s","key":"%s","text":"x"}'
                 % (SESSION, "k" * 65), "bad_field", 7),
    "key with a control": (
        '{"type":"message.send","id":7,"session":"%s","key":"a\\u0000b","text":"x"}' % SESSION,
        "bad_field", 7),
    "no text": ('{"type":"message.send","id":7,"session":"%s","key":"k"}' % SESSION,
                "missing_field", 7),
    "empty text": ('{"type":"message.send","id":7,"session":"%s","key":"k","text":""}' % SESSION,
                   "bad_field", 7),
    "text of wrong kind": (
        '{"type":"message.send","id":7,"session":"%s","key":"k","text":{"a":1}}' % SESSION,
        "bad_field", 7),
    "text too long": ('{"type":"message.send","id":7,"session":"%s","key":"k","text":"%s"}'
                      % (SESSION, "x" * 8193), "text_too_long", 7),
    "text too long in bytes": (
        '{"type":"message.send","id":7,"session":"%s","key":"k","text":"%s"}'
        % (SESSION, "字" * 2731), "text_too_long", 7),
    "duplicate member": ('{"type":"pong","id":7,"id":8}', "bad_frame", None),
    "lone surrogate": (
        '{"type":"message.send","id":7,"session":"%s","key":"k","text":"\\ud800"}' % SESSION,
        "bad_json", None),
    "bad escape": ('{"type":"pong","x":"\\q"}', "bad_json", None),
    "raw control in a string": ('{"type":"pong","x":"a\tb"}', "bad_json", None),
    "too deep": ('{"type":"pong","x":' + "[" * 9 + "]" * 9 + "}", "bad_frame", None),
    "very deep": ('{"type":"pong","x":' + "[" * 20_000, "bad_frame", None),
    "huge number": ('{"type":"pong","x":1e400}', None, None),
    "leading zero": ('{"type":"pong","x":01}', "bad_json", None),
    "trailing comma": ('{"type":"pong",}', "bad_json", None),
    "single quotes": ("{'type':'pong'}", "bad_json", None),
    "comment": ('{"type":"pong"/*x*/}', "bad_json", None),
    "byte order mark": ('\ufeff{"type":"pong"}', "bad_json", None),
    "NaN": ('{"type":"pong","x":NaN}', "bad_json", None),
    "history both ways": ('{"type":"history","id":7,"session":"%s","after":1,"before":2}' % SESSION,
                          "bad_field", 7),
    "history no way": ('{"type":"history","id":7,"session":"%s"}' % SESSION, "missing_field", 7),
    "history limit 0": ('{"type":"history","id":7,"session":"%s","after":0,"limit":0}' % SESSION,
                        "bad_field", 7),
    "history limit 201": ('{"type":"history","id":7,"session":"%s","after":0,"limit":201}' % SESSION,
                          "bad_field", 7),
    "history after negative": ('{"type":"history","id":7,"session":"%s","after":-1}' % SESSION,
                               "bad_field", 7),
    "typing of wrong kind": ('{"type":"typing","id":7,"session":"%s","typing":"yes"}' % SESSION,
                             "bad_field", 7),
    "read of a negative number": ('{"type":"read","id":7,"session":"%s","seq":-1}' % SESSION,
                                  "bad_field", 7),
    "attributes of wrong kind": ('{"type":"session.start","id":7,"attributes":[]}', "bad_field", 7),
    "attribute nested": ('{"type":"session.start","id":7,"attributes":{"a":{"b":1}}}',
                         "bad_field", 7),
    "long topic": ('{"type":"session.start","id":7,"topic":"%s"}' % ("t" * 65), "bad_field", 7),
    "too many attributes": (
        json.dumps({"type": "session.start", "id": 7,
                    "attributes": {f"a{n}": n for n in range(51)}}), "bad_field", 7),
}


@pytest.mark.parametrize("name", LINES)
def test_bad_line_gets_its_error_and_spoils_no_other(patient, name):
    site, customer = patient
    line, code, number = LINES[name]
    before = len(customer.seen)
    customer.say_raw(line + "\n" + '{"type":"pong","id":%d}' % (10_000 + before))
    # The good line behind it on the same frame is answered as ever.
    customer.answer(10_000 + before)
    errors = [f for f in customer.seen[before:] if f["type"] == "error"]
    if code is None:
        assert len(errors) <= 1
        return
    assert [error["code"] for error in errors] == [code], errors
    assert errors[0].get("id") == number
    assert errors[0]["retryable"] is False and errors[0]["message"]


@pytest.fixture(scope="module")
def patient(commons):
    """One customer for all bad lines: what does not close a connection must leave it usable."""
    return commons, commons.customer()


@pytest.mark.parametrize("name, vector", schemas.vectors("invalid"), ids=lambda v: str(v)[:50])
def test_hub_answers_invalid_vectors_as_written(patient, name, vector):
    """The same vectors the codec is tested with, over a real socket."""
    site, customer = patient
    if "line" not in vector or "\n" in vector["line"]:
        pytest.skip("bytes that no text frame can carry, or more than one line")
    if len(vector["line"].encode()) > 65_000:
        pytest.skip("bigger than a message may be")
    before = len(customer.seen)
    customer.say_raw(vector["line"] + "\n" + '{"type":"pong","id":%d}' % (10_000 + before))
    customer.answer(10_000 + before)
    errors = [f for f in customer.seen[before:] if f["type"] == "error"]
    assert [error["code"] for error in errors] == [vector["error"]["code"]]
    if "field" in vector["error"]:
        assert errors[0].get("field") == vector["error"]["field"]
    assert errors[0].get("id") == vector["error"].get("id")


def test_good_lines_around_a_bad_one_are_all_handled(site, bystander):
    customer, agent, session = bystander
    ids = [900, 901, 902]
    lines = [json.dumps({"type": "message.send", "id": number, "session": session,
                         "key": new_key(), "text": f"t{number}"}) for number in ids]
    customer.say_raw("\n".join([lines[0], "garbage", "", lines[1], "{}", lines[2], ""]))
    assert [customer.answer(number)["seq"] for number in ids] == [1, 2, 3]
    customer.expect_error("bad_json")
    customer.expect_error("missing_field")
    for number in ids:
        agent.expect("message", session=session, text=f"t{number}")


def test_longest_text_passes_and_one_byte_more_does_not(site):
    customer, agent, session = site.pair()
    most = customer.welcome["limits"]["message_bytes"]
    text = "字" * (most // 3) + "x" * (most % 3)
    assert len(text.encode()) == most
    sent = customer.say(session, text)
    assert agent.expect("message", session=session, seq=sent["seq"])["text"] == text
    assert customer.refused("message.send", session=session, key="k2", text=text + "x") \
        == "text_too_long"


def test_error_never_echoes_what_was_sent(site):
    customer = site.customer()
    canary = "canary" + new_key()
    for line in (canary, '{"type":"%s","id":3}' % canary,
                 '{"type":"message.send","id":4,"session":"%s","key":"k","text":"x"}' % canary,
                 '{"type":"session.start","id":5,"topic":{"%s":1}}' % canary):
        customer.say_raw(line)
    customer.barrier()
    errors = [f for f in customer.seen if f["type"] == "error"]
    assert len(errors) >= 4
    assert all(error["message"].count(canary) * len(canary) <= 40 for error in errors), errors


# -- the connection's life -----------------------------------------------------------------------

def test_anything_before_hello_is_refused_and_then_closed(site, bystander):
    client = site.client()
    assert client.refused("session.start") == "hello_expected"
    client.post("session.start")
    client.expect_closed(4503)


def test_second_hello_is_refused_and_the_first_stands(site):
    customer = site.customer()
    assert customer.refused("hello", role="customer", site=site.name) == "already_greeted"
    assert customer.start()


def test_lines_behind_hello_wait_for_its_answer(site):
    client = site.client()
    client.say_raw("\n".join([
        json.dumps({"type": "hello", "id": 1, "role": "customer", "site": site.name}),
        json.dumps({"type": "session.start", "id": 2, "text": "at once"}),
    ]))
    assert client.answer(1)["type"] == "ok"
    started = client.answer(2)
    assert started["type"] == "ok" and started["session"]
    assert [f.get("id") for f in client.seen if f["type"] == "ok"] == [1, 2]


def test_hello_to_an_unknown_site_is_refused(site, bystander):
    client = site.client()
    assert client.refused("hello", role="customer", site="no-such-site") == "unknown_site"
    client.expect_closed(4504)


@pytest.mark.parametrize("fields, code", [
    ({"role": "customer"}, "missing_field"),
    ({"site": "SITE"}, "missing_field"),
    ({"role": "king", "site": "SITE"}, "bad_field"),
    ({"role": 1, "site": "SITE"}, "bad_field"),
    ({"role": "customer", "site": "Not A Site"}, "bad_field"),
    ({"role": "customer", "site": ""}, "bad_field"),
    ({"role": "customer", "site": "SITE", "token": 5}, "bad_field"),
    ({"role": "customer", "site": "SITE", "token": "x" * 9000}, "bad_field"),
    ({"role": "customer", "site": "SITE", "page": "home"}, "bad_field"),
    ({"role": "customer", "site": "SITE", "locale": "x" * 36}, "bad_field"),
    ({"role": "customer", "site": "SITE", "resume": {}}, "bad_field"),
    ({"role": "customer", "site": "SITE", "resume": [{"session": "nope", "after": 0}]}, "bad_field"),
    ({"role": "admin", "site": "SITE"}, "bad_field"),
], ids=lambda value: json.dumps(value)[:60] if isinstance(value, dict) else value)
def test_malformed_hello_is_refused(commons, fields, code):
    client = commons.client()
    fields = {k: commons.name if v == "SITE" else v for k, v in fields.items()}
    assert client.refused("hello", **fields) == code


@pytest.mark.slow
def test_connection_that_says_nothing_is_closed(site):
    client = site.client()
    client.expect_closed(4503, within=20)


def test_hundred_errors_in_a_row_close_the_connection(site, bystander):
    client = site.customer()
    for _ in range(99):
        client.say_raw("garbage")
    client.request("pong")
    # A good frame in between starts the count anew.
    for _ in range(120):
        try:
            client.say_raw("garbage")
        except Exception:  # noqa: BLE001 - closed while we were still sending
            break
    client.expect_closed(4505)


@pytest.mark.site("plain", limits={"frames_per_second": 20, "burst": 40})
def test_too_many_frames_are_refused_retryably(site, bystander):
    client = site.customer()
    assert client.welcome["limits"]["frames_per_second"] == 20
    ids = [client.post("history", session=SESSION, after=0, limit=1) for _ in range(80)]
    answers = [client.answer(number) for number in ids]
    limited = [a for a in answers if a["code"] == "rate_limited"]
    assert 20 <= len(limited) <= 60
    assert all(a["retryable"] is True and 0 < a["retry_after_ms"] <= 60_000 for a in limited)
    eventually("frames are taken again",
               lambda: client.ask("history", session=SESSION, after=0, limit=1)["code"]
               != "rate_limited", within=10, every=0.2)
