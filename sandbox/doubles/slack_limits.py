"""What Slack refuses in a message (docs.slack.dev, block reference; the sum of all block text was measured by others)."""

from __future__ import annotations

from typing import Any

MAX_BLOCKS, MAX_TEXT, MAX_SECTION, MAX_FIELD, MAX_FIELDS, MAX_HEADER = 50, 40_000, 3_000, 2_000, 10, 150
MAX_CONTEXT, MAX_MARKDOWN, MAX_ROWS, MAX_COLUMNS, MAX_ALL_TEXT = 10, 12_000, 100, 20, 13_200
KNOWN = {"header", "section", "divider", "context", "image", "actions", "table", "rich_text", "markdown", "file", "video", "input"}


def refusal(text: str, blocks: Any) -> tuple[str, list[str]] | None:
    """(error code, messages) as Slack would answer, or None for a message it takes."""
    if not text and not blocks:
        return "no_text", []
    if len(text) > MAX_TEXT:
        return "msg_too_long", []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return "invalid_blocks_format", []
    faults = [] if len(blocks) <= MAX_BLOCKS else [f"no more than {MAX_BLOCKS} items allowed [json-pointer:/blocks]"]
    for place, block in enumerate(blocks):
        faults += [f"{fault} [json-pointer:/blocks/{place}]" for fault in _faults(block)]
    if sum(block.get("type") == "table" for block in blocks) > 1:
        faults.append("only one table block allowed [json-pointer:/blocks]")
    if faults:
        return "invalid_blocks", faults
    return ("msg_blocks_too_long", []) if _length(blocks) > MAX_ALL_TEXT else None


def _faults(block: dict[str, Any]) -> list[str]:
    kind, found = block.get("type"), []
    if kind not in KNOWN:
        return [f"unsupported type: {kind}"]
    text = block.get("text", {})
    if kind == "header" and (not isinstance(text, dict) or text.get("type") != "plain_text"):
        found.append("header text must be plain_text")
    if kind == "section" and not text and not block.get("fields"):
        found.append("section needs text or fields")
    limit = {"header": MAX_HEADER, "section": MAX_SECTION}.get(str(kind))
    if limit and isinstance(text, dict) and text and not 1 <= len(text.get("text", "")) <= limit:
        found.append(f"text must be 1 to {limit} characters")
    fields = block.get("fields", [])
    if len(fields) > MAX_FIELDS or any(len(field.get("text", "")) > MAX_FIELD for field in fields):
        found.append(f"at most {MAX_FIELDS} fields of {MAX_FIELD} characters")
    if kind == "context" and not 1 <= len(block.get("elements", [])) <= MAX_CONTEXT:
        found.append(f"1 to {MAX_CONTEXT} elements")
    if kind == "markdown" and len(str(block.get("text", ""))) > MAX_MARKDOWN:
        found.append(f"at most {MAX_MARKDOWN} characters")
    if kind == "table" and (len(block.get("rows", [])) > MAX_ROWS or any(len(row) > MAX_COLUMNS for row in block.get("rows", []))):
        found.append(f"at most {MAX_ROWS} rows of {MAX_COLUMNS} cells")
    if kind == "image" and (not block.get("alt_text") or not (block.get("image_url") or block.get("slack_file"))):
        found.append("image needs alt_text and image_url or slack_file")
    return found


def _length(thing: Any) -> int:
    """Characters of all text in the blocks."""
    if isinstance(thing, dict):
        return sum(len(value) if key == "text" and isinstance(value, str) else _length(value) for key, value in thing.items())
    return sum(_length(item) for item in thing) if isinstance(thing, list) else 0
