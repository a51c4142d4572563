"""Members of slices (a recruiter, a requisition, ...) as people name them: by name in any case, by a beginning that only one has, or by key."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from base.errors import ConfigError
from base.names import folded
from base.slices import Slice, slices
from exports.document.words import listed
from exports.marts import Marts

#: So many are listed where several fit.
_LISTED = 6


@dataclass(frozen=True)
class Member:
    """One member of a slice: `key` as core and marts have it, `name` as people say it, `hint` tells namesakes apart."""

    slice_type: str
    key: str
    name: str
    hint: str = ""


def members(marts: Marts, slice_type: str) -> list[Member]:
    """All members of a slice in core, by name. People: those in the role."""
    _, rows = marts.table(_members_sql(slices()[slice_type]))
    return [Member(slice_type, str(key), str(name), str(hint or "")) for key, name, hint in rows]


def member_named(marts: Marts, option: str, slice_type: str, text: str) -> Member:
    """The member that `text` means. Raises ConfigError where none or several could be meant, naming them."""
    known = members(marts, slice_type)
    wanted = folded(text)
    ways = (
        [member for member in known if folded(member.name) == wanted],
        [member for member in known if member.key == text.strip()],
        [member for member in known if wanted and folded(member.name).startswith(wanted)],
        [member for member in known if wanted and any(word.startswith(wanted) for word in folded(member.name).split())],
    )
    found = next((way for way in ways if way), [])
    words = slices()[slice_type].words
    if len(found) > 1:
        raise ConfigError(f"--{option}: '{text}' may be {_several(found)}", remedy=_how_to_choose(option, slice_type, found))
    if not found:
        raise ConfigError(f"--{option}: no {words} is called '{text}'", remedy=_nearest(wanted, known))
    return found[0]


def requisition_with_id(marts: Marts, option: str, text: str) -> Member:
    """The requisition with this id in its source. Raises ConfigError for an id that none or several have."""
    _, rows = marts.table("select job_key, job_name, job_id, source_system from core.dim_jobs order by job_id, source_system")
    found = [row for row in rows if text.strip() in (row[2], f"{row[3]}:{row[2]}")]
    if len(found) > 1:
        raise ConfigError(
            f"--{option}: {len(found)} sources have a requisition '{text}'",
            remedy=f"Put the source before it: {listed(f'{row[3]}:{row[2]}' for row in found)}.",
        )
    if not found:
        near = difflib.get_close_matches(text.strip(), [str(row[2]) for row in rows], n=3)
        raise ConfigError(
            f"--{option}: no requisition has the id '{text}'",
            remedy=f"Did you mean {' or '.join(near)}?" if near else "The id is the one of the ATS; --job takes the title.",
        )
    return Member("job", str(found[0][0]), str(found[0][1]))


def _members_sql(found: Slice) -> str:
    if found.gathers:
        return _members_sql(slices()[found.gathers])
    if found.slice_type == "job":
        return (
            "select job_key, job_name, concat_ws(', ', 'id ' || job_id, office_name, 'opened ' || strftime(opened_at, '%-d %b %Y')) as hint "
            "from core.dim_jobs left join core.dim_offices using (office_key) where job_name is not null order by job_name, opened_at, job_key"
        )
    if found.named_by is None:
        table = "dim_jobs" if found.is_of_requisition else "fct_applications"
        return f"select distinct {found.column}, {found.column}, null from core.{table} where {found.column} is not null order by 1"
    named = f"select distinct {found.name_key}, {found.name_column}, source_system from core.{found.named_by} where {found.name_column} is not null"
    order = f" order by {found.name_column}, {found.name_key}"
    if found.name_key == found.column:
        return named + order
    keys = [f"select {found.column} from core.{table}" for table in ("fct_applications", "dim_jobs")]
    return f"{named} and {found.name_key} in ({' union '.join(keys if found.is_of_requisition else keys[:1])}){order}"


def _several(found: Sequence[Member]) -> str:
    names = sorted({member.name for member in found})
    if len(names) == 1:
        return f"any of {len(found)} of that name"
    shown = [f"'{name}'" for name in names[:_LISTED]]
    return listed(shown) if len(names) <= _LISTED else f"{', '.join(shown)} or {len(names) - _LISTED} others"


def _how_to_choose(option: str, slice_type: str, found: Sequence[Member]) -> str:
    if len({member.name for member in found}) == len(found):
        return "Give more of the name."
    shown = "; ".join(f"{member.hint} (key {member.key})" if member.hint else f"key {member.key}" for member in found[:_LISTED])
    more = f"; and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    how = "Give --job-id with the id" if slice_type == "job" else f"Give the key to --{option}"
    return f"{how} of one of them: {shown}{more}."


def _nearest(wanted: str, known: Sequence[Member]) -> str:
    names = {folded(member.name): member.name for member in known}
    near = [names[name] for name in difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)]
    near += [name for key, name in names.items() if wanted and wanted in key and name not in near]
    if near:
        return f"Did you mean {' or '.join(near[:3])}?"
    return f"Known: {', '.join(list(names.values())[:12]) or 'none'}{' ...' if len(names) > 12 else ''}."
