"""A rendered report as files: a folder with every form of one document, to send from and to open."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from base.clock import iso, parse_instant
from base.errors import ConfigError, DeliveryError
from base.personal_data import Place
from exports.document.model import Document
from exports.publish.state import PublishedState
from exports.rendering.mail import render_mail, with_files
from exports.rendering.slack_blocks import slack_blocks

FACTS = "report.json"

PLACES = (
    Place(
        "rendered reports", "aggregates; no candidate is named", holds=("employees",), format="HTML, text, JSON, PNG", files=("reports/**",)
    ),
)


@dataclass(frozen=True)
class Artifact:
    """One rendered report, in every form."""

    folder: Path
    subject: str
    headline: str
    html: str
    text: str
    blocks: list[dict[str, Any]]
    images: dict[str, bytes]
    alts: dict[str, str]
    version_id: str
    as_of: datetime
    content_hash: str


def write(folder: Path, document: Document, state: PublishedState, edition_number: int = 1) -> None:
    """Every form of the document as files in `folder`."""
    mail = render_mail(document)
    blocks = slack_blocks(document)
    subject = document.subject + (f" (correction {edition_number - 1})" if edition_number > 1 else "")
    (folder / "report.html").write_text(with_files(mail.html, mail.images), encoding="utf-8")
    (folder / "report.mail.html").write_text(mail.html, encoding="utf-8")
    (folder / "report.txt").write_text(mail.text, encoding="utf-8")
    (folder / "report.blocks.json").write_text(json.dumps(blocks, indent=1, ensure_ascii=False), encoding="utf-8")
    for name, data in mail.images.items():
        (folder / f"{name}.png").write_bytes(data)
    facts = {
        "subject": subject,
        "headline": document.headline,
        "images": mail.alts,
        "version_id": state.version_id,
        "as_of": iso(state.as_of),
        "content_hash": _digest(subject, mail.html, mail.text, blocks, mail.images),
    }
    (folder / FACTS).write_text(json.dumps(facts, indent=1, ensure_ascii=False), encoding="utf-8")


def read(folder: Path) -> Artifact:
    """The rendered report. Raises DeliveryError when a file of it is missing or damaged."""
    try:
        artifact = _read(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ConfigError) as error:
        raise _damaged(folder) from error
    if _digest(artifact.subject, artifact.html, artifact.text, artifact.blocks, artifact.images) != artifact.content_hash:
        raise _damaged(folder)
    return artifact


def _damaged(folder: Path) -> DeliveryError:
    return DeliveryError(f"The rendered report in {folder} is damaged", remedy="It is rendered again when it is next sent.")


def _digest(subject: str, html: str, text: str, blocks: list[dict[str, Any]], images: dict[str, bytes]) -> str:
    digest = hashlib.sha256("\0".join([subject, html, text, json.dumps(blocks, sort_keys=True)]).encode())
    for name in sorted(images):
        digest.update(images[name])
    return digest.hexdigest()


def _read(folder: Path) -> Artifact:
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return Artifact(
        folder=folder,
        subject=facts["subject"],
        headline=facts["headline"],
        html=(folder / "report.mail.html").read_text(encoding="utf-8"),
        text=(folder / "report.txt").read_text(encoding="utf-8"),
        blocks=json.loads((folder / "report.blocks.json").read_text(encoding="utf-8")),
        images={name: (folder / f"{name}.png").read_bytes() for name in facts["images"]},
        alts=facts["images"],
        version_id=facts["version_id"],
        as_of=parse_instant(facts["as_of"], what="as_of"),
        content_hash=facts["content_hash"],
    )
