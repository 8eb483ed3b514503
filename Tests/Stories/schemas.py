"""The JSON Schemas of Protocol/frames: every frame the hub sends in a story is checked by them."""

from __future__ import annotations

import functools
import json

from hub import REPOSITORY

FRAMES = REPOSITORY / "Protocol" / "frames"

#: Answers with a schema of their own, by the request's type.
ANSWERS = {
    "hello": "hello.ok", "history": "history.ok", "message.send": "message.send.ok",
    "session.start": "session.ok", "offer.accept": "session.ok", "status.set": "status.set.ok",
    "session.pick": "session.ok", "session.assign": "session.ok",
    "file.offer": "file.offer.ok", "file.link": "file.link.ok",
    "session.explain": "session.explain.ok", "session.take": "session.ok",
    "session.invite": "session.ok", "session.join": "session.ok",
    "session.transfer": "session.ok", "session.transfer.cancel": "session.ok",
    "session.watch": "session.ok", "session.note": "session.note.ok",
    "session.whisper": "session.note.ok", "session.notes": "session.notes.ok",
    "agents.list": "agents.list.ok", "canned.list": "canned.list.ok",
    "session.wrap": "session.ok", "session.tag": "session.ok", "agent.set": "status.set.ok",
    "message.leave": "message.leave.ok", "message.take": "session.ok",
    "queue.choose": "queue.choose.ok",
    "session.human": "session.ok",
    "sessions.list": "sessions.list.ok",
    "session.reopen": "session.ok",
    "customer.sessions": "customer.sessions.ok",
    "customer.get": "customer.get.ok", "customer.set": "customer.get.ok",
}
EVENTS = {"typing": "typing.event", "read": "read.event"}


@functools.cache
def validator(name: str):
    import jsonschema

    path = FRAMES / f"{name}.schema.json"
    if not path.exists():
        return None
    return jsonschema.Draft202012Validator(json.loads(path.read_text("utf-8")))


def problems(frame: dict, request: str | None = None) -> list[str]:
    """What is wrong with a frame of the hub; `request` is the type that an answer answers."""
    type_ = frame.get("type")
    name = ANSWERS.get(request or "", "ok") if type_ == "ok" else EVENTS.get(type_, type_)
    checker = validator(name)
    if checker is None:
        return [f"no schema {name}"] if FRAMES.exists() else []
    return [f"{name}: {error.json_path}: {error.message[:200]}"
            for error in checker.iter_errors(frame)]


def codes() -> dict[str, dict]:
    """Error codes of codes.json by name."""
    table = json.loads((REPOSITORY / "Protocol" / "codes.json").read_text("utf-8"))
    return {entry["code"]: entry for entry in table["errors"]}


def closes() -> dict[int, dict]:
    table = json.loads((REPOSITORY / "Protocol" / "codes.json").read_text("utf-8"))
    return {entry["code"]: entry for entry in table["closes"]}


def vectors(kind: str, sender: str = "client") -> list[tuple[str, dict]]:
    """(name, vector) of all files of Protocol/vectors/<kind> that a sender's frames are in."""
    found = []
    for path in sorted((REPOSITORY / "Protocol" / "vectors" / kind).glob("*.json")):
        content = json.loads(path.read_text("utf-8"))
        if content.get("from", "client") == sender:
            found += [(f"{path.stem}: {vector['name']}", vector) for vector in content["vectors"]]
    return found
