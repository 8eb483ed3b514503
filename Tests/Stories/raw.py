"""A WebSocket client that can break every rule: raw bytes over a TCP socket.

Only for stories about bad input; everything it sends is under the story's control.
"""

from __future__ import annotations

import base64
import os
import socket
import struct

TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0


def handshake(port: int, **changes) -> bytes:
    """The bytes of a good opening handshake, with parts changed.

    `method`, `path`, `protocol_version` (HTTP), and headers by name with `_` for `-`: None leaves a
    header out, a list sends it several times.
    """
    method = changes.pop("method", "GET")
    path = changes.pop("path", "/v1/ws")
    version = changes.pop("protocol_version", "HTTP/1.1")
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "chathub.v1",
    }
    by_lower = {name.lower().replace("-", "_"): name for name in headers}
    for name, value in changes.items():
        headers[by_lower.get(name.lower(), name.replace("_", "-").title())] = value
    lines = [f"{method} {path} {version}"]
    for name, value in headers.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                lines.append(f"{name}: {one}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True,
          announced: int | None = None, reserved: int = 0) -> bytes:
    """One frame (RFC 6455 5.2); `announced` lies about the length."""
    length = len(payload) if announced is None else announced
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    mask_bit = 0x80 if masked else 0
    if length < 126:
        head = struct.pack("!BB", first, mask_bit | length)
    elif length < 65_536:
        head = struct.pack("!BBH", first, mask_bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, mask_bit | 127, length)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[index & 3] for index, byte in enumerate(payload))


class RawPeer:
    """One TCP connection. `shake` opens the WebSocket; `next` reads one frame of the hub."""

    def __init__(self, port: int, within: float = 10.0):
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=within)
        self.buffer = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def shake(self, **changes) -> "RawPeer":
        status, _, _ = self.reply_to(handshake(self.port, **changes))
        assert status == 101, f"the handshake got {status}"
        return self

    def reply_to(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        """Sends a request; status, headers and what follows. Status 0: closed without an answer."""
        try:
            self.send(request)
        except (BrokenPipeError, ConnectionResetError):
            return 0, {}, b""
        while b"\r\n\r\n" not in self.buffer:
            chunk = self._receive()
            if not chunk:
                return 0, {}, self.buffer
            self.buffer += chunk
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        return int(lines[0].split(" ")[1]), headers, self.buffer

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(65_536)
        except ConnectionResetError:
            return b""

    def _take(self, count: int) -> bytes | None:
        while len(self.buffer) < count:
            chunk = self._receive()
            if not chunk:
                return None
            self.buffer += chunk
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def next(self) -> tuple[int, bytes] | None:
        """The next frame as (opcode, payload); None when the connection has ended."""
        head = self._take(2)
        if head is None:
            return None
        length = head[1] & 0x7F
        assert not head[1] & 0x80, "a server's frames are not masked"
        if length == 126:
            length = struct.unpack("!H", self._take(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", self._take(8))[0]
        payload = self._take(length) if length else b""
        return (head[0] & 0x0F, payload) if payload is not None else None

    def close_code(self) -> int:
        """Reads to the end; the code of the hub's close frame, 1005 for none in it, 1006 for no
        close frame at all."""
        while True:
            got = self.next()
            if got is None:
                return 1006
            if got[0] == CLOSE:
                return struct.unpack("!H", got[1][:2])[0] if len(got[1]) >= 2 else 1005

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "RawPeer":
        return self

    def __exit__(self, *_) -> None:
        self.close()
