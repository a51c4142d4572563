"""Outreach: who was contacted for a requisition, with which messages, and what they did with them.

People (and mail software) open, click and reply; a person who is interested may enter process. Machines open within seconds of
delivery and scanners click every link at once; human acts come minutes to days later. That gap is what makes them separable.
"""

from __future__ import annotations

from sandbox.calendar import at_work
from sandbox.catalogue import Family
from sandbox.model import DAY, HOUR, Job, Message, Person, Recipient, Sequence
from sandbox.rng import Rng
from sandbox.staff import make_person

STEPS = 3
STEP_GAP_DAYS = (0, 4, 7)

SUBJECTS = (
    ("{role} in {office}?", "A {role} role you may like", "Your work, our {family} team"),
    ("Following up: {role}", "Re: {role} in {office}", "Still open: {role}"),
    ("Last note about {role}", "Should I close the loop?", "One more thing on {role}"),
)
#: Links of each step; the same page appears in several spellings, as it does in real templates.
LINKS = (
    ("https://northwind-labs.example.com/blog/how-we-work?utm_source=gem&utm_medium=email", "https://www.northwind-labs.example.com/careers/"),
    ("https://northwind-labs.example.com/careers?utm_campaign=step2", "https://calendly.com/northwind-labs-sandbox/intro", "http://northwind-labs.example.com/blog/how-we-work/"),
    ("https://www.linkedin.com/company/northwind-labs-sandbox", "https://northwind-labs.example.com/teams/{team}"),
)  # fmt: skip


def contact(rng: Rng, seed: int, job: Job, family: Family, end: int) -> tuple[Sequence | None, list[tuple[int, Person]]]:
    """The job's sequence (None for jobs without sourcing) and (time, person) of those who enter process from it, in time order."""
    if job.sourcer is None or not rng.chance(0.85):
        return None, []
    created = job.opened_at + rng.between(4, 40) * HOUR
    values = {"role": job.name, "office": job.office.name, "family": family.name, "team": job.department.name.lower().replace(" ", "-")}
    team_links = tuple(tuple(link.format(**values) for link in step) for step in LINKS)
    sequence = Sequence(
        id=f"seq-{job.id}",
        project_id=f"prj-{job.id}",
        name=f"{job.name}, {job.office.name} ({job.id})",
        job=job,
        owner=job.sourcer,
        created_at=created,
        subjects=tuple(rng.pick(variants).format(**values) for variants in SUBJECTS),
        links=team_links,
    )
    sends_on_behalf = rng.chance(0.6)
    weeks = rng.between(5, 9)
    moment, entered = float(created), list[tuple[int, Person]]()
    while True:
        moment += rng.gap(7 * DAY / family.sourcing)
        if moment >= min(end, created + weeks * 7 * DAY):
            break
        person = make_person(rng, 5_000_000 + (job.id - 50_000) * 1000 + len(sequence.recipients), job)
        added = at_work(rng, moment)
        recipient = Recipient(person, added, job.hiring_manager if sends_on_behalf and rng.chance(0.45) else None)
        person.gem_id, person.gem_created_at = f"cand-{job.id}-{len(sequence.recipients):04d}", added
        _write(rng, sequence, recipient, len(sequence.recipients))
        sequence.recipients.append(recipient)
        last = recipient.messages[-1]
        if last.reply_class == "interested" and last.replied_at is not None and rng.chance(0.7):
            recipient.converted_at = at_work(rng, last.replied_at + rng.wait(2.0) * DAY)
            entered.append((recipient.converted_at, person))
    return sequence, sorted(entered, key=lambda pair: (pair[0], pair[1].email))


def _write(rng: Rng, sequence: Sequence, recipient: Recipient, number: int) -> None:
    """Send the steps until the person answers, bounces or complains."""
    moment = recipient.added_at + rng.between(10, 50) * 60
    lift = 1.35 if recipient.on_behalf_of is not None else 1.0
    has_prefetch, has_scanner = rng.chance(0.3), rng.chance(0.07)
    for step in range(STEPS):
        moment = at_work(rng, moment + STEP_GAP_DAYS[step] * DAY)
        message = Message(f"0100019{sequence.job.id:07x}{number:05x}-{step + 1:02d}-000000", step + 1, moment, moment + rng.between(1, 20))
        recipient.messages.append(message)
        if step == 0 and rng.chance(0.025):
            message.delivered_at, message.bounced_at = None, moment + rng.between(2, 90)
            return
        delivered = message.delivered_at or moment
        if has_prefetch:
            message.opens.append((delivered + rng.between(1, 6), True))
        if has_scanner:
            message.clicks.extend((delivered + rng.between(1, 3), True, link) for link in sequence.links[step])
        if not rng.chance((0.62, 0.5, 0.42)[step]):
            continue
        opened = delivered + 240 + int(rng.wait(0.25) * DAY)
        message.opens.append((opened, False))
        if rng.chance(0.25):
            message.opens.append((opened + rng.between(600, 2 * DAY), False))
        clicked = rng.chance(0.16)
        if clicked:
            for link in sequence.links[step]:
                if rng.chance(0.6):
                    message.clicks.append((opened + rng.between(20, 900), False, link))
        if rng.chance(min(0.9, (0.17, 0.13, 0.1)[step] * lift * (2.2 if clicked else 1.0))):
            message.replied_at = opened + rng.between(10, 2880) * 60
            message.reply_class = rng.weighted(
                (("interested", 0.36), ("not_interested", 0.36), ("later", 0.14), ("auto", 0.08), ("unknown", 0.06))
            )
            if message.reply_class != "auto":
                return
        if rng.chance(0.002):
            message.complained_at = opened + rng.between(60, 7200)
            return


def stop(sequence: Sequence, moment: int) -> None:
    """The requisition closed: nothing is sent from `moment` on (what was sent may still be answered)."""
    for recipient in sequence.recipients:
        recipient.messages = [message for message in recipient.messages if message.sent_at < moment]
        if recipient.converted_at is not None and recipient.converted_at >= moment:
            recipient.converted_at = None
    sequence.recipients = [recipient for recipient in sequence.recipients if recipient.messages]
