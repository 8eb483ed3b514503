"""A TCP line between a browser and the hub that a story can cut, freeze and mend."""

from __future__ import annotations

import select
import socket
import threading


class Line:
    """Listens on a port of its own and passes everything on to `port`, while it is whole."""

    def __init__(self, port: int):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.http = f"http://127.0.0.1:{self.port}"
        self.is_whole = threading.Event()
        self.is_flowing = threading.Event()
        self.is_whole.set()
        self.is_flowing.set()
        self.pairs: set[tuple[socket.socket, socket.socket]] = set()
        self.lock = threading.Lock()
        self.ended = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Every connection breaks, and new ones are refused until `mend`."""
        self.is_whole.clear()
        with self.lock:
            pairs = list(self.pairs)
        for pair in pairs:
            self._end(pair)

    def freeze(self) -> None:
        """Connections stay, nothing passes: a network that is silently gone."""
        self.is_flowing.clear()

    def mend(self) -> None:
        self.is_whole.set()
        self.is_flowing.set()

    def close(self) -> None:
        self.ended = True
        self.listener.close()
        self.cut()
        self.is_flowing.set()

    def _accept(self) -> None:
        while not self.ended:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if not self.is_whole.is_set():
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self.lock:
                self.pairs.add((near, far))
            threading.Thread(target=self._carry, args=((near, far),), daemon=True).start()

    def _carry(self, pair: tuple[socket.socket, socket.socket]) -> None:
        near, far = pair
        try:
            while True:
                for source in select.select([near, far], [], [])[0]:
                    data = source.recv(65_536)
                    self.is_flowing.wait()
                    if not data:
                        return
                    (far if source is near else near).sendall(data)
        except (OSError, ValueError):
            return
        finally:
            self._end(pair)

    def _end(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self.lock:
            self.pairs.discard(pair)
        for one in pair:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the other side was faster
            one.close()
