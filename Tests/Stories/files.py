"""Files for the stories: contents of every kind, uploads and downloads over bare HTTP."""

from __future__ import annotations

import base64
import hmac
import http.client
import json
import struct
import zlib
from typing import NamedTuple

from client import new_key


def png(side: int = 8) -> bytes:
    """A red square."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\x00" + b"\xff\x00\x00" * side for _ in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ZIP = b"PK\x05\x06" + bytes(18)
HTML = "<!doctype html><script>alert(document.cookie)</script>你好\n".encode()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


def http_request(hub, method: str, path: str, body: bytes | None = None,
                 headers: dict[str, str] | None = None) -> Reply:
    line = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
    try:
        line.request(method, path, body=body, headers=headers or {})
        answer = line.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        line.close()


def offer(person, session: str, content: bytes, name: str = "file", **more) -> dict:
    return person.request("file.offer", session=session, key=more.pop("key", None) or new_key(),
                          name=name, bytes=more.pop("bytes", len(content)), **more)


def upload(hub, person, session: str, content: bytes, name: str = "file", **more) -> str:
    """The file, offered and uploaded."""
    offered = offer(person, session, content, name, **more)
    answer = http_request(hub, "PUT", offered["upload"], content)
    assert answer.status == 201, answer
    assert answer.json["file"] == offered["file"] and answer.json["bytes"] == len(content)
    return offered["file"]


def send(hub, person, session: str, content: bytes, name: str = "file", **more) -> str:
    """The file, in a message."""
    file = upload(hub, person, session, content, name)
    person.request("message.send", session=session, key=new_key(), file=file, **more)
    return file


def ticket(address: str) -> list[str]:
    """What a signed address says, a line a part; the eighth is when it expires, in ms."""
    text = address.split("?t=")[1].split(".")[0]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split("\n")


def expiry(address: str) -> int:
    return int(ticket(address)[7])


def signed(key: bytes, address: str, expires_at: float) -> str:
    """The same address with another end of its time, signed as the hub does."""
    parts = ticket(address)
    parts[7] = str(int(expires_at))
    text = "\n".join(parts).encode()
    mark = hmac.digest(key, b"chathub file 1\n" + text, "sha256")
    coded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (text, mark)]
    return f"{address.split('?')[0]}?t={coded[0]}.{coded[1]}"


def fetch(hub, person, session: str, file: str) -> Reply:
    link = person.request("file.link", session=session, file=file)
    return http_request(hub, "GET", link["url"])
