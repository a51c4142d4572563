"""A generator of broken exports: whatever is wrong with the files, nothing is lost, nothing is invented, and what stops is said in words.

One case made by hand and one with a fixed seed; `make broken-exports` tries more (FUNNELCAST_CASES) with new ones.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, example, given, note, settings

from base.errors import FunnelcastError
from tests.support.broken_exports import Export, broken_invariants, exports, several_breaks
from tests.support.worlds import build_world

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("random_worlds")]

AS_OF = datetime(2026, 4, 1, tzinfo=UTC)
CASES = int(os.environ.get("FUNNELCAST_CASES", "1"))
IS_FIXED = "FUNNELCAST_CASES" not in os.environ


@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=IS_FIXED,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(export=exports())
@example(export=several_breaks())
def test_a_broken_export_is_refused_in_words_or_counted_to_the_last_row(export: Export) -> None:
    note(repr(export))
    with TemporaryDirectory() as folder:
        place = Path(folder)
        export.write(place / "files")
        try:
            world = build_world(
                place / "files",
                place / "home",
                as_of=AS_OF,
                select=["+data_coverage", "+row_conservation", "+int_marts__slices", "+fct_application_stages"],
                is_gated=True,
            )
        except FunnelcastError as error:
            assert ".csv" in str(error), "a refusal names the file"
            return
        try:
            assert broken_invariants(world, export) == []
        finally:
            world.close()
