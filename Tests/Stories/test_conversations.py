"""The conversations of Protocol/conversations are replayed against the real hub, line by line.

Their README says how they are written. Each has a site of its own, which stands for `demo`.
"""

from __future__ import annotations

import itertools
import json
import re

import pytest
import yaml

from client import Client
from hub import REPOSITORY

FOLDER = REPOSITORY / "Protocol" / "conversations"
FILES = sorted(FOLDER.glob("*.yaml"))
SITES = {"offer": "conversation-offer", "auto": "conversation-auto"}

STEP = re.compile(r"^(?P<who>\w+)\s*(?P<how>>>|>|!<|<|drops|closes)\s*(?P<what>.*)$", re.S)


def test_there_are_conversations_to_replay():
    assert FILES, "Protocol/conversations is empty"


def cases():
    for path in FILES:
        site = yaml.safe_load(path.read_text("utf-8"))["site"]
        yield pytest.param(path, id=path.stem, marks=pytest.mark.site(SITES[site]))


class Replay:
    """Connections by name, and what placeholders stand for by now."""

    def __init__(self, site):
        self.site = site
        self.people: dict[str, Client] = {}
        self.known: dict[str, object] = {}

    def person(self, name: str) -> Client:
        if name not in self.people:
            self.people[name] = self.site.client(name=name)
            # Requests of ours, such as barriers, must not meet the numbers written in the file.
            self.people[name].numbers = itertools.count(900_000)
        return self.people[name]

    def filled(self, value):
        """What is sent: placeholders become what they stand for."""
        if isinstance(value, dict):
            return {key: self.filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.filled(inner) for inner in value]
        if isinstance(value, str) and value.startswith("$"):
            if value.startswith("$token:"):
                _, role, who = value.split(":")
                return self.site.token(role, who)
            return self.known[value]
        return value

    def fits(self, wanted, got, taken: dict) -> bool:
        """Every member written is there and alike; `taken` collects new placeholders."""
        if isinstance(wanted, str) and wanted.startswith("$"):
            if wanted == "$*":
                return True
            known = self.known.get(wanted, taken.get(wanted))
            if known is None:
                taken[wanted] = got
                return True
            return known == got
        if isinstance(wanted, dict):
            return isinstance(got, dict) and all(
                key in got and self.fits(inner, got[key], taken) for key, inner in wanted.items())
        if isinstance(wanted, list):
            return isinstance(got, list) and len(got) == len(wanted) and all(
                self.fits(one, other, taken) for one, other in zip(wanted, got))
        return type(wanted) is type(got) and wanted == got

    def step(self, text: str) -> None:
        found = STEP.match(text.strip())
        assert found, f"not a step: {text}"
        name, how, what = found["who"], found["how"], found["what"].strip()
        if how == "drops":
            self.people.pop(name).drop()
        elif how == "closes":
            self.person(name).expect_closed(int(what))
        elif how == ">>":
            self.person(name).say_raw(what.replace('"site":"demo"', f'"site":"{self.site.name}"'))
        elif how == ">":
            self.send(name, json.loads(what))
        elif how == "!<":
            self.not_heard(name, json.loads(what))
        else:
            self.heard(name, json.loads(what))

    def send(self, name: str, frame: dict) -> None:
        if frame.get("site") == "demo":
            frame["site"] = self.site.name
        person = self.person(name)
        person.requests[frame.get("id")] = frame.get("type")
        person.say_raw(json.dumps(self.filled(frame), ensure_ascii=False))

    def heard(self, name: str, wanted: dict) -> None:
        person = self.person(name)
        found = person.find(lambda got: self.fits(wanted, got, {}), f"a frame like {wanted}")
        self.fits(wanted, found, self.known)

    def not_heard(self, name: str, wanted: dict) -> None:
        person = self.person(name)
        if not person.is_closed:
            person.barrier()
        assert not [got for got in person.seen if self.fits(wanted, got, {})]


@pytest.mark.parametrize("path", list(cases()))
def test_conversation_happens_as_written(site, path):
    replay = Replay(site)
    for number, step in enumerate(yaml.safe_load(path.read_text("utf-8"))["steps"], 1):
        try:
            replay.step(step)
        except AssertionError as error:
            raise AssertionError(f"{path.name}, step {number}: {step}\n{error}") from None
