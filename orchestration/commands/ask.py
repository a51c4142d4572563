"""`funnelcast ask`: common questions, each answered in words, with its table and, on request, the query that made it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from orchestration.commands.options import VerbGroup, Where, echo_json, shared_options

if TYPE_CHECKING:
    from exports.questions.question import Answer, Question

_SHOWN = 25
_LONGEST_WORD = 24
#: What stands between two columns.
_GAP = 3
#: Columns where the output is no terminal (and COLUMNS does not say).
_PIPE_WIDTH = 120


class QuestionGroup(VerbGroup):
    """One subcommand per question; its parameters are its options."""

    noun = "question"

    def list_commands(self, ctx: click.Context) -> list[str]:
        from exports.questions.registry import QUESTIONS

        return list(QUESTIONS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from exports.questions.registry import question_named

        return _command(question_named(cmd_name))


@click.group("ask", cls=QuestionGroup, invoke_without_command=True)
@shared_options
@click.pass_context
def command(context: click.Context, where: Where) -> None:
    """Common questions, answered in words, with their table: funnelcast ask QUESTION --help says what one needs."""
    if context.invoked_subcommand is not None:
        return
    from exports.questions.registry import QUESTIONS

    width = max(map(len, QUESTIONS))
    for question in QUESTIONS.values():
        click.echo(f"{question.name:<{width}}  {question.text}")


def _command(question: Question) -> click.Command:
    """The question as a verb of its own."""

    @shared_options
    def run(where: Where, as_json: bool, with_sql: bool, **given: str | None) -> None:
        from exports.marts import Marts
        from exports.questions.question import answer
        from orchestration.run.logs import start_logging

        home = where.existing_home
        start_logging(home)
        opened = Marts.with_diversity if question.is_restricted else Marts.current
        with opened(home) as marts:
            found = answer(marts, question, {name.replace("_", "-"): text for name, text in given.items()})
        if as_json:
            echo_json(_document(found))
        else:
            _print(found, with_sql)

    options: list[click.Parameter] = [
        click.Option([f"--{parameter.name}"], help=parameter.help, required=parameter.is_required, default=parameter.default)
        for parameter in question.parameters
    ]
    options.append(
        click.Option(["--sql", "with_sql"], is_flag=True, help="Print the query, too: it runs in any client of the published file.")
    )
    options.append(click.Option(["--json", "as_json"], is_flag=True, help="Print as JSON, with all rows and the query."))
    return click.Command(question.name, callback=run, help=question.text, params=[*options, *getattr(run, "__click_params__", [])])


def _document(found: Answer) -> dict[str, Any]:
    return {
        "question": found.question.text,
        "parameters": {name: getattr(value, "name", value) for name, value in found.values.items() if value is not None},
        "as_of": found.as_of,
        "answer": found.words,
        "columns": list(found.columns),
        "rows": [list(row) for row in found.rows],
        "sql": found.sql,
    }


def _print(found: Answer, with_sql: bool) -> None:
    """Words, table, and the query where it was asked for; wrapped to the terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    width = shutil.get_terminal_size((_PIPE_WIDTH, 24)).columns
    console = Console(width=width, highlight=False, markup=False, emoji=False)
    console.print(f"{found.words}\nAs of {found.as_of:%-d %B %Y %H:%M} UTC.", soft_wrap=not sys.stdout.isatty())
    if found.rows:
        shown, left_out = _fitting(_columns(found), width)
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for column, cells in zip(shown, _widths(shown, width), strict=True):
            table.add_column(column.heading, justify="right" if column.is_number else "left", overflow="fold", width=cells)
        for row in zip(*(column.cells for column in shown), strict=True):
            table.add_row(*row)
        console.print(table)
        if left_out:
            console.print(f"Left out for width: {', '.join(column.heading for column in left_out)} (--json gives all).")
        if len(found.rows) > _SHOWN:
            console.print(f"... {len(found.rows) - _SHOWN:,} more rows (--json gives all)")
    if with_sql:
        click.echo(f"\n{found.sql}")


@dataclass(frozen=True)
class _Column:
    heading: str
    cells: tuple[str, ...]
    is_number: bool

    @property
    def least(self) -> int:
        """The width in which no word is broken, but for very long ones (an address), and a sentence has room."""
        longest_word = max(len(word) for text in (self.heading, *self.cells) for word in text.split() or [""])
        return min(max(longest_word, self.natural // 3), _LONGEST_WORD)

    @property
    def natural(self) -> int:
        """The width in which nothing is wrapped."""
        return max(map(len, (self.heading, *self.cells)))


def _columns(found: Answer) -> list[_Column]:
    """The answer's columns as text; a code whose words stand beside it is left out."""
    columns = []
    for place, name in enumerate(found.columns):
        if name.removesuffix("_code") in found.columns and name.endswith("_code"):
            continue
        values = [row[place] for row in found.rows]
        is_number = all(value is None or isinstance(value, int | float | Decimal) for value in values)
        columns.append(_Column(heading(name), tuple(cell(name, value) for value in values[:_SHOWN]), is_number))
    return columns


def _fitting(columns: list[_Column], width: int) -> tuple[list[_Column], list[_Column]]:
    """The columns that fit, and those left out: the rightmost go first, the first two stay."""
    kept = len(columns)
    while kept > 2 and sum(column.least + _GAP for column in columns[:kept]) > width:
        kept -= 1
    return columns[:kept], columns[kept:]


def _widths(columns: list[_Column], width: int) -> list[int]:
    """Natural widths, of which the widest gives way until the table fits."""
    widths = [column.natural for column in columns]
    while sum(widths) + _GAP * len(columns) > width:
        widest = max(range(len(columns)), key=lambda place: widths[place] - columns[place].least)
        if widths[widest] <= columns[widest].least:
            break
        widths[widest] -= 1
    return widths


def heading(column: str) -> str:
    """A column's name as a heading: `median days` of `median_days`, `share` of `share_rate`."""
    words = column.removesuffix("_count").removesuffix("_at").removesuffix("_on").removesuffix("_code").replace("_rate", "")
    return words.replace("_", " ")


def cell(column: str, value: Any) -> str:
    """A value as people read it: rates in percent, times without seconds, a dash where nothing is known."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | Decimal):
        return f"{value:.1%}" if "rate" in column.split("_") else f"{value:,.2f}" if "_ratio" in column else f"{value:,.1f}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)
