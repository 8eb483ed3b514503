"""The Protocol folder by itself: schemas, vectors, codes and pages agree.

The Swift and the web codec read the same vectors; here the JSON Schemas meet them.
"""

import base64
import json
from pathlib import Path

import jsonschema
import pytest
import yaml

PROTOCOL = Path(__file__).resolve().parents[2] / "Protocol"
SCHEMAS = sorted((PROTOCOL / "frames").glob("*.schema.json"))
VALID = sorted((PROTOCOL / "vectors" / "valid").glob("*.json"))
INVALID = sorted((PROTOCOL / "vectors" / "invalid").glob("*.json"))


def test_folders_are_not_empty():
    assert len(SCHEMAS) > 20 and len(VALID) > 20 and INVALID
    assert list((PROTOCOL / "conversations").glob("*.yaml"))


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_schema_is_a_schema(path):
    schema = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == path.name.removesuffix(".schema.json")
    assert schema["type"] == "object" and "type" in schema["required"]


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_vectors_pass_their_schema(path):
    content = json.loads(path.read_text("utf-8"))
    schema = json.loads((PROTOCOL / content["schema"]).read_text("utf-8"))
    checker = jsonschema.Draft202012Validator(schema)
    assert content["vectors"]
    for vector in content["vectors"]:
        line = vector.get("line") or base64.b64decode(vector["base64"]).decode("utf-8")
        errors = [error.message for error in checker.iter_errors(json.loads(line))]
        assert not errors, f"{path.stem}, {vector['name']}: {errors}"


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_vectors_name_known_codes(path):
    codes = {entry["code"] for entry in errors_table()}
    for vector in json.loads(path.read_text("utf-8"))["vectors"]:
        assert vector["error"]["code"] in codes, vector["name"]


def test_every_frame_has_its_page():
    pages = {page.stem for page in (PROTOCOL / "frames").glob("*.md")}
    bases = {path.name.removesuffix(".schema.json") for path in SCHEMAS}
    for name in bases:
        base = name.removesuffix(".ok").removesuffix(".event")
        assert base in pages or name == "session.ok", f"{name} has a schema and no page"
    assert not [page for page in pages if page not in bases], "a page without a schema"


def errors_table():
    return json.loads((PROTOCOL / "codes.json").read_text("utf-8"))["errors"]


def test_codes_are_said_once_and_say_what_to_do():
    table = json.loads((PROTOCOL / "codes.json").read_text("utf-8"))
    names = [entry["code"] for entry in table["errors"]]
    assert len(names) == len(set(names))
    for entry in table["errors"]:
        assert entry["meaning"] and isinstance(entry["retryable"], bool)
    for entry in table["closes"]:
        assert entry["reconnect"] is (entry["code"] < 4500), entry


def test_asyncapi_names_every_frame():
    document = yaml.safe_load((PROTOCOL / "asyncapi.yaml").read_text("utf-8"))
    text = json.dumps(document)
    for path in SCHEMAS:
        assert path.name in text, f"asyncapi.yaml does not name {path.name}"
