"""Which slice a report is about: by name in any spelling, by key where several have the name."""

from __future__ import annotations

import pytest

from base.config import Mistake
from exports.editions.report_options import Options
from exports.editions.scope import find_scope
from exports.marts import Marts

pytestmark = [pytest.mark.xdist_group("company"), pytest.mark.slow]

_SLICES = "select slice_key, slice_name, count(*) over (partition by slice_name) as namesakes from (select distinct slice_key, slice_name from marts.funnel_passthrough where slice_type = 'job') order by namesakes desc, slice_key"


def test_a_name_that_several_requisitions_have_is_refused_with_their_keys_and_the_key_is_taken(marts: Marts) -> None:
    (key, name, namesakes), *_ = marts.table(_SLICES)[1]
    assert namesakes > 1
    with pytest.raises(Mistake, match="are called") as error:
        find_scope(marts, Options(slice_type="job", slice_name=name))
    assert key in str(error.value.remedy)
    scope = find_scope(marts, Options(slice_type="job", slice_key=key))
    assert (scope.slice_key, scope.label) == (key, name)


def test_a_name_is_found_in_any_case_and_spacing_and_an_unknown_one_gets_the_near(marts: Marts) -> None:
    assert find_scope(marts, Options(slice_type="department", slice_name="  sALES ")).label == "Sales"
    with pytest.raises(Mistake, match="no department 'Slaes' is published") as error:
        find_scope(marts, Options(slice_type="department", slice_name="Slaes"))
    assert "Did you mean 'Sales'?" in str(error.value.remedy)
