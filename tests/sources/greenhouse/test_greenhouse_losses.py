"""What Greenhouse's lists do not say (deletions, merges, moves between two loads, answers about oneself), from doubles and webhooks to canonical.

One lake of three sources, built once: `ats` with all rights, `blind` whose token sees half from its second sweep on, `cut` whose third sweep
is interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest

from base.clock import iso
from ingestion.extract.run import ExtractionError, extract
from ingestion.log.loads import COMPLETE, REFUSED, Ledger, newest_window_end
from ingestion.preflight import check as preflight
from sandbox.company import simulate
from sandbox.doubles.greenhouse import webhooks as bodies
from sandbox.doubles.greenhouse.losses import Losses
from sandbox.model import Application, Visit, instant
from sandbox.self_identification import eeo_answers
from sandbox.world import World
from tests.support.ingestion import Place, Services, config_of, lake_rows, services
from tests.support.lake import write_load
from tests.support.vendor_lake import dbt_build, naive

pytestmark = pytest.mark.xdist_group("greenhouse_losses")

WEEK = timedelta(days=7)
LISTS = ("applications", "candidates", "jobs", "sweeps")
FIELDS = {"jobs": {"job_family": "job_level"}, "applications": {"origin_code": "how_found"}}
FORMS = ("application_stages", "eeoc", "demographic_questions", "demographic_answer_options", "demographic_answers")


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(requisitions=4, years=0.4)


@pytest.fixture
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with services(world, monkeypatch) as started:
        yield started


def loader(place: Place, served: Services, name: str = "ats", **settings: Any) -> Callable[..., list[str]]:
    """load(week, *streams): one run of the source at that week; returns the streams that were asked for."""
    source = served.greenhouse_source.model_copy(update={"name": name, **settings})

    def load(week: float, *streams: str, sweep: bool = False) -> list[str]:
        moment = served.world.now + week * WEEK
        done = extract(config_of(source), place.home, place.ops, source, window_end=moment, streams=streams or LISTS, sweep=sweep)
        return [stream.stream for stream in done.streams]

    return load


def test_a_sweep_comes_every_sweep_days_and_when_asked_for_and_lists_every_id_once(place: Place, served: Services) -> None:
    load = loader(place, served)
    assert "sweeps" not in load(0)
    assert "sweeps" not in load(0.9)
    assert "sweeps" in load(1)
    assert "sweeps" not in load(1.5)
    assert "sweeps" in load(1.6, sweep=True)
    assert "sweeps" not in loader(place, served, sweep_days=0)(9)
    pages = [row[0] for row in lake_rows(place.home, "payload::json", order="1") if '"swept_at"' in row[0]]
    listed = duckdb.sql(
        f"select p->>'entity' as entity, unnest(from_json(p->'ids', '[\"VARCHAR\"]')) as id from (select unnest({pages!r})::json as p)"
    ).fetchall()
    truth = [(entity, str(number)) for entity in ("applications", "candidates", "jobs") for number in served.greenhouse.listing(entity).ids]
    assert sorted(listed) == sorted(truth * 2)


def test_a_sweep_that_is_cut_goes_on_where_it_was_and_is_one_sweep(place: Place, served: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.sources.greenhouse.connector.PER_PAGE", 50)
    load = loader(place, served)
    load(0)
    fault = served.faults.add("status", service="greenhouse", route="/v3/applications", status=403, nth=3)
    with pytest.raises(ExtractionError):
        load(1, "sweeps")
    ledger = Ledger(place.ops)
    assert ledger.newest_complete("ats", "sweeps") is None
    asked = served.greenhouse.requests["/v3/applications"]
    served.faults.clear()
    assert fault.struck
    assert load(1.2, "sweeps") == ["sweeps"]
    done = ledger.newest_complete("ats", "sweeps")
    assert done is not None
    assert done.load.window_end == served.world.now + WEEK
    # the two pages that were there were not asked for again
    pages = -(-len(served.greenhouse.listing("applications").ids) // 50)
    assert served.greenhouse.requests["/v3/applications"] - asked == pages - 2


def test_a_stream_that_no_mart_needs_may_be_refused(place: Place, served: Services) -> None:
    source = served.greenhouse_source
    served.greenhouse.settings.missing_scopes = {"eeoc"}
    done = extract(config_of(source), place.home, place.ops, source, window_end=served.world.now, streams=("jobs", "eeoc"))
    assert {stream.stream: stream.status for stream in done.streams} == {"jobs": COMPLETE, "eeoc": REFUSED}
    assert "eeoc was skipped" in done.streams[1].warnings[0]
    assert newest_window_end(place.ops) == served.world.now
    finding = next(finding for finding in preflight.check(source) if finding.stream == "eeoc")
    assert finding.is_ok
    assert "harvest:eeoc:list" in str(finding)
    served.greenhouse.settings.missing_scopes = set()
    extract(config_of(source), place.home, place.ops, source, window_end=served.world.now + WEEK, streams=("eeoc",))
    assert len(lake_rows(place.home, "record_id")) == len(served.greenhouse.listing("eeoc").ids) + len(
        served.greenhouse.listing("jobs").ids
    )


def test_a_mistyped_custom_field_is_found_before_the_first_run(served: Services) -> None:
    fields = {"jobs": {"job_family": "job_familly", "job_level_code": "job_level"}}
    found = [
        finding for finding in preflight.check(served.greenhouse_source.model_copy(update={"custom_fields": fields})) if not finding.is_ok
    ]
    assert [finding.stream for finding in found] == ["custom_fields"]
    assert "job_familly" in str(found[0])


@dataclass(frozen=True)
class Built:
    """The warehouse of the whole story, and who did what in it."""

    home: Path
    deleted: Application
    merged: Application
    survivor: int
    moved: Application
    skipped: Visit

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(query, list(values)).fetchall()


@pytest.fixture
def built(world: World, served: Services, place: Place) -> Built:
    ended = [application for application in world.seen_applications if not application.is_prospect and application.closings]
    deleted, merged, other = ended[0], ended[1], ended[2]
    moved = next(application for application in ended[3:] if len(application.visits) >= 3 and application.closing_at(world.now_seconds))
    assert deleted.person and merged.person and other.person
    survivor = other.person.id
    settings: dict[str, dict[str, Any]] = {"ats": {}, "blind": {"custom_fields": FIELDS}, "cut": {}}
    loads = {name: loader(place, served, name, **chosen) for name, chosen in settings.items()}
    losses = Losses(
        deleted={"applications": {deleted.id}}, merged={merged.person.id: survivor}, merged_at=int((world.now + 1.5 * WEEK).timestamp())
    )
    for name, load in loads.items():
        served.greenhouse.lose(Losses())
        load(0, *LISTS, *FORMS)
        if name == "blind":
            _say_how_found(place.home.root, served, deleted.id)
        load(1)
        served.greenhouse.lose(Losses(hidden_share=0.5) if name == "blind" else losses)
        load(2)
        if name == "cut":
            served.faults.add("status", service="greenhouse", route="/v3/applications", status=403, nth=1)
            with pytest.raises(ExtractionError):
                load(3, "sweeps")
            served.faults.clear()
        else:
            load(3)
    # a stage of its plan where it was for an hour in the night, long after it had left it, without any list knowing
    skipped = Visit(moved.visits[0].stage, moved.visits[-1].entered_at + 40 * 3600)
    _send_webhooks(place.home.root, world, moved, skipped)
    failed = dbt_build(
        place.home.root,
        [
            "+source_findings",
            "+deletions",
            "+candidate_merges",
            "+stage_visits",
            "+eeo_answers",
            "+jobs",
            "+applications",
            "+candidate_contacts",
        ],
        {"as_of": iso(world.now + 3 * WEEK)},
    )
    # what is found is told, and stops nothing
    assert [line.partition(":")[0] for line in failed] == ["sources_have_no_findings"]
    return Built(place.home.root, deleted, merged, survivor, moved, skipped)


def _say_how_found(home: Path, served: Services, number: int) -> None:
    """A later version of one application, with a custom field."""
    record = next(record for record in map(orjson.loads, served.greenhouse.listing("applications").bodies) if record["id"] == number)
    record["custom_fields"] = {"how_found": {"name": "How found", "type": "single_select", "value": "Sourced"}}
    write_load(home, "blind", "greenhouse", "applications", [record], naive(served.world.now + WEEK / 2))


def _send_webhooks(home: Path, world: World, moved: Application, skipped: Visit) -> None:
    """Every move of one application as told at that time, and one into a stage that no list has; all twice, late, and in another order."""
    moves = [bodies.stage_change(moved, visit.stage, visit.entered_at) for visit in moved.visits_at(world.now_seconds)]
    moves.append(bodies.stage_change(moved, skipped.stage, skipped.entered_at))
    moves.append(bodies.candidate_anonymized(moved.person.id if moved.person else 0, ["email_addresses"]))
    for days in (0, 3):
        at = naive(world.now + timedelta(days=days))
        write_load(home, "ats", "greenhouse", "webhooks", moves if days else reversed(moves), at)


def test_the_whole_story_of_what_lists_do_not_say(world: World, built: Built) -> None:
    gone = built.rows("select source_system, entity_code, entity_id, deleted_at from canonical.deletions order by all")
    # `blind` deletes nothing although half is missing twice; `cut` has seen it missing once only
    assert gone == [("ats", "application", str(built.deleted.id), naive(world.now + 2 * WEEK))]
    assert built.rows("select source_system, table_name from canonical.source_findings") == [("blind", "deletions")]
    merges = built.rows("select distinct source_system, from_candidate_id, to_candidate_id from canonical.candidate_merges order by all")
    assert built.merged.person is not None
    assert merges == [(name, str(built.merged.person.id), str(built.survivor)) for name in ("ats", "cut")]
    _stays_are_the_lists_and_the_one_that_was_only_told(built)
    _who_was_anonymised_has_no_contacts(built)
    answers = built.rows(
        "select source_system, application_id::int, attribute_code, group_code from canonical.eeo_answers where source_system = 'blind'"
    )
    assert sorted(row[1:] for row in answers) == sorted(
        (row["application_id"], row["attribute_code"], row["group_code"]) for row in eeo_answers(world)
    )
    families = dict(
        built.rows("select source_system, string_agg(distinct job_family order by job_family) from canonical.jobs group by all")
    )
    assert families["blind"] == ",".join(sorted({job.level for job in world.seen_jobs}))
    origins = "select source_system, application_id, origin_code from canonical.applications where origin_code is not null"
    assert built.rows(origins) == [("blind", str(built.deleted.id), "sourced")]
    assert families["ats"] == families["cut"] == ",".join(sorted({job.family for job in world.seen_jobs}))


def _who_was_anonymised_has_no_contacts(built: Built) -> None:
    assert built.moved.person is not None
    query = "select distinct source_system from canonical.candidate_contacts where candidate_id = ? order by all"
    assert ("ats",) not in built.rows(query, str(built.moved.person.id))
    assert ("cut",) in built.rows(query, str(built.moved.person.id))


def _stays_are_the_lists_and_the_one_that_was_only_told(built: Built) -> None:
    query = "select stage_id::int, entered_at from canonical.stage_visits where source_system = 'ats' and application_id = ? order by all"
    listed = [(visit.stage.id, visit.entered_at) for visit in built.moved.visits]
    truth = sorted([*listed, (built.skipped.stage.id, built.skipped.entered_at)])
    assert built.rows(query, str(built.moved.id)) == [(stage, naive(instant(at))) for stage, at in truth]
