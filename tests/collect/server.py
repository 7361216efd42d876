"""A small HTTP server that answers by script, for what goes wrong between two machines."""

import http.server
import json
import threading
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Reply:
    """One answer; `hold` keeps the client waiting until the server closes, `closing` ends the connection."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    hold: bool = False
    closing: bool = False

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


class Server:
    """Replies per path, in order; the last one stays."""

    def __init__(self):
        self.replies: dict[str, list[Reply]] = defaultdict(list)
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self.url = ""

    def on(self, path, *replies):
        self.replies[path].extend(replies)

    def reply(self, asked):
        self.asked.append(asked)
        scripted = self.replies[asked.path] or [Reply(404, b"404 page not found\n")]
        return scripted.pop(0) if len(scripted) > 1 else scripted[0]


@contextmanager
def serving():
    server = Server()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            asked = Asked(self.command, parts.path, parse_qs(parts.query), lowered(self.headers))
            reply = server.reply(asked)
            if reply.hold:
                server.closing.wait(30)
                return
            headers = {"Content-Length": str(len(reply.content)), "Date": self.date_time_string()}
            self.send_response_only(reply.status)
            for name, value in (headers | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.close_connection = self.close_connection or reply.closing
            self.wfile.write(reply.content)

        do_POST = do_GET  # noqa: N815  the name that http.server looks for

        def log_message(self, *_):
            pass

    class Listener(http.server.ThreadingHTTPServer):
        def handle_error(self, *_):
            """A client that leaves early is part of many tests; whatever else fails, its test sees."""

    listener = Listener(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server.url = f"http://127.0.0.1:{listener.server_port}"
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        listener.shutdown()
        listener.server_close()


def lowered(headers):
    """Headers by lower-case name."""
    return {name.lower(): value for name, value in headers.items()}


def status(code, reason, message):
    """A Kubernetes Status object, as API servers write refusals."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": reason,
        "message": message,
        "code": code,
    }


def listed(*items, resume=""):
    """A Kubernetes list."""
    return {
        "kind": "List",
        "apiVersion": "v1",
        "metadata": {"continue": resume} if resume else {},
        "items": list(items),
    }
