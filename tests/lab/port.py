"""One port of the lab: HTTP over a socket of 127.0.0.1, with latency, faults and the account of requests."""

import select
import socket
import ssl
import sys
import threading
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.lab.call import FREELY, Asked, Call, Reply, Service
from tests.lab.faults import Fault
from tests.lab.gate import Gate
from tests.lab.record import Record, Served

GARBAGE = b"\x16\x03\x01\x00<html>\x00{]\xff\xfe not a document"
PIECE = 1 << 14  # of a body: a client that has enough hangs up between two of them
GONE = (ConnectionError, TimeoutError, ssl.SSLError, ValueError)  # ValueError: written to a closed file
DONE_TO_THE_CONNECTION = ("hang", "garbage", "truncated", "closed", "slow")


class Port(ThreadingHTTPServer):
    """Serves one API until it is stopped; a thread per connection."""

    daemon_threads = False  # so that closing waits for them and no socket outlives a test
    request_queue_size = 512

    def __init__(  # noqa: PLR0917
        self,
        service: Service,
        gate: Gate,
        record: Record,
        latency: float,
        tls: ssl.SSLContext | None = None,
        at: datetime | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.service, self.gate, self.record, self.latency, self.tls = service, gate, record, latency, tls
        self.date = format_datetime(at, usegmt=True) if at else ""
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="lab-port")

    @property
    def url(self) -> str:
        """Where clients go."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Let every waiting request go, and close."""
        self.stopping.set()
        self.shutdown()
        with self._lock:
            for connection in self._open:
                _hang_up(connection)
        self.server_close()
        self._thread.join()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.tls:  # the handshake is the connection's own thread's work
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if error is not None and not isinstance(error, GONE):
            self.record.errors.append(error)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Port

    def setup(self) -> None:
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()  # for as long as the client takes, or until the port stops
        super().setup()

    def do_GET(self) -> None:
        self._exchange()

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET  # noqa: N815 - the base class's names

    def _exchange(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, self.path, headers, self.rfile.read(length))
        asked = self.server.service.understand(call)
        with self.server.record.request(Served(asked.source, asked.name, asked.arguments)):
            if self.server.latency:
                self.server.stopping.wait(self.server.latency)
            self._respond(asked)

    def _respond(self, asked: Asked) -> None:
        try:
            passage = self.server.gate.passage(asked)
            if passage.fault is None:
                reply = self.server.service.answer(asked, passage)
            elif passage.fault.kind in DONE_TO_THE_CONNECTION:
                return self._spoil(asked, passage.fault)
            else:
                reply = self.server.service.refuse(asked, passage.fault)
        except Exception as error:
            self.server.record.errors.append(error)
            reply = Reply(500, f"the lab itself failed: {error!r}".encode())
        return self._send(asked, reply)

    def _spoil(self, asked: Asked, fault: Fault) -> None:
        match fault.kind:
            case "slow":
                self.server.stopping.wait(fault.seconds)
                self._send(asked, self.server.service.answer(asked, FREELY))
            case "hang":
                self._hold()
                self.close_connection = True
            case "garbage":
                self._send(asked, Reply(200, GARBAGE, (("Content-Type", "application/json"),)))
            case "truncated":
                reply = self.server.service.answer(asked, FREELY)
                self._send(asked, reply, kept=len(reply.body) // 2)
                self.close_connection = True
            case _:
                self.close_connection = True

    def _hold(self) -> None:
        """Wait for the client to leave; whatever it sends meanwhile can only be its farewell."""
        while not self.server.stopping.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.05)
            if readable:
                return

    def _send(self, asked: Asked, reply: Reply, kept: int | None = None) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        body = memoryview(reply.body)[:kept]
        for start in range(0, len(body), PIECE):
            piece = body[start : start + PIECE]
            self.server.record.sent(asked.name, len(piece))
            self.wfile.write(piece)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The served moment, where the port has one: a recorded answer is dated as it was."""
        return self.server.date or super().date_time_string(timestamp)  # type: ignore[arg-type]

    def log_message(self, *_: Any) -> None:
        """Say nothing: the record knows."""


def _hang_up(connection: socket.socket) -> None:
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return  # it has already gone
