"""A TCP line to the hub that says the last message of every conversation once more, a little later:
a fault that the load client must see."""

from __future__ import annotations

import socket
import struct
import threading

#: With nothing heard for so long, the talk is over; well within the load client's last second.
SILENCE_SECONDS = 0.4


class DoublingLine:
    """Passes everything on to `port`; `with DoublingLine(port) as line: line.url`."""

    def __init__(self, port: int):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"ws://127.0.0.1:{self.listener.getsockname()[1]}/v1/ws"

    def __enter__(self) -> "DoublingLine":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=_pass_up, args=(near, far), daemon=True).start()
            threading.Thread(target=_pass_down, args=(far, near), daemon=True).start()


def _pass_up(near: socket.socket, far: socket.socket) -> None:
    try:
        while piece := near.recv(65_536):
            far.sendall(piece)
        far.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # The other side has ended: nothing is left to pass on.


def _pass_down(far: socket.socket, near: socket.socket) -> None:
    far.settimeout(SILENCE_SECONDS)
    held, is_upgraded, last = b"", False, None
    try:
        while True:
            try:
                piece = far.recv(65_536)
            except TimeoutError:
                if last:
                    near.sendall(bytes([0x81, 126]) + struct.pack("!H", len(last)) + last)
                    last = None
                continue
            if not piece:
                near.shutdown(socket.SHUT_WR)
                return
            near.sendall(piece)
            held += piece
            if not is_upgraded:
                if b"\r\n\r\n" not in held:
                    continue
                held, is_upgraded = held.split(b"\r\n\r\n", 1)[1], True
            frames, held = _frames(held)
            lines = [line for frame in frames for line in frame.split(b"\n")]
            last = next((one for one in reversed(lines) if b'"type":"message"' in one), last)
    except OSError:
        pass  # As above.


def _frames(held: bytes) -> tuple[list[bytes], bytes]:
    """The payloads of the whole frames, and what is left; a server's frames are not masked."""
    found = []
    while len(held) >= 2:
        size, start = held[1] & 0x7F, 2
        if size >= 126:
            form, start = ("!H", 4) if size == 126 else ("!Q", 10)
            if len(held) < start:
                break
            size = struct.unpack(form, held[2:start])[0]
        if len(held) < start + size:
            break
        found.append(held[start:start + size])
        held = held[start + size:]
    return found, held
