"""Who is one person: the identity models against plain Python (tests/support/identity_oracle.py), and what keys promise.

The models' own SQL runs over random contact data in memory, so a world costs a fifth of a second.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.identity_oracle import expected_keys
from tests.support.identity_worlds import AS_OF, IdentityWorld, Record, Ruling, built, keys, keys_of, path_of, random_world
from tests.support.marts import CompiledProject, compile_project

pytestmark = [pytest.mark.xdist_group("identity")]

IDENTITY = ["path:models/canonical/identity"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> CompiledProject:
    return compile_project(tmp_path_factory.mktemp("identity"), IDENTITY)


def test_people_are_those_of_the_definitions_and_every_oddity_occurs(project: CompiledProject) -> None:
    seen: Counter[str] = Counter()
    for seed in range(10):
        world = random_world(seed)
        expected = expected_keys(world)
        with built(project, world) as connection:
            found = keys_of(connection)
            rows = connection.execute("select conflict_code, count(*) from canonical.identity_conflicts group by all").fetchall()
            seen.update(dict(rows))
            seen.update(
                refuted=len(connection.execute("from canonical.person_links where is_refuted").fetchall()),
                people=len(set(found.values())),
                records=len(found),
            )
        assert {record: key for record, key in found.items() if expected.get(record) != key} == {}
        assert found.keys() == expected.keys()
    assert all(seen[code] for code in ("capped", "unknown_record", "split_of_strangers", "set_apart", "overruled_link", "refuted"))
    assert seen["people"] < 0.8 * seen["records"]


def test_a_chain_of_three_thousand_records_in_random_order_is_one_person(project: CompiledProject) -> None:
    world = path_of(3000, "ats", seed=5)
    found = keys(project, world)
    assert len(found) == 3000
    assert set(found.values()) == set(expected_keys(world).values())
    assert len(set(found.values())) == 1


def test_too_few_rounds_are_noticed_and_not_published(project: CompiledProject, tmp_path: Path) -> None:
    short = compile_project(tmp_path, ["person_map"], {"identity_rounds": 4})
    hasty = replace(project, sql={**project.sql, **short.sql})
    assert keys(hasty, path_of(8, "ats", seed=1)) == keys(project, path_of(8, "ats", seed=1))
    with pytest.raises(AssertionError, match="people_are_closed_under_links"):
        keys(hasty, path_of(500, "ats", seed=1))


def test_keys_stay_when_strangers_or_later_records_arrive(project: CompiledProject) -> None:
    world = random_world(31)
    before = keys(project, world)
    strangers = random_world(32, space="z")
    together = keys(project, world.plus(strangers))
    assert {record: together[record] for record in before} == before
    assert set(together.values()) - set(before.values()) == {key for record, key in together.items() if record not in before}
    # everybody gets one more record, newer than all, by an address of its own
    newer = _one_more_record_each(before, world)
    after = keys(project, world.plus(newer))
    assert {record: after[record] for record in before} == before
    assert set(after.values()) == set(before.values())


def _one_more_record_each(known: dict[Record, str], world: IdentityWorld) -> IdentityWorld:
    free = [record for record in known if not any(record in (split.one, split.other) for split in world.splits)]
    pairs = {("crm", f"new{number}"): record for number, record in enumerate(free)}
    return IdentityWorld(
        records=dict.fromkeys(pairs, AS_OF - timedelta(seconds=1)),
        contacts=tuple((one, "email", f"{new[1]}@own.example") for new, old in pairs.items() for one in (new, old)),
    )


def test_taking_back_a_wrong_identifier_merge_link_or_split_gives_the_former_keys(project: CompiledProject) -> None:
    world = replace(random_world(33), splits=())
    before = keys(project, world)
    others: dict[str, Record] = {}
    for record in sorted(before):
        if record[0] == "ats":
            others.setdefault(before[record], record)
    one, other, *_ = sorted(others.values())
    mistakes = {
        "contacts": IdentityWorld(contacts=((one, "phone", "+49 30 5550199"), (other, "phone", "0049 30 555 0199"))),
        "merges": IdentityWorld(merges=(("ats", one[1], other[1], AS_OF - timedelta(minutes=1)),)),
        "links": IdentityWorld(links=(Ruling(one, other),)),
    }
    for name, mistake in mistakes.items():
        wrong = world.plus(mistake)
        joined = keys(project, wrong)
        assert joined[one] == joined[other], name
        assert len(set(joined.values())) == len(set(before.values())) - 1, name
        # a split takes back what joined them, and nothing else
        assert keys(project, replace(wrong, splits=(Ruling(one, other),))) == before, name


def test_a_split_refutes_what_both_hold_and_else_sets_the_second_apart(project: CompiledProject) -> None:
    """ann and bob share a telephone; ann's and bob's records elsewhere stay with them. Over eve, who has an address of each, no link is both's."""
    ann, bob, eve, ann2, bob2 = ("ats", "ann"), ("ats", "bob"), ("crm", "eve"), ("crm", "ann"), ("crm", "bob")
    household = IdentityWorld(
        records={record: AS_OF - timedelta(days=day) for day, record in enumerate((bob2, ann2, bob, ann), 1)},
        contacts=(
            *((record, "phone", "030 5550100") for record in (ann, bob, ann2, bob2)),
            *((record, "email", "ann@home.example") for record in (ann, ann2)),
            *((record, "email", "bob@home.example") for record in (bob, bob2)),
        ),
        splits=(Ruling(ann, bob),),
    )
    found = keys(project, household)
    assert found[ann] == found[ann2] != found[bob] == found[bob2]
    over_eve = household.plus(
        IdentityWorld(
            records={eve: AS_OF - timedelta(hours=1)}, contacts=((eve, "email", "ann@home.example"), (eve, "email", "bob@home.example"))
        )
    )
    found = keys(project, over_eve)
    assert found[ann] == found[ann2] == found[eve] == found[bob2]
    assert found[bob] != found[ann]
    # a split with eve too refutes bob's address, which she holds; what is his by other knowledge is said in the list
    ruled = replace(over_eve, splits=(Ruling(ann, bob), Ruling(eve, bob)))
    split_keys = keys(project, ruled)
    assert split_keys[ann] == split_keys[ann2] == split_keys[eve]
    assert len({split_keys[ann], split_keys[bob], split_keys[bob2]}) == 3
    split_keys = keys(project, replace(ruled, links=(Ruling(bob2, bob),)))
    assert split_keys[bob] == split_keys[bob2] != split_keys[ann] == split_keys[eve]
