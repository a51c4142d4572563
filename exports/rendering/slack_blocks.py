"""A Document as Slack blocks, within Slack's limits: long tails are cut here, so that the API never refuses a report.

Limits (docs.slack.dev): 50 blocks, 3,000 characters per section, 150 per header; the sum of all text is refused near 13,000.
"""

from __future__ import annotations

from typing import Any

from exports.document.model import Bullets, Document, Figures, Section, Table
from exports.rendering.cleaning import clean

MOST_BLOCKS, LONGEST_SECTION, LONGEST_HEADER, MOST_TEXT = 50, 2_900, 150, 10_000
Block = dict[str, Any]


def escape(value: object) -> str:
    """Data in mrkdwn: the three entities keep `<!channel>`, mentions and links inert (docs.slack.dev, formatting)."""
    return clean(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def slack_blocks(document: Document) -> list[Block]:
    """Header, headline, sections, footer. Sections that no longer fit are named instead of shown."""
    scope = f" ({document.scope})" if document.scope else ""
    head: list[Block] = [
        {"type": "header", "text": _plain(clean(f"{document.title}{scope}"), LONGEST_HEADER)},
        _context(f"{document.company} · {document.period}"),
        _section(f"*{escape(document.headline)}*"),
    ]
    if document.notice:
        head.append(_section(f":warning: {escape(document.notice)}"))
    foot = [_context(line) for line in document.footer]
    room = MOST_TEXT - _length(head) - _length(foot)
    body: list[Block] = []
    left_out: list[str] = []
    for section in document.sections:
        blocks = _section_blocks(section)
        if left_out or _length(blocks) > room or len(head) + len(body) + len(blocks) + len(foot) + 1 > MOST_BLOCKS:
            left_out.append(section.title)
            continue
        room -= _length(blocks)
        body += blocks
    if left_out:
        body.append(_context(f"Not shown here for length: {', '.join(left_out)}."))
    return [*head, *body, *foot]


def _section_blocks(section: Section) -> list[Block]:
    lines = [f"*{escape(section.title)}*", escape(section.meaning)]
    blocks: list[Block] = [{"type": "divider"}, _section("\n".join(line for line in lines if line))]
    for part in section.blocks:
        if isinstance(part, Figures):
            fields = [{"type": "mrkdwn", "text": f"{escape(f.label)}\n*{escape(f.value)}*  {escape(f.change)}"} for f in part.items]
            blocks.append({"type": "section", "fields": fields[:10]})
        elif isinstance(part, Table):
            blocks += _lines([_row(part, row) for row in part.rows], part.more)
        elif isinstance(part, Bullets):
            blocks += _lines([f"• {escape(b.text)}" + (f" _{escape(b.detail)}_" if b.detail else "") for b in part.items], part.more)
    if section.next_step:
        blocks.append(_section(f"*Next step.* {escape(section.next_step)}"))
    return blocks


def _row(table: Table, row: tuple[Any, ...]) -> str:
    """`*Onsite*: 14 of 28 advanced; Projected 57% (40-60%)`: columns named in the line, because a phone is narrow."""
    parts = [escape(row[0].detail)] if row[0].detail else []
    for column, cell in zip(table.columns[1:], row[1:], strict=True):
        parts.append(f"{escape(column.label)} {escape(cell.text)}" + (f" ({escape(cell.detail)})" if cell.detail else ""))
    return f"*{escape(row[0].text)}*: " + "; ".join(parts)


def _lines(lines: list[str], more: str) -> list[Block]:
    """Lines as sections, none longer than Slack takes."""
    blocks: list[Block] = []
    text = ""
    for line in [*lines, *([escape(more)] if more else [])]:
        cut = line[:LONGEST_SECTION]
        if text and len(text) + 1 + len(cut) > LONGEST_SECTION:
            blocks.append(_section(text))
            text = ""
        text = f"{text}\n{cut}" if text else cut
    if text:
        blocks.append(_section(text))
    return blocks


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:LONGEST_SECTION]}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "plain_text", "text": clean(text)[:LONGEST_SECTION], "emoji": False}]}


def _plain(text: str, longest: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": text[:longest], "emoji": False}


def _length(blocks: list[Block]) -> int:
    """Characters of all text in the blocks."""
    total = 0
    for block in blocks:
        texts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        total += sum(len(text["text"]) for text in texts if text)
    return total
