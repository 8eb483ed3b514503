"""Tokens as `chathub token` makes them, and all the wrong ones it never makes.

A token is a JWT (RFC 7519): HS256 with the key of the data folder, claims `sub`, `aud` (the site),
`role`, `exp`, and for customers `attributes`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path


def key_of(data: Path) -> bytes:
    """The signing key of a hub's data folder: 64 hexadecimal digits in a file."""
    return bytes.fromhex((data / "signing-key").read_text().strip())


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def claims(site: str, role: str, who: str, seconds: float = 3600, **more) -> dict:
    now = int(time.time())
    return {"sub": who, "aud": site, "role": role, "iat": now, "exp": int(now + seconds), **more}


def sign(key: bytes, body: dict | bytes, header: dict | None = None, digest=hashlib.sha256) -> str:
    head = encoded(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode())
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = f"{head}.{encoded(text)}"
    return f"{signed}.{encoded(hmac.new(key, signed.encode(), digest).digest())}"


def unsigned(body: dict, alg: str) -> str:
    """A token that says it needs no signature."""
    return f"{encoded(json.dumps({'alg': alg, 'typ': 'JWT'}).encode())}.{encoded(json.dumps(body).encode())}."


def parts(token: str) -> list[str]:
    return token.split(".")


def flipped(token: str, part: int) -> str:
    """The token with one bit of one of its three parts turned over."""
    pieces = parts(token)
    raw = bytearray(base64.urlsafe_b64decode(pieces[part] + "=" * (-len(pieces[part]) % 4)))
    raw[len(raw) // 2] ^= 1
    pieces[part] = encoded(bytes(raw))
    return ".".join(pieces)
