"""What really happened, from the simulator's own state and never from what is served: the oracle of the product's tests.

Words are those of concepts.md: visit, furthest stage, outcome, ladder, credit. Everything is as known at the world's now; times are whole
seconds UTC. Where a vendor keeps less than the truth, both are here (`extended_at` the instant, `extended_on` all Greenhouse keeps).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from sandbox import state
from sandbox.canonical_outreach import message_events, sent_messages
from sandbox.model import STAGE_CODES, Application, Reason, instant, iso
from sandbox.world import World

ORDER = {code: place for place, code in enumerate(STAGE_CODES)}


@dataclass(frozen=True)
class VisitTruth:
    """One stay; code None = unmapped. `exited_at` None = still there. After the closing a visit has zero length."""

    stage_code: str | None
    stage_name: str
    entered_at: int
    exited_at: int | None
    is_exit_recorded: bool


@dataclass(frozen=True)
class OfferTruth:
    """The application's offer: the latest version that is neither draft nor superseded."""

    offer_id: int
    application_id: int
    status_code: str
    first_extended_at: int
    extended_at: int
    extended_on: str
    resolved_at: int | None
    starts_on: str
    version_count: int
    is_reneged: bool
    decline_reason_code: str | None
    decline_reason_name: str | None


@dataclass(frozen=True)
class ApplicationTruth:
    """One application that is not a prospect. `ladder`: the codes of its job in order; `entries`: first real entry per code."""

    application_id: int
    candidate_id: int
    person_email: str
    job_id: int
    job_name: str
    job_family: str
    job_level_code: str
    department_id: int
    department_name: str
    office_id: int
    office_name: str
    recruiter_id: int
    hiring_manager_id: int
    source_id: int
    source_name: str
    channel_code: str
    origin_code: str
    applied_at: int
    status_code: str
    hired_at: int | None
    closed_at: int | None
    close_reason_name: str | None
    close_reason_code: str | None
    close_direction_code: str | None
    furthest_stage_code: str
    current_stage_code: str | None
    current_stage_name: str | None
    last_activity_at: int
    ladder: tuple[str, ...]
    entries: dict[str, int]
    visits: tuple[VisitTruth, ...]
    is_transferred: bool
    is_reopened: bool
    offer: OfferTruth | None


@dataclass(frozen=True)
class JobTruth:
    job_id: int
    job_name: str
    job_family: str
    department_id: int
    office_id: int
    status_code: str
    opened_at: int | None
    closed_at: int | None
    openings: tuple[tuple[int, int, int | None, int | None], ...]  # id, opened, closed, filled application
    hold_seconds: int
    ladder: tuple[str, ...]


@dataclass(frozen=True)
class MessageTruth:
    message_id: str
    sequence_id: str
    job_id: int
    step_number: int
    person_email: str
    sender_id: int
    on_behalf_of_id: int | None
    subject_text: str
    sent_at: int
    links: tuple[str, ...]
    is_delivered: bool
    is_bounced: bool
    is_opened: bool
    is_opened_human: bool
    clicked: tuple[str, ...]
    clicked_human: tuple[str, ...]
    replied_at: int | None
    reply_class_code: str | None


@dataclass(frozen=True)
class Truth:
    applications: tuple[ApplicationTruth, ...]
    jobs: tuple[JobTruth, ...]
    messages: tuple[MessageTruth, ...]

    @property
    def offers(self) -> tuple[OfferTruth, ...]:
        return tuple(application.offer for application in self.applications if application.offer is not None)


def truth_of(world: World) -> Truth:
    """Everything that happened before the world's now."""
    now = world.now_seconds
    seen = [application for application in world.seen_applications if not application.is_prospect]
    ladders = _ladders(world, seen)
    return Truth(
        applications=tuple(_application(application, ladders[application.job_at(now).id], now) for application in seen),
        jobs=tuple(_jobs(world, ladders)),
        messages=tuple(_messages(world)),
    )


def write_truth(world: World, folder: Path) -> None:
    """applications.jsonl, jobs.jsonl, messages.jsonl and clock.json, times as ISO text where a field ends in _at."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = truth_of(world)
    for name, rows in (("applications", truth.applications), ("jobs", truth.jobs), ("messages", truth.messages)):
        _write_lines(folder / f"{name}.jsonl", (asdict(row) for row in rows))
    (folder / "clock.json").write_bytes(orjson.dumps({"now": iso(now := world.now_seconds), "now_seconds": now, "seed": world.seed}))


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("wb") as file:
        for row in rows:
            file.write(orjson.dumps(_readable(row), option=orjson.OPT_APPEND_NEWLINE))


def _readable(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        inner = "entry_at" if name == "entries" else ""
        return {key: _readable(item, inner or key) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_readable(item) for item in value]
    return iso(value) if name.endswith("_at") and isinstance(value, int) else value


def _ladders(world: World, seen: list[Application]) -> dict[int, tuple[str, ...]]:
    """Canonical stages of the job's plan and those that its applications visited, with applied and hired always."""
    now = world.now_seconds
    codes: dict[int, set[str]] = {}
    for job in world.seen_jobs:
        codes[job.id] = {"applied", "hired"} | {stage.code for stage in job.stages if stage.code is not None}
    for application in seen:
        visited = {visit.stage.code for visit in application.visits_at(now)}
        codes[application.job_at(now).id] |= {code for code in visited if code is not None}
    return {job: tuple(sorted(found, key=ORDER.__getitem__)) for job, found in codes.items()}


def _application(application: Application, ladder: tuple[str, ...], now: int) -> ApplicationTruth:
    closing, job = application.closing_at(now), application.job_at(now)
    status = "active" if closing is None else closing.status_code
    hired_at = closing.at if closing is not None and status == "hired" else None
    entries = {"applied": application.applied_at}
    for visit in application.visits_at(now):
        if visit.stage.code is not None:
            entries[visit.stage.code] = min(visit.entered_at, entries.get(visit.stage.code, visit.entered_at))
    if hired_at is not None:
        entries["hired"] = hired_at
    visits = _visits(application, closing.at if closing else None, now)
    furthest = "hired" if status == "hired" else max(entries, key=ORDER.__getitem__)
    current = state.current_visit(application, now)
    reason = closing.reason if closing else None
    by_status = {"rejected": "company", "withdrawn": "candidate", "closed": "neither"}.get(status)  # where no reason was given
    direction = reason.direction_code if reason else by_status
    assert application.person is not None
    return ApplicationTruth(
        application_id=application.id,
        candidate_id=application.person.id,
        person_email=application.person.email,
        job_id=job.id,
        job_name=job.name,
        job_family=job.family,
        job_level_code=job.level,
        department_id=job.department.id,
        department_name=job.department.name,
        office_id=job.office.id,
        office_name=job.office.name,
        recruiter_id=(application.recruiter or job.recruiter).id,
        hiring_manager_id=job.hiring_manager.id,
        source_id=application.source.id,
        source_name=application.source.name,
        channel_code=application.source.channel_code,
        origin_code=application.source.origin_code,
        applied_at=application.applied_at,
        status_code=status,
        hired_at=hired_at,
        closed_at=closing.at if closing else None,
        close_reason_name=reason.name if reason else None,
        close_reason_code=_decline_code(reason),
        close_direction_code=direction,
        furthest_stage_code=furthest,
        current_stage_code=current.stage.code if current else None,
        current_stage_name=current.stage.name if current else None,
        last_activity_at=application.last_activity(now),
        ladder=ladder,
        entries=entries,
        visits=visits,
        is_transferred=application.transferred_at is not None and application.transferred_at < now,
        is_reopened=any(c.reopened_at is not None and c.reopened_at < now and c.status_code != "hired" for c in application.closings),
        offer=_offer(application, now),
    )


def _visits(application: Application, closed_at: int | None, now: int) -> tuple[VisitTruth, ...]:
    visits = []
    for visit in application.visits_at(now):
        exited = state.before(visit.exited_at, now)
        if closed_at is not None and visit.entered_at >= closed_at:
            exited = visit.entered_at
        elif closed_at is not None:
            exited = min(closed_at, exited if exited is not None else closed_at)
        visits.append(VisitTruth(visit.stage.code, visit.stage.name, visit.entered_at, exited, visit.exit_is_recorded))
    return tuple(visits)


def _offer(application: Application, now: int) -> OfferTruth | None:
    """Extended = sent to the candidate at least once; the latest version that counts tells the outcome."""
    versions = [offer for offer in application.offers if offer.created_at < now]
    counted = [offer for offer in versions if offer.status_at(now) not in ("draft", "superseded") and offer.sent_at is not None]
    if not counted:
        return None
    offer = max(counted, key=lambda version: (version.sent_at or 0, version.version, version.id))
    status = offer.status_at(now)
    closing = application.closing_at(now)
    reason = closing.reason if closing is not None and status == "declined" else None
    sent = offer.sent_at or 0
    hired_once = any(c.status_code == "hired" and c.reopened_at is not None and c.reopened_at < now for c in application.closings)
    return OfferTruth(
        offer_id=offer.id,
        application_id=application.id,
        status_code=status,
        first_extended_at=min(version.sent_at for version in versions if version.sent_at is not None and version.sent_at < now),
        extended_at=sent,
        extended_on=str(instant(sent).date()),
        resolved_at=state.before(offer.resolved_at, now),
        starts_on=str(instant(offer.starts_at).date()),
        version_count=len(versions),
        is_reneged=status == "accepted" and hired_once,
        decline_reason_code=None if status != "declined" else _decline_code(reason) or "unknown",
        decline_reason_name=reason.name if reason else None,
    )


def _decline_code(reason: Reason | None) -> str | None:
    """The taxonomy's code of a candidate's reason, as the shipped mapping has it; the company's own reasons have none."""
    if reason is None or reason.direction_code != "candidate":
        return None
    return reason.decline_code or "unmapped"


def _jobs(world: World, ladders: dict[int, tuple[str, ...]]) -> Iterable[JobTruth]:
    now = world.now_seconds
    for job in world.seen_jobs:
        openings = []
        for opening in state.seen_openings(job, now):
            closed = state.before(opening.closed_at, now)
            filled = opening.application.id if closed is not None and opening.application is not None else None
            openings.append((opening.id, opening.opened_at, closed, filled))
        end = state.before(job.closed_at, now) or now
        held = sum(max(0, min(released, end) - held) for held, released in job.holds if held < end)
        opened, closed = state.before(job.opened_at, now), state.before(job.closed_at, now)
        status = state.job_status(job, now)
        yield JobTruth(
            job.id,
            job.name,
            job.family,
            job.department.id,
            job.office.id,
            status,
            opened,
            closed,
            tuple(openings),
            held,
            ladders[job.id],
        )


def _messages(world: World) -> Iterable[MessageTruth]:
    now = world.now_seconds
    for sequence, recipient, message in sent_messages(world):
        events = [event for event in message_events(message) if event[1] < now]
        kinds = {code for code, _, _, _ in events}
        clicked = sorted({url for code, _, url, _ in events if code == "clicked" and url is not None})
        human = sorted({url for code, _, url, is_machine in events if code == "clicked" and url is not None and not is_machine})
        replied = state.before(message.replied_at, now)
        yield MessageTruth(
            message_id=message.id,
            sequence_id=sequence.id,
            job_id=sequence.job.id,
            step_number=message.step,
            person_email=recipient.person.email,
            sender_id=sequence.owner.id,
            on_behalf_of_id=recipient.on_behalf_of.id if recipient.on_behalf_of else None,
            subject_text=sequence.subjects[message.step - 1],
            sent_at=message.sent_at,
            links=sequence.links[message.step - 1],
            is_delivered="delivered" in kinds,
            is_bounced="bounced" in kinds,
            is_opened="opened" in kinds,
            is_opened_human=any(code == "opened" and not is_machine for code, _, _, is_machine in events),
            clicked=tuple(clicked),
            clicked_human=tuple(human),
            replied_at=replied,
            reply_class_code=message.reply_class if replied is not None else None,
        )
