"""Fixtures of the stories.

Most stories share one hub with two workers (`shared_hub`), and each has a site of its own on it, so
that nobody meets another story's customers: `@pytest.mark.site("plain", grace=...)` names the base
file in `sites/` and the members it changes. Stories that stop, kill or starve something start hubs
of their own (`hubs`).
"""

from __future__ import annotations

import itertools
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from client import Agent, Client, Customer  # noqa: E402
from hub import Hub, Redis, render_site  # noqa: E402
from raw import RawPeer  # noqa: E402
import tokens  # noqa: E402

#: Agents of sites/*.yaml stand in groups under these names.
PRE_SALES, AFTER_SALES, FLOATERS = "pre-sales", "after-sales", "floaters"


def pytest_configure(config):
    config.addinivalue_line("markers", "site(base, **changes): the story's own site")
    config.addinivalue_line("markers", "slow: left out by --fast")
    config.addinivalue_line("markers", "fault: kills or freezes processes")


def site_name(item) -> str:
    """A name from the story's own, unique and inside the alphabet of site names."""
    plain = re.sub(r"[^a-z0-9]+", "-", item.name.lower()).strip("-")
    return f"{plain[:30].strip('-')}-{item.config.site_numbers[item.nodeid]}"


def pytest_collection_modifyitems(session, config, items):
    config.site_numbers = {item.nodeid: number for number, item in enumerate(items)}


@pytest.fixture(scope="session")
def shared_sites(request, tmp_path_factory) -> list[Path]:
    """One rendered site file for each collected story that wants one on the shared hub."""
    folder = tmp_path_factory.mktemp("sites")
    files = []
    for item in request.session.items:
        if "site" in getattr(item, "fixturenames", ()):
            marker = item.get_closest_marker("site")
            base = marker.args[0] if marker and marker.args else "plain"
            changes = marker.kwargs if marker else {}
            files.append(render_site(folder, base, site_name(item), **changes))
    return files or [render_site(folder, "plain")]


@pytest.fixture(scope="session")
def shared_hub(shared_sites, tmp_path_factory):
    hub = Hub(tmp_path_factory.mktemp("hub"), shared_sites, workers=2)
    hub.start(within=60)
    yield hub
    code = hub.stop()
    assert code == 0, f"the shared hub ended with {code}\n{hub.log_end()}"
    crashes = re.findall(r"(?i)^.*(?:fatal error|segmentation fault|crashed).*$", hub.log(), re.M)
    assert not crashes, crashes


class Site:
    """One site of one hub, and the people a story makes there; all are closed at its end."""

    def __init__(self, hub: Hub, name: str):
        self.hub = hub
        self.name = name
        self.people: list[Client] = []
        self.counter = itertools.count(1)

    def keep(self, client):
        self.people.append(client)
        return client

    def customer(self, hub: Hub | None = None, **hello) -> Customer:
        """An anonymous visitor, or one with a token when `who` is given."""
        who = hello.pop("who", None)
        if who:
            attributes = hello.pop("trusted", None)
            more = {"attributes": attributes} if attributes else {}
            hello["token"] = self.token("customer", who, **more)
        hello.setdefault("name", f"customer {next(self.counter)}")
        return self.keep(Customer((hub or self.hub).url, self.name, **hello))

    def agent(self, who: str = "anna", hub: Hub | None = None, **hello) -> Agent:
        token = hello.pop("token", None) or self.token("agent", who)
        return self.keep(Agent((hub or self.hub).url, self.name, token, name=who, **hello))

    def supervisor(self, who: str = "zoe", **hello) -> Agent:
        token = self.token("supervisor", who)
        return self.keep(
            Agent(self.hub.url, self.name, token, role="supervisor", name=who, **hello))

    def token(self, role: str, who: str, seconds: float = 3600, **more) -> str:
        """As `chathub token` makes it, without starting a process each time."""
        key = tokens.key_of(self.hub.data)
        return tokens.sign(key, tokens.claims(self.name, role, who, seconds, **more))

    def client(self, **options) -> Client:
        """A bare connection that has said nothing yet."""
        return self.keep(Client(self.hub.url, **options))

    def raw(self) -> RawPeer:
        """A TCP connection that has not shaken hands yet."""
        peer = RawPeer(self.hub.port)
        self.people.append(peer)
        return peer

    def elsewhere(self, other, make):
        """What `make()` gives, on another node than `other`: connections are spread by the kernel,
        so this tries until it is so."""
        for _ in range(60):
            person = make()
            if person.welcome["node"] != other.welcome["node"]:
                return person
            person.close()
        raise AssertionError("sixty connections in a row came to one node")

    def pair(self, text: str | None = None, agent: str = "anna"):
        """A customer and an agent in an active session, on two nodes where there are two."""
        customer = self.customer()
        server = self.agent(agent)
        if self.hub.workers_wanted > 1 and server.welcome["node"] == customer.welcome["node"]:
            server.close()
            server = self.elsewhere(customer, lambda: self.agent(agent))
        server.online()
        session = customer.start(**({"text": text} if text else {}))
        if server.offered(session):
            server.accept(session)
        customer.expect_state(session, "active")
        return customer, server, session

    def back(self, person, hub: Hub | None = None, **fields):
        """The person again, on a new connection."""
        return self.keep(person.back(url=(hub or self.hub).url, **fields))

    def close(self) -> None:
        for person in self.people:
            try:
                person.close()
            except Exception:  # noqa: BLE001 - already gone; the story is over
                pass


@pytest.fixture
def site(request, shared_hub):
    """The story's own site on the shared hub."""
    place = Site(shared_hub, site_name(request.node))
    yield place
    place.close()


@pytest.fixture
def hubs(tmp_path):
    """Makes hubs of the story's own and ends them: `hubs("plain", workers=2)`."""
    made: list[Hub] = []
    places: list[Site] = []

    def make(*sites, start: bool = True, folder: Path | None = None, **options) -> Hub:
        folder = folder or tmp_path / f"hub{len(made)}"
        hub = Hub(folder, sites or ("plain",), **options)
        made.append(hub)
        return hub.start() if start else hub

    def at(hub: Hub, name: str = "plain") -> Site:
        place = Site(hub, name)
        places.append(place)
        return place

    make.at = at
    yield make
    for place in places:
        place.close()
    for hub in made:
        hub.kill_everything()


@pytest.fixture
def redis(tmp_path):
    with Redis(tmp_path / "redis") as server:
        yield server
