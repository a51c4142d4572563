"""`funnelcast ask`: common questions, each answered in words, with its table and the query that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestration.commands.options import VerbGroup, Where, echo_json, shared_options

if TYPE_CHECKING:
    from exports.questions.question import Answer, Question

_SHOWN = 25


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
    """Common questions, answered in words, with table and query: funnelcast ask QUESTION --help says what one needs."""
    if context.invoked_subcommand is not None:
        return
    from exports.questions.registry import QUESTIONS

    width = max(map(len, QUESTIONS))
    for question in QUESTIONS.values():
        click.echo(f"{question.name:<{width}}  {question.text}")


def _command(question: Question) -> click.Command:
    """The question as a verb of its own."""

    @shared_options
    def run(where: Where, as_json: bool, **given: str | None) -> None:
        from exports.marts import Marts
        from exports.questions.question import answer

        opened = Marts.with_diversity if question.is_restricted else Marts.current
        with opened(where.existing_home) as marts:
            found = answer(marts, question, {name.replace("_", "-"): text for name, text in given.items()})
        if as_json:
            echo_json(_document(found))
        else:
            click.echo(_page(found))

    options: list[click.Parameter] = [
        click.Option([f"--{parameter.name}"], help=parameter.help, required=parameter.is_required, default=parameter.default)
        for parameter in question.parameters
    ]
    options.append(click.Option(["--json", "as_json"], is_flag=True, help="Print as JSON."))
    return click.Command(question.name, callback=run, help=question.text, params=[*options, *getattr(run, "__click_params__", [])])


def _document(found: Answer) -> dict[str, Any]:
    return {
        "question": found.question.text,
        "parameters": {name: value for name, value in found.values.items() if value is not None},
        "as_of": found.as_of,
        "answer": found.words,
        "columns": list(found.columns),
        "rows": [list(row) for row in found.rows],
        "sql": found.sql,
    }


def _page(found: Answer) -> str:
    cells = [[_cell(value) for value in row] for row in found.rows[:_SHOWN]]
    widths = [max(len(name), *(len(row[place]) for row in cells), 0) for place, name in enumerate(found.columns)]
    lines = [found.words, f"As of {found.as_of:%-d %B %Y %H:%M} UTC.", ""]
    if cells:
        lines.append("  ".join(name.ljust(width) for name, width in zip(found.columns, widths, strict=True)).rstrip())
        lines += ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells]
        if len(found.rows) > _SHOWN:
            lines.append(f"... {len(found.rows) - _SHOWN:,} more rows (--json gives all)")
        lines.append("")
    return "\n".join([*lines, found.sql, ""])


def _cell(value: Any) -> str:
    from datetime import datetime

    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)
