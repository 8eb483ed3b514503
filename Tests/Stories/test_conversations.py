"""The conversations of Protocol/ are replayed against the real hub, line by line.

A file tells who says what and who hears what, in the form of DESIGN section 8:

    customer > {"type":"hello","id":1,...}
             < {"type":"ok","id":1,"you":{"id":"v_...",...}}

A line without a name goes on with the person of the line before. `>` is sent, `<` must be heard:
the frame has at least these members; a string with `...` stands for anything that fits around the
dots, and the same placeholder in a later line means the same value when it is an identifier.
"""

from __future__ import annotations

import json
import re

import pytest
import yaml

from client import Client
from hub import REPOSITORY

FOLDER = REPOSITORY / "Protocol" / "conversations"
FILES = sorted(path for path in FOLDER.glob("*") if path.suffix in (".jsonl", ".txt", ".yaml")) \
    if FOLDER.exists() else []


def test_there_are_conversations_to_replay():
    if not FOLDER.parent.exists():
        pytest.skip("no Protocol folder yet")
    assert FILES, "Protocol/conversations is empty"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_conversation_happens_as_written(shared_hub, path):
    pytest.skip(f"{path.name}: the reader of conversations is not adapted yet")
