"""Identity in a whole build: the worst contact data there is, rulings from the configuration, and not one event more or less than came in."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from orchestration.cli import cli, run_cli
from tests.integration.conftest import Arrivals
from tests.support.arrivals import ArrivalHome
from tests.support.contact_world import CONTACTS, HEADER, LINKS, PEOPLE, PEOPLE_UNRULED, SPLITS, contact_tables

pytestmark = [pytest.mark.xdist_group("random_worlds"), pytest.mark.slow]


@pytest.fixture
def home(arrivals: Arrivals) -> ArrivalHome:
    return arrivals.at_once


def people(home: ArrivalHome) -> list[list[str]]:
    """Candidates of each person of more than one record."""
    query = (
        "select list(candidate_id order by candidate_id) from canonical.person_map group by candidate_key having count(*) > 1 order by 1"
    )
    return [found for (found,) in home.ask(query)]


def funnelcast(home: ArrivalHome, *arguments: str) -> str:
    done = CliRunner().invoke(cli, ["--home", str(home.home.root), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_people_are_joined_by_what_is_theirs_alone(home: ArrivalHome) -> None:
    assert people(home) == PEOPLE


def test_no_event_is_lost_or_told_twice(home: ArrivalHome) -> None:
    tables, count = contact_tables(), len(CONTACTS)
    counts = "select count(*), count(distinct {key}), count(candidate_key) from core.{table} where {where}"
    own_source = "application_id like 'a-%'"
    assert home.ask(counts.format(key="application_key", table="fct_applications", where=own_source)) == [(count,) * 3]
    for table, key, rows in (("fct_outreach_messages", "message_key", "outreach_messages"), ("fct_reviews", "review_key", "reviews")):
        assert home.ask(counts.format(key=key, table=table, where="true")) == [(len(tables[rows]),) * 3]
    [(applications, with_person)] = home.ask("select count(*), count(candidate_key) from core.fct_applications where not is_prospect")
    assert applications == with_person
    assert home.ask("select sum(application_count) from core.dim_candidates") == [(applications,)]
    codes = dict(home.ask("select activity_code, count(*) from core.fct_activities group by all"))
    assert (codes["applied"], codes["message_sent"], codes["review_requested"]) == (applications, 9, 5)
    assert home.ask("select count(*) = count(distinct activity_key) from core.fct_activities") == [(True,)]
    # the message that names nobody went to the one person with that address
    query = "(select candidate_key from canonical.person_map where candidate_id = 'c1')"
    assert home.ask(f"select count(*) from core.fct_outreach_messages where candidate_key = {query}") == [(3,)]


def test_why_tells_records_links_and_dates_but_no_contact(home: ArrivalHome) -> None:
    answer = funnelcast(home, "identity", "why", "acme:father")
    assert "2 record(s)" in answer
    assert "acme:father = acme:reused   email " in answer
    assert "[a split says that two of these records are two people]" in answer
    assert "identity_splits.csv: acme:father and acme:son: they share a telephone" in answer
    assert [contact for contact in ("old@", "555", "home.example") if contact in answer] == []
    assert "merged by the source, since 2026-01-02" in funnelcast(home, "identity", "why", "acme:stays")
    agency = funnelcast(home, "identity", "why", "acme:agency7")
    assert "1 record(s)" in agency
    assert "[500 records share it, so it identifies nobody]" in agency
    assert run_cli(["--home", str(home.home.root), "identity", "why", "acme:nobody"]) == 2


def test_conflicts_list_what_was_capped_without_saying_it(home: ArrivalHome) -> None:
    answer = funnelcast(home, "identity", "conflicts")
    assert answer.count("500 holders") == 2
    assert "agency.example" not in answer


def test_removing_a_line_gives_the_former_people_back(home: ArrivalHome) -> None:
    keys = home.ask("select source_system, candidate_id, candidate_key from canonical.person_map order by all")
    home.rule({"identity_links.csv": HEADER, "identity_splits.csv": HEADER})
    assert people(home) == PEOPLE_UNRULED
    home.rule({"identity_links.csv": LINKS, "identity_splits.csv": SPLITS})
    assert home.ask("select source_system, candidate_id, candidate_key from canonical.person_map order by all") == keys
