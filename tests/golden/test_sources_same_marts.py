"""The same simulated company, told by each system that can tell it, gives the same marts.

The reference is the canonical files, which hold all that the simulation knows. Each vendor's double is read over HTTP and built as it would
be; then every row of core and of the marts is held against the reference. What may differ is written down with the tests of each kind, and why;
docs/sources/differences.md tells the same, and data_coverage shows it (seeds/terminology/source_limits.csv).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from base.home import PROJECT_ROOT
from sandbox.ats import ATS
from sandbox.company import simulate
from tests.support.same_company import CORE, FILES, MART_KEYS, WORLD, Build, differences, tell

pytestmark = pytest.mark.xdist_group("same_marts")

DOCS = PROJECT_ROOT / "docs" / "sources" / "differences.md"
SOURCES = PROJECT_ROOT / "tests" / "sources"


@dataclass(frozen=True)
class Difference:
    """`columns` of `table` that differ ("(row)": rows that only one of the two has); `limit`: the canonical table that is told less of."""

    table: str
    columns: tuple[str, ...]
    limit: str
    because: str


def differences_of(system: str) -> list[Difference]:
    """All that may differ from the canonical files, and does: a file with the kind's tests."""
    listed = yaml.safe_load((SOURCES / system / "differences.yml").read_text(encoding="utf-8"))
    return [Difference(**{**one, "columns": tuple(one["columns"])}) for one in listed]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return tell(simulate(**WORLD), FILES, tmp_path_factory.mktemp(FILES))  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=sorted(ATS))
def vendor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    yield tell(simulate(**WORLD), request.param, tmp_path_factory.mktemp(request.param))  # type: ignore[arg-type]


def test_a_vendor_gives_the_marts_of_the_files_but_for_what_it_cannot_know(files: Build, vendor: Build) -> None:
    found = {
        (table, column): count
        for table in (*CORE, *MART_KEYS)
        for column, count in differences(files.rows(table), vendor.rows(table)).items()
    }
    listed = {(difference.table, column) for difference in differences_of(vendor.system) for column in difference.columns}
    assert {key: count for key, count in found.items() if key not in listed} == {}
    assert listed - found.keys() == set(), "listed, but it does not differ"


def test_the_reference_holds_something_of_everything(files: Build) -> None:
    for table in (*CORE, *MART_KEYS):
        assert len(files.rows(table)) > 5, table
    assert {row["status_code"] for row in files.rows("fct_offers").values()} >= {"accepted", "declined", "rescinded", "open"}


def test_every_difference_is_told_in_the_docs_and_in_data_coverage(vendor: Build) -> None:
    section = DOCS.read_text(encoding="utf-8").partition(f"\n## {vendor.system}\n")[2].partition("\n## ")[0]
    for difference in differences_of(vendor.system):
        for column in difference.columns:
            named = "rows" if column == "(row)" else f"`{column}`"
            assert named in section and f"`{difference.table}`" in section, (difference.table, column)
    assert {difference.limit for difference in differences_of(vendor.system)} <= vendor.limits()
