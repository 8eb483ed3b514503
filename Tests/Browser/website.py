"""A website of somebody else, on another origin than the hub's: `localhost` and `127.0.0.1` differ."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from hub import free_port

PORT = free_port()
WEBSITE = f"http://localhost:{PORT}"


@contextmanager
def serving(pages: dict[str, tuple[str, str]], **headers: str):
    """Serves `pages` (path to content type and text) at `WEBSITE`; other paths are not there."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            kind, body = pages.get(self.path, ("text/plain", ""))
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", kind)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            """Requests are not worth a line."""

    server = ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield WEBSITE
    finally:
        server.shutdown()
        server.server_close()
