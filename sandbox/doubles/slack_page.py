"""Slack messages as a page that a person can open: blocks rendered plainly, channel by channel, threads indented."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

Block = dict[str, Any]

STYLE = (
    ":root{color-scheme:light dark;--line:#ddd;--quiet:#616061}@media(prefers-color-scheme:dark){:root{--line:#444;--quiet:#ababad}}"
    "body{font:15px/1.5 system-ui;max-width:52rem;margin:2rem auto;padding:0 1rem;overflow-wrap:break-word}"
    "article{border:1px solid var(--line);border-radius:8px;padding:.8rem 1.2rem;margin:1rem 0}article.reply{margin-left:2.5rem}"
    "img{max-width:100%}small,.context{color:var(--quiet)}table{border-collapse:collapse}td{border:1px solid var(--line);padding:.2rem .6rem}"
    ".fields{display:grid;grid-template-columns:1fr 1fr;gap:.4rem 1rem}"
)

#: Emoji that our reports write; Slack draws many more.
EMOJI = {":warning:": "\u26a0\ufe0f"}


def page(channels: dict[str, str], messages: list[dict[str, Any]]) -> str:
    """The whole workspace as one HTML page."""
    parts = []
    for channel, name in channels.items():
        articles = [_message(message) for message in messages if message["channel"] == channel]
        if articles:
            parts.append(f"<h2>#{html.escape(name)}</h2>{''.join(articles)}")
    body = "".join(parts) or "<p>Nothing was posted yet.</p>"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Slack</title><style>{STYLE}</style>'
    note = "<p>What the sandbox's Slack received. Nothing left this machine.</p>"
    return f'<!doctype html><html lang="en"><head>{head}</head><body><h1>Slack</h1>{note}{body}</body></html>'


def _message(message: dict[str, Any]) -> str:
    kind = "reply" if message.get("thread_ts") not in (None, message["ts"]) else "message"
    blocks = "".join(_block(block) for block in message.get("blocks") or []) or f"<p>{_mrkdwn(message.get('text', ''))}</p>"
    for file in message.get("files") or []:
        name, title = html.escape(file["name"]), html.escape(file.get("alt_txt") or file.get("title") or file["name"])
        blocks += (
            f'<p><img src="{name}" alt="{title}"></p>' if name.endswith(("png", "jpg", "gif")) else f'<p><a href="{name}">{title}</a></p>'
        )
    return f'<article class="{kind}"><small>{html.escape(message["ts"])}</small>{blocks}</article>'


def _block(block: Block) -> str:
    render = _RENDERERS.get(block.get("type", ""))
    return render(block) if render else f"<pre>{html.escape(str(block))}</pre>"


def _text(thing: Any) -> str:
    if not isinstance(thing, dict):
        return html.escape(str(thing or ""))
    return _mrkdwn(thing.get("text", "")) if thing.get("type") == "mrkdwn" else html.escape(thing.get("text", "")).replace("\n", "<br>")


def _mrkdwn(text: str) -> str:
    """Slack's own mark-up; its text is escaped already (&amp; &lt; &gt;), so only links and styles are turned."""
    text = re.sub(r"<(https?://[^|>]+)\|([^>]+)>", r'<a href="\1">\2</a>', text)
    text = re.sub(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])", r"<strong>\1</strong>", text)
    text = re.sub(r"(?<![\w_])_([^_\n]+)_(?![\w_])", r"<em>\1</em>", text)
    for name, drawn in EMOJI.items():
        text = text.replace(name, drawn)
    text = re.sub(r"```([^`]+)```", r"<pre>\1</pre>", text)
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", text).replace("\n", "<br>")


def _section(block: Block) -> str:
    fields = "".join(f"<div>{_text(field)}</div>" for field in block.get("fields") or [])
    text = f"<p>{_text(block['text'])}</p>" if block.get("text") else ""
    return text + (f'<div class="fields">{fields}</div>' if fields else "")


def _table(block: Block) -> str:
    rows = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in block.get("rows") or [])
    return f"<table>{rows}</table>"


def _cell(cell: Any) -> str:
    return _elements(cell) if isinstance(cell, dict) and "elements" in cell else _text(cell)


def _elements(thing: Block) -> str:
    inner = "".join(_elements(element) if "elements" in element else _text(element) for element in thing.get("elements") or [])
    return f"<p>{inner}</p>" if thing.get("type") == "rich_text_section" else inner


_RENDERERS: dict[str, Callable[[Block], str]] = {
    "header": lambda block: f"<h3>{_text(block.get('text'))}</h3>",
    "section": _section,
    "divider": lambda block: "<hr>",
    "context": lambda block: f'<p class="context">{" ".join(_text(element) for element in block.get("elements") or [])}</p>',
    "markdown": lambda block: f"<p>{html.escape(block.get('text', ''))}</p>",
    "table": _table,
    "rich_text": _elements,
    "image": lambda block: f'<p><img src="{html.escape(block.get("image_url", ""))}" alt="{html.escape(block.get("alt_text", ""))}"></p>',
    "actions": lambda block: "<p>" + " ".join(f"[{_text(element.get('text'))}]" for element in block.get("elements") or []) + "</p>",
}
