"""A Document as mail (HTML and text). Slack's form is slack_blocks.py; both say what the Document says.

HTML is MJML (tables that Outlook and Gmail keep) filled by Jinja2 with autoescape and no undefined names; nothing in it points outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from base.errors import DeliveryError
from exports.document.model import Document
from exports.rendering.cleaning import clean
from exports.rendering.png import png

TEMPLATES = Path(__file__).parent / "templates"
#: Gmail clips a message at about 102 kB of markup; above this the report is refused before anyone gets half of it.
HTML_BUDGET = 80_000
MOST_PICTURES = 3


@dataclass(frozen=True)
class Mail:
    """HTML (pictures as cid:NAME), the same as plain text, and the pictures as PNG by name."""

    html: str
    text: str
    images: dict[str, bytes]
    alts: dict[str, str]


def render_mail(document: Document) -> Mail:
    """Both forms of the document. Raises DeliveryError when the HTML or the pictures exceed their budget."""
    pictures = document.pictures
    if len(pictures) > MOST_PICTURES:
        raise DeliveryError(f"'{document.title}' has {len(pictures)} pictures; an email can carry at most {MOST_PICTURES}")
    html = _as_html(_environment(markup=True).get_template("email.mjml.j2").render(document=document))
    size = len(html.encode())
    if size > HTML_BUDGET:
        raise DeliveryError(
            f"'{document.title}' is {size} bytes of HTML; mail clients truncate at 100 kB, and the limit is {HTML_BUDGET}",
            remedy="Choose fewer sections or stages in the report's options (config/reports.yml).",
        )
    text = _environment(markup=False).get_template("plain.txt.j2").render(document=document)
    return Mail(html, text, {p.name: png(p.chart) for p in pictures}, {p.name: clean(p.alt) for p in pictures})


def with_files(html: str, images: dict[str, bytes]) -> str:
    """The HTML for a folder: pictures as files beside it instead of parts of a mail."""
    for name in images:
        html = html.replace(f"cid:{name}", f"{name}.png")
    return html


def _as_html(source: str) -> str:
    import mjml

    try:
        # No fonts: for names it knows (Roboto, ...) MJML would link to a font server.
        return str(mjml.mjml2html(source, fonts={}))
    except ValueError as error:
        raise DeliveryError("The mail template is not valid MJML", remedy="This is a bug; please report it.") from error


@cache
def _environment(*, markup: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=markup,  # noqa: S701 - off for plain text only
        undefined=StrictUndefined,
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    return environment


def _final(value: Any) -> Any:
    """Everything a template prints is cleaned, whoever wrote it; what is already markup (a macro's output) stays."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else clean(value)
