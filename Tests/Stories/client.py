"""People for the stories: a customer and an agent over the `websockets` library of PyPI.

Each client has a thread that reads, splits lines, answers `ping` and keeps everything it was sent;
stories wait for frames with a deadline and never sleep.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
import uuid
from typing import Any, Callable

from websockets.exceptions import ConnectionClosed, InvalidMessage
from websockets.sync.client import connect

import schemas

#: Seconds a story waits for one frame. Generous: two cores may run three stories at once.
WAIT = 10.0
ANY = object()


class Missing(AssertionError):
    """A frame that did not come in time; says what came instead."""


class CutOff(Missing):
    """The connection went away, without a close frame, while a frame was waited for."""


class Refused(AssertionError):
    """An error frame where `ok` was expected."""

    def __init__(self, request: dict, answer: dict):
        super().__init__(f"{request} was refused with {answer}")
        self.answer = answer
        self.code = answer.get("code")


#: What a client meets that connects while a process dies: nobody listens, a reset, an end in the
#: middle of the handshake, or one before `hello` is answered.
CUT_OFF = (OSError, InvalidMessage, ConnectionClosed, CutOff)


def new_key() -> str:
    return uuid.uuid4().hex


def matches(frame: dict, type_: str | None, fields: dict) -> bool:
    if type_ is not None and frame.get("type") != type_:
        return False
    return all(name in frame and (value is ANY or frame[name] == value)
               for name, value in fields.items())


class Client:
    """One connection. `seen` holds every frame received, in order; `raw` their lines."""

    def __init__(self, url: str, *, origin: str | None = None, name: str = "client", **options):
        options.setdefault("subprotocols", ["chathub.v1"])
        options.setdefault("compression", None)
        options.setdefault("ping_interval", None)
        options.setdefault("proxy", None)
        options.setdefault("max_size", 4 * 1024 * 1024)
        self.name = name
        self.url = url
        self.numbers = itertools.count(1)
        self.seen: list[dict] = []
        self.raw: list[str] = []
        self.taken: set[int] = set()
        self.requests: dict[int, str] = {}
        self.answers_pings = True
        self.close_code: int | None = None
        self.close_reason: str | None = None
        self.is_closed = False
        self._changed = threading.Condition()
        self._gate = threading.Event()
        self._gate.set()
        # "legacy" is their word for a connection that is not a `with` block.
        self.socket = connect(url, origin=origin, legacy=True, **options)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        try:
            while True:
                message = self.socket.recv()
                self._gate.wait()
                assert isinstance(message, str), "the hub sent a binary frame"
                for line in message.split("\n"):
                    if line:
                        self._take(line)
        except ConnectionClosed as closed:
            self.close_code = closed.rcvd.code if closed.rcvd else 1006
            self.close_reason = closed.rcvd.reason if closed.rcvd else ""
        except OSError:
            self.close_code = 1006
        finally:
            with self._changed:
                self.is_closed = True
                self._changed.notify_all()

    def _take(self, line: str) -> None:
        frame = json.loads(line)
        if frame.get("type") == "ping" and self.answers_pings:
            try:
                self.socket.send('{"type":"pong"}')
            except ConnectionClosed:
                pass
        with self._changed:
            self.raw.append(line)
            self.seen.append(frame)
            self._changed.notify_all()

    # -- saying --------------------------------------------------------------------------------

    def say_raw(self, text: str | bytes) -> None:
        self.socket.send(text)

    def tell(self, type_: str, **fields: Any) -> None:
        """A frame without `id`; it gets no answer when it is good."""
        self.say_raw(json.dumps({"type": type_, **fields}, ensure_ascii=False))

    def post(self, type_: str, **fields: Any) -> int:
        """Sends a request and does not wait; `answer(id)` does."""
        number = fields.pop("id", None) or next(self.numbers)
        self.requests[number] = type_
        self.say_raw(json.dumps({"type": type_, "id": number, **fields}, ensure_ascii=False))
        return number

    def answer(self, number: int, within: float = WAIT) -> dict:
        """The answer to request `number`, good or bad."""
        return self.find(lambda frame: frame.get("type") in ("ok", "error")
                         and frame.get("id") == number, f"the answer to {number}", within)

    def ask(self, type_: str, within: float = WAIT, **fields: Any) -> dict:
        """A request and its answer, good or bad."""
        return self.answer(self.post(type_, **fields), within)

    def request(self, type_: str, within: float = WAIT, **fields: Any) -> dict:
        """A request that must be answered `ok`."""
        answer = self.ask(type_, within, **fields)
        if answer["type"] != "ok":
            raise Refused({"type": type_, **fields}, answer)
        return answer

    def refused(self, type_: str, within: float = WAIT, **fields: Any) -> str:
        """A request that must be refused; its code."""
        answer = self.ask(type_, within, **fields)
        assert answer["type"] == "error", f"{type_} {fields} was not refused but answered {answer}"
        assert isinstance(answer["retryable"], bool) and answer["message"], answer
        return answer["code"]

    # -- hearing -------------------------------------------------------------------------------

    def find(self, wanted: Callable[[dict], bool], what: str, within: float = WAIT) -> dict:
        """The first frame, not taken yet, that `wanted` accepts; it is taken then."""
        deadline = time.monotonic() + within
        start = 0
        with self._changed:
            while True:
                for index in range(start, len(self.seen)):
                    if index not in self.taken and wanted(self.seen[index]):
                        self.taken.add(index)
                        return self.seen[index]
                start = len(self.seen)
                left = deadline - time.monotonic()
                if self.is_closed and self.close_code == 1006:
                    raise CutOff(self._report(what, within))
                if self.is_closed or left <= 0:
                    raise Missing(self._report(what, within))
                self._changed.wait(left)

    def expect(self, type_: str, within: float = WAIT, **fields: Any) -> dict:
        return self.find(lambda frame: matches(frame, type_, fields), f"{type_} {fields}", within)

    def expect_state(self, session: str, state: str, within: float = WAIT, **fields) -> dict:
        return self.expect("session.state", within, session=session, state=state, **fields)

    def expect_error(self, code: str, within: float = WAIT) -> dict:
        """An error frame without `id`, as bad lines get."""
        return self.find(lambda frame: frame.get("type") == "error" and frame.get("code") == code,
                         f"error {code}", within)

    def _report(self, what: str, within: float) -> str:
        rest = [line[:300] for index, line in enumerate(self.raw) if index not in self.taken]
        end = f" (closed with {self.close_code})" if self.is_closed else ""
        return f"{self.name}{end} waited {within} s for {what}; untaken frames:\n" + "\n".join(rest[-30:])

    def undocumented(self, most: int = 400) -> list[str]:
        """What the schemas of Protocol/ say against the first frames received."""
        with self._changed:
            frames = list(self.seen[:most])
        found = []
        for frame in frames:
            request = self.requests.get(frame.get("id")) if frame.get("type") == "ok" else None
            found += [f"{self.name}: {problem} in {str(frame)[:300]}"
                      for problem in schemas.problems(frame, request)]
        return found

    def all(self, type_: str, **fields: Any) -> list[dict]:
        """Every frame of this kind so far, taken or not."""
        with self._changed:
            return [frame for frame in self.seen if matches(frame, type_, fields)]

    def barrier(self) -> None:
        """Returns when the hub has handled all this connection sent, and what it sent is here."""
        self.ask("history", session="s_" + "0" * 26, after=0, limit=1)

    def expect_closed(self, code: int | None = None, within: float = WAIT) -> int:
        deadline = time.monotonic() + within
        with self._changed:
            while not self.is_closed:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Missing(self._report(f"a close with {code}", within))
                self._changed.wait(left)
        if code is not None:
            assert self.close_code == code, f"closed with {self.close_code}, not {code}"
        return self.close_code

    # -- leaving -------------------------------------------------------------------------------

    def stop_reading(self) -> None:
        self._gate.clear()

    def close(self) -> None:
        """Closes politely and waits for the end."""
        self._gate.set()
        self.socket.close()
        self.reader.join(5)

    def drop(self) -> None:
        """Cuts the TCP connection without a close frame, as a lost network would."""
        self._gate.set()
        self.socket.close_socket()
        self.reader.join(5)


class Person(Client):
    """A client that has said `hello`; `welcome` is the answer."""

    def __init__(self, url: str, site: str, role: str, *, origin: str | None = None,
                 name: str | None = None, options: dict | None = None, **hello: Any):
        super().__init__(url, origin=origin, name=name or role, **(options or {}))
        self.site = site
        self.role = role
        self.hello = {key: value for key, value in hello.items() if value is not None}
        self.welcome = self.request("hello", role=role, site=site, **self.hello)
        self.id = self.welcome["you"]["id"]
        self.secret = self.welcome["you"].get("secret") or self.hello.get("secret")

    def say(self, session: str, text: str, key: str | None = None, within: float = WAIT) -> dict:
        return self.request("message.send", within, session=session, key=key or new_key(), text=text)

    def history(self, session: str, **fields: Any) -> dict:
        if "after" not in fields and "before" not in fields:
            fields["after"] = 0
        return self.request("history", session=session, **{"limit": 200, **fields})

    def texts(self, session: str) -> list[str]:
        """The whole conversation as `history` tells it."""
        found, after = [], 0
        while True:
            page = self.history(session, after=after)
            found += [message.get("text") for message in page["messages"]]
            if not page["more"]:
                return found
            after = page["messages"][-1]["seq"]

    def session(self, session: str) -> dict:
        """What `hello` said about one session."""
        for known in self.welcome["sessions"]:
            if known["session"] == session:
                return known
        raise Missing(f"{self.name}: hello's sessions do not name {session}: {self.welcome}")


class Customer(Person):
    def __init__(self, url: str, site: str, **hello: Any):
        super().__init__(url, site, "customer", **hello)

    def start(self, within: float = WAIT, **fields: Any) -> str:
        """Starts a session; its identifier. `started` keeps the whole answer."""
        self.started = self.request("session.start", within, **fields)
        return self.started["session"]

    def active(self, session: str) -> dict:
        """The session's state once an agent has it: told by the answer itself or by an event."""
        if self.started["session"] == session and self.started["state"] == "active":
            return self.started
        return self.expect_state(session, "active")

    def position(self, session: str, within: float = WAIT) -> dict:
        return self.expect("queue.position", within, session=session)

    def place(self, session: str) -> int:
        """Where a customer who came back stands: `hello` says it, or the first position after it."""
        known = self.session(session)
        assert known["state"] == "queued", known
        return known["position"] if "position" in known else self.position(session)["position"]

    def positions(self, session: str) -> list[int]:
        """Every position shown so far."""
        shown = self.all("queue.position", session=session)
        return [frame["position"] for frame in shown if frame.get("position") is not None]

    def credentials(self) -> dict:
        if "token" in self.hello:
            return {"token": self.hello["token"]}
        return {"secret": self.secret}

    def back(self, url: str | None = None, after: dict[str, int] | None = None, epoch=None,
             **hello: Any) -> "Customer":
        """The same person on a new connection; `after` names what it has read, by session."""
        resume = [{"session": session, "after": seq, **({"epoch": epoch} if epoch else {})}
                  for session, seq in (after or {}).items()]
        if resume:
            hello["resume"] = resume
        return Customer(url or self.url, self.site, **self.credentials(), **hello)


class Agent(Person):
    def __init__(self, url: str, site: str, token: str, *, role: str = "agent", **hello: Any):
        super().__init__(url, site, role, token=token, **hello)
        self.token = token

    def status(self, status: str) -> dict:
        return self.request("status.set", status=status)

    def online(self) -> "Agent":
        self.status("online")
        return self

    def offered(self, session: str | None = None, within: float = WAIT) -> dict:
        fields = {"session": session} if session else {}
        return self.expect("offer", within, **fields)

    def accept(self, session: str, within: float = WAIT) -> dict:
        return self.request("offer.accept", within, session=session)

    def take(self, within: float = WAIT) -> str:
        """Waits for an offer and accepts it; the session."""
        session = self.offered(within=within)["session"]
        self.accept(session)
        return session

    def back(self, url: str | None = None, after: dict[str, int] | None = None) -> "Agent":
        resume = [{"session": session, "after": seq} for session, seq in (after or {}).items()]
        return Agent(url or self.url, self.site, self.token, role=self.role,
                     **({"resume": resume} if resume else {}))
