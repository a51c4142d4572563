"""Short notices to the owner (company.yml `owner`): a failed run, a delivery that needs a person. No personal data, and never a failure of its own.

A notice is kept first and sent then, so that one which cannot be sent (the mail server is down, the process dies) goes out when a later call can
send, once. One whose arrival is unknown is sent once more under the same Message-ID: an alarm is better doubled than lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from base.config import Config
from base.errors import contained
from base.home import Home
from base.ops import Instant, metadata
from base.personal_data import Place, columns_of
from exports.channels.channel import Channel, NotSentError, UnknownOutcomeError
from exports.channels.registry import CHANNELS
from exports.delivery.delivery_ledger import LEASE, this_process

#: From here on a notice says when it was written.
LATE = timedelta(hours=1)
#: So many whole notices in one message, the newest; of the others the subject.
SHOWN = 10
#: Sent again so often when nobody knows whether it arrived.
REPEATS = 1

owner_notices = sa.Table(
    "owner_notices",
    metadata,
    sa.Column("notice_key", sa.String(200), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("unknown_count", sa.Integer, nullable=False),
    sa.Column("claimed_by", sa.String(200)),
    sa.Column("lease_until", Instant),
    sa.Column("sent_at", Instant),
    sa.Column("note", sa.Text),
    sa.Index("ix_owner_notices_state", "state"),
)

PLACES = (
    Place(
        "notices to the owner",
        "what needed attention: ids of reports and subscribers, sentences of failed runs, words of servers that refused",
        holds=("employees",),
        format="text",
        columns=columns_of("owner_notices", "notice_key", "subject", "text", "state", "claimed_by", "note"),
    ),
)


@dataclass(frozen=True)
class _Notice:
    key: str
    subject: str
    text: str
    created_at: datetime
    unknown_count: int


def notify_owner(config: Config, home: Home, ops: Engine, *, key: str, subject: str, text: str, now: datetime) -> list[str]:
    """Send a notice unless one of this key was; returns the result of each channel, in words, for the run's log. What cannot be sent now waits."""
    if not _ways(config, home):
        return [_nobody(config)]
    queue(ops, key, subject, text, now)
    return send_waiting(config, home, ops, now)


def queue(ops: Engine, key: str, subject: str, text: str, now: datetime) -> None:
    """Keep a notice to be sent; one of the same key is kept once."""
    values = {"notice_key": key, "subject": subject, "text": text, "state": "waiting", "created_at": now, "unknown_count": 0}
    try:
        with ops.begin() as connection:
            if not connection.execute(sa.select(owner_notices.c.state).where(owner_notices.c.notice_key == key)).first():
                connection.execute(sa.insert(owner_notices).values(values))
    except sa.exc.IntegrityError:
        return  # another process was faster


def send_waiting(config: Config, home: Home, ops: Engine, now: datetime) -> list[str]:
    """Send all notices that wait, as one message; returns the results in words, none when nothing waits."""
    ways = _ways(config, home)
    if not ways:
        return []
    claimant = this_process()
    notices = _claim(ops, claimant, now)
    if not notices:
        return []
    subject, text = _message(notices, now)
    identity = "|".join(notice.key for notice in notices)
    results = {name: _notify(channel, address, f"Funnelcast: {subject}", text, now, identity) for name, channel, address in ways}
    _record(ops, claimant, results, now)
    return [f"owner by {name}: {words}" for name, (_, words) in results.items()]


def _ways(config: Config, home: Home) -> list[tuple[str, Channel, str]]:
    """Every channel that reaches the owner, with the address there; none while delivery is not enabled."""
    if not config.company.delivery.enabled:
        return []
    channels = [(name, kind(config.company, home)) for name, kind in CHANNELS.items()]
    return [(name, channel, channel.owner_address) for name, channel in channels if channel.owner_address]


def _nobody(config: Config) -> str:
    why = "company.yml names no owner" if config.company.delivery.enabled else "company.yml delivery.enabled is false"
    return f"owner not notified: {why}"


def _claim(ops: Engine, claimant: str, now: datetime) -> list[_Notice]:
    """All that wait, now `sending` for this call; those whose sender died unseen are among them once more."""
    table = owner_notices
    with ops.begin() as connection:
        died = sa.and_(table.c.state == "sending", sa.or_(table.c.lease_until <= now, table.c.lease_until > now + LEASE))
        connection.execute(sa.update(table).where(died).values(state="waiting", unknown_count=table.c.unknown_count + 1))
        connection.execute(sa.update(table).where(table.c.state == "waiting", table.c.unknown_count > REPEATS).values(state="unknown"))
        claim = {"state": "sending", "claimed_by": claimant, "lease_until": now + LEASE}
        connection.execute(sa.update(table).where(table.c.state == "waiting").values(claim))
        wanted = (table.c.notice_key, table.c.subject, table.c.text, table.c.created_at, table.c.unknown_count)
        found = connection.execute(
            sa.select(*wanted).where(table.c.claimed_by == claimant).order_by(table.c.created_at, table.c.notice_key)
        )
        return [_Notice(*row.tuple()) for row in found]


def _message(notices: list[_Notice], now: datetime) -> tuple[str, str]:
    if len(notices) == 1:
        return notices[0].subject, _text(notices[0], now)
    older, newest = notices[:-SHOWN], notices[-SHOWN:]
    parts = [f"{notice.subject}\n{_text(notice, now)}" for notice in reversed(newest)]
    if older:
        parts.append(
            "\n".join(["Before these:", *(f"{notice.created_at:%Y-%m-%d %H:%M} UTC: {notice.subject}" for notice in reversed(older))])
        )
    return f"{len(notices)} notices", "\n\n".join(parts)


def _text(notice: _Notice, now: datetime) -> str:
    late = now - notice.created_at > LATE
    return notice.text + (f"\n\nWritten {notice.created_at:%Y-%m-%d %H:%M} UTC; it could not be sent then." if late else "")


def _notify(channel: Channel, address: str, subject: str, text: str, now: datetime, identity: str) -> tuple[str, str]:
    """`sent`, `unknown` or `waiting`, and the result in words."""
    try:
        channel.notify(address, subject, text, now, identity)
    except UnknownOutcomeError as error:
        return "unknown", error.reason
    except NotSentError as error:
        return "waiting", error.reason
    except Exception as error:
        return "waiting", str(contained(error, "notice to the owner"))
    return "sent", "sent"


def _record(ops: Engine, claimant: str, results: dict[str, tuple[str, str]], now: datetime) -> None:
    """The owner has heard when one channel took it."""
    states = {state for state, _ in results.values()}
    values: dict[str, object] = {"claimed_by": None, "lease_until": None, "note": "; ".join(words for _, words in results.values())}
    if "sent" in states:
        values |= {"state": "sent", "sent_at": now}
    else:
        values |= {"state": "waiting"}
        if "unknown" in states:
            values["unknown_count"] = owner_notices.c.unknown_count + 1
    with ops.begin() as connection:
        connection.execute(sa.update(owner_notices).where(owner_notices.c.claimed_by == claimant).values(values))
