"""The ATS that serves the simulated company: one entry per double, a mix that loses and doubles nothing, ids that can be told."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from base.errors import ConfigError
from sandbox.ats import ATS, MIX, choices, open_doubles, shares
from sandbox.company import simulate
from sandbox.config import write_config
from sandbox.doubles.ashby.ids import SPACES, ashby_id, number_of
from sandbox.server import Doubles
from sandbox.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(requisitions=12, years=0.5)


def test_a_mix_shares_whole_departments_and_every_requisition_with_all_its_applications(world: World) -> None:
    parts = shares(world, tuple(ATS))
    assert list(parts) == list(ATS)
    for name in ("departments", "jobs", "applications", "sequences"):
        shared = [entity for part in parts.values() for entity in getattr(part, name)]
        assert sorted(map(id, shared)) == sorted(map(id, getattr(world, name))), name
    for part in parts.values():
        assert {application.job.id for application in part.applications} <= {job.id for job in part.jobs}
        assert {id(application.person) for application in part.applications} == set(map(id, part.persons))
        assert part.users == world.users
    assert shares(world, ("ashby",)) == {"ashby": world}


def test_an_unknown_ats_is_refused_with_the_known_ones(world: World) -> None:
    assert choices() == (*ATS, MIX)
    with pytest.raises(ConfigError, match="no double of an ATS named 'workday'") as caught:
        open_doubles(world, "workday", {})
    assert "ashby" in str(caught.value.remedy)


def test_the_configuration_of_a_mix_names_every_system_and_files_speak_of_its_ids(world: World, tmp_path: Path) -> None:
    with Doubles(world, tmp_path, ats=MIX) as doubles:
        folder = write_config(tmp_path / "config", doubles)
        sources = {source["name"]: source for source in yaml.safe_load((folder / "sources.yml").read_text())["sources"]}
        assert set(ATS) <= set(sources) and {"gem", "ses", "outreach_drop"} <= set(sources)
        named = {variable for name in ATS for variable in sources[name]["credentials"].values()}
        assert named <= set(doubles.environment)
        with (folder / "mappings" / "stages.csv").open() as file:
            assert {row["source_system"] for row in csv.DictReader(file)} == set(ATS)
        with (doubles.drop_folder / "sequence_jobs.csv").open() as file:
            linked = {row["job_id"] for row in csv.DictReader(file)}
        known = {double.served_id("job", job.id) for double in doubles.ats.values() for job in double.world.jobs}
        assert linked and linked <= known
        ids = {
            name: {double.served_id("application", application.id) for application in double.world.applications}
            for name, double in doubles.ats.items()
        }
        with (doubles.drop_folder / "reviews.csv").open() as file:
            reviews = list(csv.DictReader(file))
        assert {review["source_system"] for review in reviews} == set(ATS)
        assert all(review["application_id"] in ids[review["source_system"]] and review["job_id"] in known for review in reviews)
        assert doubles.gem.in_greenhouse == {person.id for person in doubles.greenhouse.world.persons}


def test_the_simulations_number_can_be_read_off_an_ashby_id() -> None:
    served = {ashby_id(entity, 900_001) for entity in SPACES}
    assert len(served) == len(SPACES)
    assert {number_of(one) for one in served} == {900_001}
