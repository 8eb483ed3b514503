"""A site and the people a story makes there."""

from __future__ import annotations

import itertools

import tokens
from client import CUT_OFF, Agent, Client, Customer
from hub import Hub, eventually
from raw import RawPeer


class Site:
    """One site of one hub, and the people a story makes there; all are closed at its end."""

    def __init__(self, hub: Hub, name: str):
        self.hub = hub
        self.name = name
        self.people: list[Client] = []
        self.counter = itertools.count(1)
        #: The signing key, when it is not the one in the hub's data folder.
        self.key: bytes | None = None

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
        key = self.key or tokens.key_of(self.hub.data)
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

    def after_fault(self, make, within: float = 10):
        """What `make()` gives, tried as a real client tries after a fault. For connections made
        right after a process was killed, and nowhere else: until its parent has noticed, the kernel
        goes on giving connections to the dead worker's listener, and they are cut then."""
        def tried():
            try:
                return make()
            except CUT_OFF:
                return None

        return eventually("a connection after the fault", tried, within, every=0.05)

    def close(self) -> None:
        """Everybody leaves; then all they were sent must have been as Protocol/ says."""
        for person in self.people:
            try:
                person.close()
            except Exception:  # noqa: BLE001 - already gone; the story is over
                pass
        strange = [problem for person in self.people if isinstance(person, Client)
                   for problem in person.undocumented()]
        self.people.clear()
        assert not strange, "frames that Protocol/ does not describe:\n" + "\n".join(strange[:10])
