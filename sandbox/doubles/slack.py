"""A double of Slack's Web API that keeps what it receives: messages.json and index.html in its folder.

Methods: auth.test, conversations.info/history/replies, chat.postMessage/update/delete/getPermalink, users.lookupByEmail, and the three steps
of a file upload. Errors are `ok: false` with HTTP 200, as Slack gives them; limits are enforced (slack_limits.py). Faults: `status` (429,
500), `cut` (the message IS posted, nobody is told), `ok_false` (error = any code, e.g. internal_error, invalid_blocks).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.types import Receive, Scope, Send

from sandbox.doubles.asgi import header, read_body, respond
from sandbox.doubles.faults import Fault
from sandbox.doubles.slack_limits import refusal
from sandbox.doubles.slack_page import page
from sandbox.world import World

Arguments = dict[str, Any]
Answer = dict[str, Any]
TOKEN = "xoxb-sandbox-token"
BOT_ID, TEAM = "U0FUNNELCAST", "Northwind Labs (sandbox)"
#: Channels the bot is in, and one that it is not in.
CHANNELS = {"C0REPORTS": "recruiting-reports", "C0RECOPS": "recruiting-ops", "C0OFFERS": "offer-desk"}
FOREIGN_CHANNEL = "C0PRIVATE"


class SlackError(Exception):
    """Answered as ok: false with this code."""

    def __init__(self, code: str, messages: list[str] | None = None) -> None:
        super().__init__(code)
        self.answer = {"ok": False, "error": code} | ({"response_metadata": {"messages": messages}} if messages else {})


class Slack:
    """The ASGI application; `messages` is what was posted, oldest first."""

    def __init__(self, world: World, folder: Path, *, token: str = TOKEN) -> None:
        self.token, self.folder, self.base_url = token, folder, ""
        self.messages: list[dict[str, Any]] = []
        self._uploads: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        # Later than any instant a client may ask from, whether its clock is real or frozen at the company's now.
        self._clock = max(int(time.time()), world.now_seconds)
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "messages.json").exists():
            self.messages = orjson.loads((folder / "messages.json").read_bytes())
        self._methods: dict[str, Callable[[Arguments], Answer]] = {
            "auth.test": self._auth_test,
            "conversations.info": self._info,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.getPermalink": lambda a: {"permalink": f"{self.base_url}/archives/{a.get('channel')}/p{a.get('message_ts')}"},
            "users.lookupByEmail": lambda a: {"user": {"id": "U0SUBSCRIBER", "profile": {"email": a.get("email")}}},
            "files.getUploadURLExternal": self._upload_url,
            "files.completeUploadExternal": self._complete_upload,
        }
        self._save()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, path = await read_body(receive), scope["path"]
        if path.startswith("/upload/"):
            await self._receive_file(path.removeprefix("/upload/"), body, send)
            return
        method = path.removeprefix("/api/").strip("/")
        arguments = _arguments(scope, body)
        with self._lock:
            answer = self._answer(method, arguments, header(scope, b"authorization"), scope.get("fault"))
        await respond(send, 200, orjson.dumps(answer))

    def _answer(self, method: str, arguments: Arguments, authorization: str, fault: Fault | None) -> Answer:
        try:
            if fault is not None and fault.kind == "ok_false":
                raise SlackError(fault.error)
            token = authorization.removeprefix("Bearer ") or str(arguments.get("token", ""))
            if not token:
                raise SlackError("not_authed")
            if token != self.token:
                raise SlackError("invalid_auth")
            if method not in self._methods:
                raise SlackError("unknown_method")
            return {"ok": True} | self._methods[method](arguments)
        except SlackError as error:
            return error.answer

    def _auth_test(self, _: Arguments) -> Answer:
        return {
            "url": f"{self.base_url}/",
            "team": TEAM,
            "user": "funnelcast",
            "team_id": "T0SANDBOX",
            "user_id": BOT_ID,
            "bot_id": "B0FUNNELCAST",
        }

    def _info(self, arguments: Arguments) -> Answer:
        channel = self._channel(arguments)
        return {"channel": {"id": channel, "name": CHANNELS.get(channel, "direct"), "is_member": True, "is_archived": False}}

    def _post(self, arguments: Arguments) -> Answer:
        channel, text, blocks = self._channel(arguments), str(arguments.get("text") or ""), _decoded(arguments.get("blocks")) or []
        refused = refusal(text, blocks)
        if refused is not None:
            raise SlackError(*refused)
        thread = arguments.get("thread_ts")
        if thread and not any(message["ts"] == thread and message["channel"] == channel for message in self.messages):
            raise SlackError("thread_not_found")
        message = {"channel": channel, "type": "message", "user": BOT_ID, "ts": self._stamp(), "text": text, "blocks": blocks}
        message |= {key: value for key in ("thread_ts", "client_msg_id", "metadata") if (value := _decoded(arguments.get(key)))}
        self.messages.append(message)
        self._save()
        return {"channel": channel, "ts": message["ts"], "message": message}

    def _update(self, arguments: Arguments) -> Answer:
        message = self._find(arguments)
        text, blocks = str(arguments.get("text") or ""), _decoded(arguments.get("blocks")) or []
        refused = refusal(text, blocks)
        if refused is not None:
            raise SlackError(*refused)
        message |= {"text": text, "blocks": blocks, "edited": {"user": BOT_ID, "ts": self._stamp()}}
        if metadata := _decoded(arguments.get("metadata")):
            message["metadata"] = metadata
        self._save()
        return {"channel": message["channel"], "ts": message["ts"], "text": text}

    def _delete(self, arguments: Arguments) -> Answer:
        message = self._find(arguments)
        self.messages.remove(message)
        self._save()
        return {"channel": message["channel"], "ts": message["ts"]}

    def _history(self, arguments: Arguments) -> Answer:
        """Newest first; metadata only when asked for."""
        channel = self._channel(arguments)
        oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
        found = [m for m in self.messages if m["channel"] == channel and oldest <= float(m["ts"]) <= latest and not _is_reply(m)]
        return self._shown(found[::-1], arguments)

    def _replies(self, arguments: Arguments) -> Answer:
        parent = self._find(arguments)
        found = [m for m in self.messages if m["channel"] == parent["channel"] and parent["ts"] in (m["ts"], m.get("thread_ts"))]
        return self._shown(found, arguments)

    def _shown(self, found: list[dict[str, Any]], arguments: Arguments) -> Answer:
        with_metadata = str(arguments.get("include_all_metadata", "")).lower() in ("1", "true")
        limit, start = int(arguments.get("limit") or 100), int(arguments.get("cursor") or 0)
        shown = [{key: value for key, value in m.items() if with_metadata or key != "metadata"} for m in found[start : start + limit]]
        has_more = start + limit < len(found)
        return {"messages": shown, "has_more": has_more} | ({"response_metadata": {"next_cursor": str(start + limit)}} if has_more else {})

    def _upload_url(self, arguments: Arguments) -> Answer:
        if not arguments.get("filename") or not arguments.get("length"):
            raise SlackError("invalid_arguments")
        number = f"F{len(self._uploads) + 1:06d}"
        alt_text = arguments.get("alt_txt")
        self._uploads[number] = {"id": number, "name": f"{number}-{Path(str(arguments['filename'])).name}", "alt_txt": alt_text}
        self._uploads[number]["length"] = int(arguments["length"])
        return {"upload_url": f"{self.base_url}/upload/{number}", "file_id": number}

    async def _receive_file(self, number: str, body: bytes, send: Send) -> None:
        upload = self._uploads.get(number)
        content = _multipart_content(body) if upload is not None and len(body) != upload["length"] else body
        if upload is None or len(content) != upload["length"]:
            await respond(send, 400, b"wrong length or unknown file", {"content-type": "text/plain"})
            return
        (self.folder / upload["name"]).write_bytes(content)
        upload["is_received"] = True
        await respond(send, 200, b"OK", {"content-type": "text/plain"})

    def _complete_upload(self, arguments: Arguments) -> Answer:
        files = _decoded(arguments.get("files")) or []
        for file in files:
            upload = self._uploads.get(file.get("id", ""))
            if upload is None or not upload.get("is_received"):
                raise SlackError("file_not_found")
            upload["title"] = file.get("title") or upload["name"]
        kept = [
            {key: upload[key] for key in ("id", "name", "title", "alt_txt")} for upload in (self._uploads[file["id"]] for file in files)
        ]
        if arguments.get("channel_id"):
            channel = self._channel({"channel": arguments["channel_id"]})
            text = str(arguments.get("initial_comment") or "")
            message = {
                "channel": channel,
                "type": "message",
                "user": BOT_ID,
                "ts": self._stamp(),
                "text": text,
                "blocks": [],
                "files": kept,
            }
            self.messages.append(message | ({"thread_ts": arguments["thread_ts"]} if arguments.get("thread_ts") else {}))
            self._save()
        return {"files": kept}

    def _channel(self, arguments: Arguments) -> str:
        """The channel's id; a name is understood too. Direct messages go to a user's id."""
        wanted = str(arguments.get("channel") or "").removeprefix("#")
        if wanted == FOREIGN_CHANNEL:
            raise SlackError("not_in_channel")
        if wanted in CHANNELS or wanted.startswith(("U0", "D0")):
            return wanted
        for channel, name in CHANNELS.items():
            if name == wanted:
                return channel
        raise SlackError("channel_not_found")

    def _find(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._channel(arguments)
        for message in self.messages:
            if message["channel"] == channel and message["ts"] == arguments.get("ts"):
                return message
        raise SlackError("message_not_found")

    def _stamp(self) -> str:
        self._clock = max(self._clock + 1, int(time.time()))
        return f"{self._clock}.{len(self.messages) + 1:06d}"

    def _save(self) -> None:
        (self.folder / "messages.json").write_bytes(orjson.dumps(self.messages, option=orjson.OPT_INDENT_2))
        direct = {m["channel"]: m["channel"] for m in self.messages if m["channel"] not in CHANNELS}
        (self.folder / "index.html").write_text(page(CHANNELS | direct, self.messages), encoding="utf-8")


def _is_reply(message: dict[str, Any]) -> bool:
    return message.get("thread_ts") not in (None, message["ts"])


def _arguments(scope: Scope, body: bytes) -> Arguments:
    """Query, form or JSON body, as slack_sdk sends them."""
    found: Arguments = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
    if header(scope, b"content-type").startswith("application/json"):
        return found | (orjson.loads(body) if body else {})
    return found | {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _decoded(value: Any) -> Any:
    """JSON sent inside a form field, else the value itself."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value


def _multipart_content(body: bytes) -> bytes:
    """The one part of a multipart upload; the SDK sends plain bytes, browsers a form."""
    boundary, _, rest = body.partition(b"\r\n")
    _, _, content = rest.partition(b"\r\n\r\n")
    return content.split(b"\r\n" + boundary)[0]
