"""An SMTP server and a Slack Web API in this process, over real sockets, that keep what they receive and can be told to misbehave."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Mailbox:
    """`answers` are used up one per message: a reply like '451 try later', or 'drop' (accept, then cut the line without a word)."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.answers: list[str] = []
        self.recipient_answers: list[str] = []
        self.sender_answers: list[str] = []

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = self.sender_answers.pop(0) if self.sender_answers else "250 OK"
        if answer.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.recipient_answers:
            answer = self.recipient_answers.pop(0)
            if answer != "ok":
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "ok"
        if answer in ("ok", "drop"):
            message = message_from_bytes(envelope.content, policy=policy.SMTP)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self.raw.append(envelope.content)
            self.recipients += envelope.rcpt_tos
        if answer == "drop":
            server.transport.abort()
            await asyncio.sleep(0)
            return "451 unseen"
        return "250 2.0.0 queued as TEST" if answer == "ok" else answer


@contextmanager
def mailbox(*, smtputf8: bool = True) -> Iterator[tuple[Mailbox, int]]:
    """A mailbox and the port of its server, which offers SMTPUTF8 or not."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=smtputf8)
    controller.start()
    try:
        yield box, controller.port
    finally:
        controller.stop()


class Workspace:
    """Posts with their metadata, and uploaded files. `answers`: an error code, 'http500', 'drop' (take it, cut the line), or 'limit'."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.files: list[dict[str, Any]] = []
        self.answers: list[str] = []
        self.history_error: str | None = None
        self.url = ""

    def handle(self, method: str, form: dict[str, Any]) -> dict[str, Any]:
        if method == "conversations.history":
            if self.history_error:
                return {"ok": False, "error": self.history_error}
            return {"ok": True, "messages": [post for post in self.posts if post["channel"] == form["channel"]]}
        if method == "files.getUploadURLExternal":
            return {"ok": True, "upload_url": f"{self.url}/upload/{form['filename']}", "file_id": f"F{len(self.files)}"}
        if method == "files.completeUploadExternal":
            self.files.append(form)
            return {"ok": True, "files": []}
        return {"ok": False, "error": "unknown_method"}

    def post(self, form: dict[str, Any]) -> str:
        ts = f"1782712800.{len(self.posts):06}"
        for name in ("blocks", "metadata"):
            if isinstance(form.get(name), str):
                form[name] = json.loads(form[name])
        self.posts.append({**form, "ts": ts})
        return ts


@contextmanager
def workspace() -> Iterator[Workspace]:
    """A Slack double; its `url` + '/api/' is a base_url."""
    work = Workspace()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/upload/"):
                self._answer(200, b"OK", "text/plain")
                return
            method = self.path.removeprefix("/api/")
            if "json" in (self.headers.get("Content-Type") or ""):
                form = json.loads(body)
            else:
                form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            if method != "chat.postMessage":
                self._json(200, work.handle(method, form))
                return
            answer = work.answers.pop(0) if work.answers else "ok"
            if answer == "http500":
                self._answer(500, b"oops", "text/plain")
            elif answer == "limit":
                self._json(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "0"})
            elif answer in ("ok", "drop"):
                ts = work.post(form)
                if answer == "drop":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self._json(200, {"ok": True, "channel": form["channel"], "ts": ts})
            else:
                self._json(200, {"ok": False, "error": answer})

        do_GET = do_POST

        def _json(self, status: int, data: dict[str, Any], headers: dict[str, str] | None = None) -> None:
            self._answer(status, json.dumps(data).encode(), "application/json", headers)

        def _answer(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    work.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield work
    finally:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
