"""Declines without a recorded reason, from the published marts, each with the row of mappings/decline_answers.csv to fill in."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime

from base.home import Home
from orchestration.answers.mapping_proposals import rule

FILE = "decline_answers.csv"
HEADER = "source_system,offer_id,decline_reason_code,answered_on,answered_by"


@dataclass(frozen=True)
class OpenDecline:
    """A decline without a specific reason; `recruiter_name` is asked."""

    source_system: str
    offer_id: str
    declined_at: datetime | None
    decline_reason_source_name: str | None
    recruiter_name: str | None

    @property
    def document(self) -> dict[str, str | None]:
        """The decline for a program: its instant as ISO text."""
        from base.clock import iso

        declined_at = iso(self.declined_at.replace(tzinfo=UTC)) if self.declined_at else None
        return {**self.__dict__, "declined_at": declined_at}

    @property
    def row(self) -> str:
        """The row with what is known: a rule's code where the source's own words say something."""
        words = self.decline_reason_source_name
        code = (rule("reason", words, "candidate").code if words else None) or ""
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow([self.source_system, self.offer_id, "" if code == "unknown" else code, "", ""])
        return text.getvalue()


def open_declines(home: Home) -> list[OpenDecline]:
    """The unanswered declines of the published state, latest first. Raises FunnelcastError before the first publish."""
    from exports.marts import Marts

    query = """
        select o.source_system, o.offer_id, f.declined_at, f.decline_reason_source_name, u.user_name as recruiter_name
        from published.marts.offer_decline_followups as f
        inner join published.core.fct_offers as o on o.offer_key = f.offer_key
        left join published.core.dim_users as u on u.user_key = f.recruiter_key
        where not f.is_answered
        order by f.declined_at desc nulls last, o.source_system, o.offer_id
    """
    with Marts.current(home) as marts:
        return marts.rows(OpenDecline, query)
