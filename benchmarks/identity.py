"""Identity: CPU seconds and memory of the identity models over N records whose people are known by construction (benchmarks/identity_data.py)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Cost, Place, StepFailed, run_step
from benchmarks.transform import MAPPINGS

RECORDS = 1_000_000

_MODELS = "path:models/canonical/identity"
_TESTS = [
    "people_are_closed_under_links",
    "a_split_is_never_one_person",
    "primary_key_person_links_record_number__link_number",
    "primary_key_person_map_source_system__candidate_id",
]


@dataclass(frozen=True)
class Identity:
    """`models`: from contacts to people; `tests`: that they are closed under links and their keys; `floor`: scipy over the finished links."""

    records: int
    people: int
    models: Cost
    tests: Cost
    floor: Cost


def measure_identity(work: Path, *, records: int = RECORDS) -> Identity:
    """Write the contacts, build the people, test them. Raises StepFailed when they are not the people that were written."""
    place = Place.below(work / "home_identity", MAPPINGS)
    written = run_step("write_contacts", place, records=records)
    models = run_step("dbt_build", place, select=[_MODELS], exclude=["resource_type:test"])
    tests = run_step("dbt_build", place, select=_TESTS, exclude=[])
    floor = run_step("identity_floor", place)
    people = written.facts["people"]
    if not people == floor.facts["by_scipy"] == floor.facts["by_us"]:
        raise StepFailed(f"{floor.facts} are not the {people} people that were written")
    return Identity(records, people, models, tests, floor)
