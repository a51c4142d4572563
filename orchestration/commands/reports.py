"""`funnelcast reports ...`: what is configured, due, sent; thin over exports/delivery/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestration.commands.options import VerbGroup, Where, echo_rows, json_option, shared_options

if TYPE_CHECKING:
    from exports.delivery.overview import PlanLine, ReportLine


@click.group("reports", cls=VerbGroup)
@shared_options
def command(where: Where) -> None:
    """The scheduled reports: list, preview, send, plan, why, resend, settle, pause, resume, release."""


def _open(where: Where) -> tuple[Any, Any, Any, Any]:
    """(home, config, ops, now)."""
    from base.clock import now
    from base.ops import engine

    home, config = where.load()
    return home, config, engine(home.prepare()), now()


@command.command("list")
@json_option
@shared_options
def list_(where: Where, as_json: bool) -> None:
    """Every configured report: when it is due next, to whom it goes, and what became of its latest period."""
    from base.clock import iso
    from exports.delivery.overview import list_reports

    _, config, ops, now = _open(where)

    def sentence(report: ReportLine) -> str:
        states = ", ".join(f"{count} {state}" for state, count in sorted(report.last_states.items()))
        return (
            f"{report.report_id}: {report.title} ({report.edition}), '{report.cron}' {report.time_zone}, next {iso(report.next_at)}\n"
            f"    to {', '.join(report.subscribers) or 'nobody'}" + (f"; {report.last_period}: {states}" if report.last_period else "")
        )

    echo_rows(list_reports(config, ops, now), as_json, sentence, nothing=_no_reports(config))


@command.command("preview")
@click.argument("report_id")
@click.option("--out", type=click.Path(file_okay=False), default="preview", show_default=True, help="Folder to write to.")
@click.option("--subscriber", help="Render it as this subscriber would get it.")
@shared_options
def preview(where: Where, report_id: str, out: str, subscriber: str | None) -> None:
    """Write a report as .html, .eml, .txt and Slack blocks from the published state; sends and records nothing."""
    from base.clock import now
    from base.home import output_folder
    from exports.delivery.preview import preview as make

    home, config = where.load()
    for path in make(config, home, report_id, output_folder(out, "--out"), subscriber_id=subscriber, now=now()):
        click.echo(str(path))


@command.command("send")
@click.argument("report_id")
@click.option("--force", is_flag=True, help="Ignore pauses, the send window and waiting times. Never sends a delivery twice.")
@json_option
@shared_options
def send(where: Where, report_id: str, force: bool, as_json: bool) -> None:
    """Deliver the latest period now to everyone who has not received it."""
    from exports.delivery.requests import send as deliver

    where.serve_demo()
    home, config, ops, now = _open(where)
    _tell(deliver(config, home, ops, report_id, now, force=force), as_json)


@command.command("resend")
@click.argument("report_id")
@click.option("--subscriber", help="Only to this subscriber.")
@click.option("--period", help="The period's key, as `reports why` shows it. Default: the latest.")
@json_option
@shared_options
def resend(where: Where, report_id: str, subscriber: str | None, period: str | None, as_json: bool) -> None:
    """Send a period again as a correction, from the state that is published now."""
    from exports.delivery.requests import resend as deliver

    where.serve_demo()
    home, config, ops, now = _open(where)
    _tell(deliver(config, home, ops, report_id, now, subscriber_id=subscriber, period_key=period), as_json)


@command.command("plan")
@json_option
@shared_options
def plan(where: Where, as_json: bool) -> None:
    """What is due now, per subscriber, and where it stands; changes nothing."""
    from base.clock import iso
    from exports.delivery.overview import plan as planned

    _, config, ops, now = _open(where)

    def sentence(due: PlanLine) -> str:
        reason = f": {due.reason}" if due.reason else ""
        return f"{due.report_id} for {due.subscriber_id} by {due.channel}, {due.period_key}, due {iso(due.tick_at)}: {due.state}{reason}"

    echo_rows(planned(config, ops, now), as_json, sentence, nothing=_no_reports(config))


@command.command("why")
@click.argument("report_id", required=False)
@click.option("--subscriber", help="Only this subscriber.")
@click.option("--period", help="Only this period's key.")
@json_option
@shared_options
def why(where: Where, report_id: str | None, subscriber: str | None, period: str | None, as_json: bool) -> None:
    """Explain each delivery: why it was sent, skipped, held or failed."""
    from exports.delivery.overview import why as stories

    _, config, ops, _ = _open(where)
    echo_rows(
        stories(config, ops, report_id, subscriber_id=subscriber, period_key=period),
        as_json,
        lambda story: "\n    ".join(story.sentences),
        nothing="There is no such delivery; `funnelcast reports plan` shows what is due.",
        document=lambda story: {**vars(story.key), "state": story.state, "sentences": story.sentences},
    )


@command.command("settle")
@click.argument("report_id")
@click.option("--arrived/--not-arrived", "has_arrived", required=True, help="Record that it arrived, or send it again.")
@click.option("--subscriber", help="Only this subscriber.")
@click.option("--period", help="Only this period's key.")
@json_option
@shared_options
def settle(where: Where, report_id: str, has_arrived: bool, subscriber: str | None, period: str | None, as_json: bool) -> None:
    """Decide about deliveries of which nobody knows whether they arrived."""
    from exports.delivery.requests import settle as decide

    home, config, ops, now = _open(where)
    _tell(decide(config, home, ops, report_id, now, has_arrived=has_arrived, subscriber_id=subscriber, period_key=period), as_json)


@command.command("release")
@shared_options
def release(where: Where) -> None:
    """Let deliveries go out again that are held because the ledger was rebuilt."""
    from exports.delivery.pauses import release as end

    _, _, ops, now = _open(where)
    click.echo("Deliveries go out again with the next run." if end(ops, now) else "No deliveries are held.")


@command.command("pause")
@click.argument("report_id")
@click.option("--subscriber", help="Only to this subscriber.")
@click.option("--until", help="A date or time; without it, until `reports resume`.")
@shared_options
def pause(where: Where, report_id: str, subscriber: str | None, until: str | None) -> None:
    """Pause a report for a while; the ledger keeps each skipped period with the reason."""
    from base.clock import parse_instant
    from base.errors import ConfigError
    from exports.delivery.requests import pause as stop

    _, config, ops, now = _open(where)
    end = parse_instant(until, zone=config.company.time_zone, what="--until") if until else None
    if end is not None and end <= now:
        raise ConfigError(f"--until: {until} is over, so nothing would be paused", remedy="Give a later one.")
    stop(config, ops, report_id, now, subscriber_id=subscriber, until=end)
    click.echo(f"{report_id} is paused{f' for {subscriber}' if subscriber else ''}{f' until {until}' if until else ''}.")


@command.command("resume")
@click.argument("report_id")
@click.option("--subscriber", help="Only to this subscriber.")
@shared_options
def resume(where: Where, report_id: str, subscriber: str | None) -> None:
    """End the pauses of a report."""
    from exports.delivery.requests import resume as go_on

    _, config, ops, now = _open(where)
    ended = go_on(config, ops, report_id, now, subscriber_id=subscriber)
    click.echo(f"{ended} pause(s) of {report_id} ended.")


def _no_reports(config: Any) -> str:
    return f"{config.folder / 'reports.yml'} has no report with a subscriber (docs/configuration.md shows one)."


def _tell(outcomes: list[Any], as_json: bool) -> None:
    """Print what became of each delivery; exit code 1 when one failed or is ambiguous."""

    def sentence(outcome: Any) -> str:
        reason = f": {outcome.reason}" if outcome.reason else ""
        return f"{outcome.key.subscriber_id} by {outcome.key.channel}, {outcome.key.period_key}: {outcome.state}{reason}"

    echo_rows(
        outcomes,
        as_json,
        sentence,
        nothing="Nothing to do.",
        document=lambda o: {**vars(o.key), "state": o.state, "reason": o.reason, "provider_id": o.provider_id},
    )
    if any(outcome.state in ("failed", "ambiguous") for outcome in outcomes):
        raise click.exceptions.Exit(1)
