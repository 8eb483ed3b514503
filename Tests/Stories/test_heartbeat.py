"""Heartbeats are JSON frames: who answers lives, who does not is let go, and nobody is misled."""

import time

import pytest

from hub import eventually


@pytest.fixture
def beating(hubs):
    """A hub that pings every second."""
    return hubs.at(hubs("plain", environment={"CHATHUB_CONNECTIONS_HEARTBEAT": "1s"}))


@pytest.mark.slow
def test_silent_client_is_closed_and_the_answering_one_stays(beating):
    customer = beating.customer()
    assert customer.welcome["heartbeat_ms"] == 1000
    dead = beating.customer()
    dead.answers_pings = False
    dead.expect_closed(4001, within=15)
    assert not customer.is_closed and len(customer.all("ping")) >= 2
    # He may come back, and the living one goes on.
    beating.back(dead)
    assert customer.start()


@pytest.mark.slow
def test_client_that_answers_a_ping_before_hello_is_not_punished(beating):
    """Whatever the hub says first, an honest answer to it costs nothing."""
    client = beating.client()
    began = time.monotonic()
    eventually("a heartbeat or two have gone by",
               lambda: client.all("ping") or time.monotonic() - began > 2.5, within=4)
    if client.all("ping"):
        # The client here has answered it; that must be allowed.
        assert client.ask("hello", role="customer", site="plain")["type"] == "ok"
        assert not client.all("error"), client.all("error")
    else:
        assert client.ask("hello", role="customer", site="plain")["type"] == "ok"


@pytest.mark.slow
def test_any_frame_is_a_sign_of_life(beating):
    customer = beating.customer()
    customer.answers_pings = False
    session = customer.start()

    def talked_through_five_pings():
        customer.request("read", session=session, seq=0)
        return len(customer.all("ping")) >= 5

    eventually("five pings", talked_through_five_pings, within=15, every=0.3)
    assert not customer.is_closed
