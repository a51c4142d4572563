"""A: an exception at any step of a delivery, a report, a notice or a question stays inside it; the others go on, and nothing is sent twice in silence."""

from __future__ import annotations

import logging
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from base.config import Config, Report
from base.errors import FunnelcastError
from base.home import Home
from exports.delivery import deliver, notices, rendered_reports
from exports.delivery import delivery_ledger as ledger
from exports.delivery.courier import Courier
from exports.document.model import Frame
from exports.editions.registry import EDITIONS
from exports.publish.state import current
from exports.rendering import artifacts
from tests.support import delivery_desk
from tests.support.delivery_desk import NOW
from tests.support.throwing import KINDS, Step, recorded, thrown

LATER = NOW + ledger.LEASE + timedelta(minutes=5)
LAST = LATER + timedelta(hours=5)


@dataclass
class Desk(delivery_desk.Desk):
    """A desk whose guarded works are recorded or disturbed, by the name of the work and the subscriber."""

    throwing: dict[tuple[str, str], tuple[Step, Callable[[], BaseException]]] = field(default_factory=dict)
    steps: dict[tuple[str, str], dict[Step, None]] = field(default_factory=dict)
    fired: set[tuple[str, str]] = field(default_factory=set)

    def to(self, subscribers: list[dict[str, Any]], **report: Any) -> Config:
        """The configuration of one report to these, with an owner."""
        return self.config(subscribers=tuple(subscribers), company={"owner": {"email": "owner@example.com"}}, **report)

    def around(self, work: str, subscriber: str, act: Any) -> Any:
        """`act()`, recorded or disturbed as the test says."""
        if (work, subscriber) in self.steps:
            with recorded(self.steps[work, subscriber]):
                return act()
        if (work, subscriber) in self.throwing:
            with thrown(*self.throwing[work, subscriber]) as fired:
                try:
                    return act()
                finally:
                    self.fired |= {(work, subscriber)} if fired else set()
        return act()

    def disturbed(self, work: Any) -> Any:
        """The guarded work, from inside its guard."""
        return lambda courier, row: self.around(work.__name__.strip("_"), row.key.subscriber_id, lambda: work(courier, row))

    def notices_text(self) -> str:
        """All that the owner was sent."""
        return "\n".join(str(mail.get_content()) for mail in self.box.messages if mail["To"] == "owner@example.com")

    def received(self) -> Counter[str]:
        """How many messages each subscriber got."""
        return Counter(message["X-Report-Key"].split("|")[2] for message in self.box.messages if message["X-Report-Key"]) + Counter(
            post["metadata"]["event_payload"]["delivery_key"].split("|")[2] for post in self.slack.posts if "metadata" in post
        )

    def rows(self) -> dict[str, ledger.Delivery]:
        return {row.key.subscriber_id: row for row in ledger.find(self.ops)}


@pytest.fixture
def desk(published: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[Desk]:
    caplog.set_level(logging.CRITICAL, "funnelcast")  # hundreds of tracebacks
    monkeypatch.setenv("TEST_SLACK_TOKEN", "xoxb-test")
    with delivery_desk.delivery_desk(published, tmp_path, kind=Desk) as desk:
        sa.event.listen(desk.ops, "checkout", lambda connection, *_: connection.execute("pragma synchronous = off"))  # nothing crashes here
        guard, plan = Courier.guard, deliver._plan
        monkeypatch.setattr(Courier, "guard", lambda courier, row, work, record: guard(courier, row, desk.disturbed(work), record))
        monkeypatch.setattr(deliver, "_plan", lambda c, report, person: desk.around("plan", person.id, lambda: plan(c, report, person)))
        yield desk


def one_per_line(steps: Iterable[Step]) -> list[Step]:
    """The last call of each line: the calls of one statement are guarded by the same handler, and before the last of them most has been done."""
    return list({(file, line): (file, line, called) for file, line, called in steps}.values())


def subscriber(channel: str, name: str) -> dict[str, Any]:
    return {"id": name, "channel": channel, "address": {"email": f"{name}@example.com", "slack": "C0TEAM", "files": name}[channel]}


#: The guarded works, by the channel where they are found; and the modules whose steps no earlier one has.
WORKS = [
    ("files", "plan", ""),
    ("email", "advance", ""),
    ("files", "advance", "channels/files.py"),
    ("slack", "advance", "channels/slack.py"),
    ("slack", "upload", ""),
]


@pytest.mark.parametrize(("channel", "work", "module"), WORKS)
def test_an_exception_at_any_step_of_one_delivery_leaves_all_others_delivered_and_is_made_up_for(
    desk: Desk, channel: str, work: str, module: str
) -> None:
    options = {"sections": ["week"]} if work != "upload" else {}  # a small mail, but where there must be charts
    desk.deliver(desk.to([subscriber(channel, "warm")], options=options))  # what is done once per process is no step of a delivery
    desk.steps[work, "probe"] = {}
    desk.deliver(desk.to([subscriber(channel, "warm"), subscriber(channel, "probe")], options=options))
    steps = one_per_line(step for step in desk.steps.pop((work, "probe")) if module in step[0] or module in step[2])
    assert len(steps) > 5, steps
    desk.throwing = {(work, f"s{number:03}"): (step, KINDS[number % len(KINDS)]) for number, step in enumerate(steps)}
    victims = [name for _, name in desk.throwing]
    config = desk.to([subscriber(channel, name) for name in (*victims, "control")], options=options)
    outcomes = desk.deliver(config)
    assert {name for _, name in desk.fired} == set(victims)
    assert desk.rows()["control"].state == "sent", desk.rows()["control"].reason
    open_states = {outcome.state for outcome in outcomes if outcome.key.subscriber_id in victims}
    assert open_states <= {"planned", "rendered", "sent", "ambiguous", "failed"}
    assert not [row for row in desk.rows().values() if row.state == "sending"]
    desk.throwing = {}
    for now in (LATER, LAST):
        desk.deliver(config, now)
    rows = desk.rows()
    assert {name: rows[name].state for name in victims} == dict.fromkeys(victims, "sent")
    if channel != "files":
        assert set(desk.received()) == {"warm", "probe", *victims, "control"}
        repeated = {name for name, count in desk.received().items() if count > 1}
        assert all((rows[name].reason or "").startswith(ledger.REPEATED) for name in repeated), "sent twice in silence"
    notice = desk.notices_text()
    silent = [name for name in victims if name not in notice]
    # What failed after all was recorded, or what only reads and answers the same, needs nobody.
    assert len(silent) < len(victims) / 2


@pytest.mark.parametrize("work", ["take_over", "settle"])
def test_an_exception_while_a_delivery_in_doubt_is_settled_leaves_the_others_settled(desk: Desk, work: str) -> None:
    def left_in_doubt(names: list[str]) -> Config:
        config = desk.to([subscriber("email", name) for name in names], options={"sections": ["week"]}, on_ambiguous="hold")
        desk.deliver(config.model_copy(update={"company": config.company.model_copy(update={"delivery": type(config.company.delivery)()})}))
        state = {"take_over": {"state": "sending", "is_transmitting": True}, "settle": {"state": "ambiguous"}}[work]
        with desk.ops.begin() as connection:
            rows = ledger.deliveries.c.subscriber_id.in_(names)
            connection.execute(ledger.deliveries.update().where(rows).values({**state, "reason": None}))
        return config

    config = left_in_doubt(["probe"])
    desk.steps[work, "probe"] = {}
    desk.deliver(config)
    steps = list(desk.steps.pop((work, "probe")))
    assert len(steps) > 5
    desk.throwing = {(work, f"s{number:03}"): (step, KINDS[number % len(KINDS)]) for number, step in enumerate(steps)}
    names = [name for _, name in desk.throwing]
    config = left_in_doubt([*names, "control"])
    desk.deliver(config)
    assert len(desk.fired) > len(names) * 0.9
    assert (desk.rows()["control"].reason or "").startswith("held: unknown whether it arrived")
    desk.throwing = {}
    desk.deliver(config, LATER)
    assert {(row.state, (row.reason or "")[:5]) for row in desk.rows().values()} == {("ambiguous", "held:")}
    assert desk.received() == {}
    assert all(desk.notices_text().count(f"weekly, {name} ") >= 1 for name in (*names, "control"))


def test_an_exception_at_any_step_of_a_notice_loses_and_doubles_none(desk: Desk) -> None:
    """T9: what cannot be sent now is sent when telling works, once."""

    def one_more(number: int) -> None:
        notices.queue(desk.ops, f"n{number}", f"notice {number:03}", "words", NOW)

    config = desk.to([])
    steps: dict[Step, None] = {}
    for number, context in enumerate((nullcontext(), recorded(steps))):
        one_more(1000 + number)
        with context:
            notices.send_waiting(config, desk.home, desk.ops, NOW)
    assert len(steps) > 40
    courier = Courier(config, desk.home, desk.ops, NOW)
    for number, step in enumerate(steps):
        one_more(number)
        with thrown(step, KINDS[number % len(KINDS)]):
            deliver.tell_owner(courier)
        deliver.tell_owner(courier)
    deliver.tell_owner(Courier(config, desk.home, desk.ops, LATER))
    counts = Counter(re.findall(r"notice (\d{3})\b", "\n".join(f"{mail['Subject']}\n{mail.get_content()}" for mail in desk.box.messages)))
    missing = {f"{number:03}": step for number, step in enumerate(steps) if f"{number:03}" not in counts}
    assert missing == {}
    # Sent, and then the record of that failed: nobody can know, so once more under the same Message-ID.
    doubled = [number for number, count in counts.items() if count > 1]
    assert max(counts.values()) <= 2
    assert len(doubled) < len(steps) / 4


def test_where_even_recording_a_failure_fails_the_outcome_says_so_and_the_others_are_delivered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(courier: Courier, delivery: ledger.Delivery, problem: FunnelcastError) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(deliver, "after_error", broken)
    desk.throwing = {("advance", "one"): ((deliver.__file__, 0, "never"), RuntimeError)}
    works = desk.around

    def around(work: str, name: str, act: Any) -> Any:
        if (work, name) == ("advance", "one"):
            raise ValueError("candidate Anna")
        return works(work, name, act)

    monkeypatch.setattr(desk, "around", around)
    outcomes = desk.deliver(desk.to([subscriber("files", "one"), subscriber("files", "two")]))
    states = {outcome.key.subscriber_id: outcome.state for outcome in outcomes if outcome.reason or outcome.state == "sent"}
    assert states == {"one": "failed", "two": "sent"}
    assert "weekly, one (files, 2026-W26): failed. weekly to one by files: internal error (ValueError" in desk.notices_text()
    assert "Anna" not in desk.notices_text()


@pytest.mark.parametrize("nth", [3, 60, 150, 250, 330])
def test_a_person_who_stops_it_stops_it_and_the_next_call_goes_on(desk: Desk, nth: int) -> None:
    config = desk.to([subscriber("email", name) for name in ("one", "two")], options={"sections": ["week"]})
    desk.steps["advance", "probe"] = {}
    desk.deliver(desk.to([subscriber("email", "probe")], options={"sections": ["week"]}))
    step = list(desk.steps.pop(("advance", "probe")))[nth]
    desk.throwing = {("advance", "one"): (step, KeyboardInterrupt)}
    with pytest.raises(KeyboardInterrupt):
        desk.deliver(config)
    desk.throwing = {}
    desk.deliver(config, LATER)
    desk.deliver(config, LAST)
    assert {row.state for row in desk.rows().values()} == {"sent"}
    twice = [name for name, count in desk.received().items() if count > 1]
    assert all((desk.rows()[name].reason or "").startswith(ledger.REPEATED) for name in twice)


#: Where a report's files are written.
WRITERS = ("exports/delivery/rendered_reports.py", "exports/rendering/artifacts.py")


def test_an_exception_at_any_step_of_rendering_makes_that_report_wait_and_leaves_no_half_of_it(desk: Desk, published: Home) -> None:
    """Thrown at every line that writes, and, since before them nothing is written, once in each module that makes what they write."""
    home = Home(desk.home.root / "rendering").prepare()
    state = current(published)
    assert state is not None
    frame = Frame("Northwind")

    def render(name: str, edition: str, options: dict[str, Any]) -> None:
        report = Report.model_validate({"id": name, "edition": edition, "cron": "0 8 * * 1", "options": options})
        rendered_reports.render(home, state, report, frame, "2026-W26")

    tried: set[tuple[str, int]] = set()
    # The lines that write are the same for all reports: a small one takes them.
    for edition, options in (("weekly_funnel", {"sections": ["week"]}), *((edition, {}) for edition in EDITIONS)):
        render("warm", edition, options)
        steps: dict[Step, None] = {}
        with recorded(steps):
            render("probe", edition, options)
        chosen = {(step[0], step[1] if step[0].endswith(WRITERS) else 0): step for step in reversed(steps)}
        for number, step in enumerate(step for place, step in chosen.items() if place not in tried):
            with thrown(step, KINDS[number % len(KINDS)]) as fired, suppress(Exception):
                render("victim", edition, options)
            assert fired, step
            left = list((home.reports / "victim" / "2026-W26").glob("[!.]*"))
            # None, or a whole one, where reading it back was what failed.
            assert all(artifacts.read(folder).subject for folder in left), (step, left)
            shutil.rmtree(home.reports / "victim", ignore_errors=True)
        tried |= chosen.keys()
    assert len(tried) > 50, tried
