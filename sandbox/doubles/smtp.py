"""An SMTP server on loopback that keeps what it receives: each message as .eml, its HTML, text and images beside it, and an index.html.

Faults (sandbox/doubles/faults.py, service "smtp"; the routes are the steps of a session: mail, rcpt, body, data):

    status   answer the step with this reply code (4xx or 5xx); on `data` the message is not kept
    cut      on `body` the connection drops before the final dot; on `data` after it: the message IS kept, nobody is told
    drip     answer the step only after `seconds`
"""

from __future__ import annotations

import asyncio
import html
import re
import socket
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any

from base.errors import ConfigError
from sandbox.doubles.faults import Faults

try:
    from aiosmtpd.smtp import SMTP, Envelope, Session, syntax
except ModuleNotFoundError as error:
    raise ConfigError(
        "The simulated company needs the Python package aiosmtpd, which a production environment does not have",
        remedy="Run make env in the checkout to install it.",
    ) from error

_UNSAFE = re.compile(r"[^A-Za-z0-9@._-]+")


class Inbox:
    """The folder of received messages; numbered in the order of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes, recipients: list[str]) -> Path:
        """Store one message and everything a person needs to look at it; returns the .eml."""
        number = 1 + len(list(self.folder.glob("*.eml")))
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        subject = _UNSAFE.sub("-", str(message.get("subject", "message"))).strip("-")[:60]
        stem = f"{number:04d}-{_UNSAFE.sub('-', ','.join(recipients))[:60]}-{subject}"
        path = self.folder / f"{stem}.eml"
        path.write_bytes(content)
        images = self._images(message, stem)
        page, text = message.get_body(("html",)), message.get_body(("plain",))
        if page is not None:
            shown = str(page.get_content())
            for content_id, name in images.items():
                shown = shown.replace(f"cid:{content_id}", name)
            path.with_suffix(".html").write_text(shown, encoding="utf-8")
        if text is not None:
            path.with_suffix(".txt").write_text(str(text.get_content()), encoding="utf-8")
        self._write_index()
        return path

    def messages(self) -> list[EmailMessage]:
        """Everything received, in order."""
        parsed = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(self.folder.glob("*.eml"))]
        return [message for message in parsed if isinstance(message, EmailMessage)]

    def _images(self, message: EmailMessage, stem: str) -> dict[str, str]:
        """Write the inline images; content id -> file name."""
        names = {}
        for place, part in enumerate(part for part in message.walk() if part.get_content_maintype() == "image"):
            name = f"{stem}-{place + 1}.{part.get_content_subtype()}"
            (self.folder / name).write_bytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
            names[str(part.get("content-id", "")).strip("<>")] = name
        return names

    def _write_index(self) -> None:
        rows = []
        for path in sorted(self.folder.glob("*.eml")):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            views = [path.with_suffix(suffix) for suffix in (".html", ".txt", ".eml")]
            links = " ".join(f'<a href="{html.escape(view.name)}">{view.suffix[1:]}</a>' for view in views if view.exists())
            cells = [html.escape(str(message.get(name, ""))) for name in ("date", "from", "to", "subject")]
            rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in (*cells, links)) + "</tr>")
        page = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Inbox</title><style>body{font:15px/1.5 system-ui;margin:2rem}'
            "td,th{padding:.3rem .8rem;text-align:left;border-bottom:1px solid #ddd}</style></head><body><h1>Inbox</h1>"
            "<p>What the sandbox's SMTP server received. Nothing left this machine.</p><table><thead><tr><th>Date</th><th>From</th><th>To</th>"
            f"<th>Subject</th><th>Open</th></tr></thead><tbody>{''.join(rows)}</tbody></table></body></html>"
        )
        (self.folder / "index.html").write_text(page, encoding="utf-8")


class _Handler:
    """aiosmtpd's hooks: faults first, then the inbox."""

    def __init__(self, inbox: Inbox, faults: Faults) -> None:
        self.inbox, self.faults = inbox, faults

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._answer(server, "mail", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        answer = await self._answer(server, "rcpt", "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = self.faults.strike("smtp", "data")
        if fault is not None and fault.kind == "status":
            return f"{fault.status} Injected fault"
        content = envelope.original_content or b""
        path = self.inbox.keep(content, envelope.rcpt_tos)
        if fault is not None and fault.kind == "cut":
            _drop(server)
        elif fault is not None:
            await asyncio.sleep(fault.seconds)
        return f"250 OK: queued as {path.name.split('-')[0]}"

    async def _answer(self, server: SMTP, step: str, usual: str) -> str:
        fault = self.faults.strike("smtp", step)
        if fault is None:
            return usual
        if fault.kind == "cut":
            _drop(server)
        elif fault.kind == "drip":
            await asyncio.sleep(fault.seconds)
        return f"{fault.status} Injected fault" if fault.kind == "status" else usual


class _Server(SMTP):
    """aiosmtpd's protocol that can hang up in the middle of a message."""

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
        fault = self.event_handler.faults.strike("smtp", "body")
        if fault is not None and fault.kind == "status":
            await self.push(f"{fault.status} Injected fault")
            return
        if fault is not None and fault.kind == "cut":
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.read(200)
            _drop(self)
            return
        await super().smtp_DATA(arg)


def _drop(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()


class SmtpServer:
    """A context manager; `.host`, `.port` and `.inbox`."""

    def __init__(self, folder: Path, faults: Faults, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self.inbox, self.host = Inbox(folder), host
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((host, port))
        self.port = int(self._socket.getsockname()[1])
        self._handler = _Handler(self.inbox, faults)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> SmtpServer:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)

        def protocol() -> Any:
            return _Server(self._handler, hostname="sandbox.example.com", enable_SMTPUTF8=True, loop=self._loop, timeout=30)

        server = self._loop.run_until_complete(self._loop.create_server(protocol, sock=self._socket))
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.close()
