"""E: CSV files that a person opens in a spreadsheet compute nothing, lose nothing, and fail in words."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest

from base.csv_files import cell, write_csv
from base.errors import FunnelcastError


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1", "＋1", "＠A1", "=HYPERLINK(1)"])
def test_a_text_that_a_spreadsheet_would_compute_is_written_as_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Anna", "a=b", " =1", "", "'=1", -1, -1.5, None, True])
def test_other_texts_and_numbers_stay_as_they_are(value: object) -> None:
    assert cell(value) is value


def test_what_a_terminal_would_obey_is_no_part_of_a_cell() -> None:
    assert cell("\x1b[2Ja7\x9b1m\x07") == "\ufffd[2Ja7\ufffd1m\ufffd"
    assert cell("two\nlines\tof text") == "two\nlines\tof text"


def test_every_cell_and_the_header_are_neutralised_and_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.touch(mode=0o644)
    write_csv(path, ["name", "=name"], [["=cmd|' /C calc'!A0", 'a,"b"\nc'], ["Ünal", -3]])
    with path.open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["name", "'=name"], ["'=cmd|' /C calc'!A0", 'a,"b"\nc'], ["Ünal", "-3"]]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(FunnelcastError, match=r"nowhere/list\.csv cannot be written \(No such file or directory\)"):
        write_csv(tmp_path / "nowhere" / "list.csv", ["a"], [])
