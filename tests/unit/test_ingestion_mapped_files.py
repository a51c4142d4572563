"""Files under a company's own names, in object storage, and files that change while they are read."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec
import pytest

from base.config import Source, TableMapping
from base.errors import ConfigError
from ingestion.extract.run import ExtractionError, SourceLoad, extract
from ingestion.files.storage import Storage, StoredFile
from ingestion.log.records import SourceFile
from tests.support.ingestion import Place, config_of, lake_rows, look_at

END = datetime(2026, 6, 29, 6, tzinfo=UTC)
MAPPED: dict[str, Any] = {
    "applications": {
        "file": "apps_*.csv",
        "columns": {"application_id": "App ID", "candidate_id": "Person", "job_id": "Req", "applied_at": "Applied", "status_code": "State"},
        "codes": {"status_code": {"In Process": "active", "Signed": "hired"}},
    },
    "candidates": {"file": "apps_*.csv", "columns": {"candidate_id": "Person", "created_at": "Applied"}},
}
EXPORT = (
    "App ID,Person,Req,Applied,State,Agency Fee\n1,c1,j1,2026-01-01,in process,12\n2,c2,j1,2026-01-02,SIGNED,\n3,c3,j1,2026-01-03,Parked,\n"
)


def source_of(path: str | Path, **more: Any) -> Source:
    return Source(name="acme", kind="canonical_files", path=str(path), **more)


def load(place: Place, source: Source, days: float = 0) -> SourceLoad:
    return extract(config_of(source), place.home, place.ops, source, window_end=END + timedelta(days=days))


def test_an_export_under_its_own_names_feeds_two_tables_and_a_new_mapping_reads_it_again(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "apps_2026.csv").write_text(EXPORT)
    (folder / "readme.csv").write_text("a\n1\n")
    source = source_of(folder, tables=MAPPED)
    loaded = load(place, source)
    assert {stream.stream: stream.written for stream in loaded.streams} == {"applications": 3, "candidates": 3}
    rows = lake_rows(place.home, "record_id, payload", "stream, record_id")
    assert rows[0] == (
        "1",
        '{"application_id":"1","applied_at":"2026-01-01","candidate_id":"c1","job_id":"j1","status_code":"active"}',
    )
    assert '"status_code":"hired"' in rows[1][1]
    assert '"status_code":"Parked"' in rows[2][1], "a word without a code stays as it is, for the gate to name"
    findings = [str(finding) for finding in look_at(source)]
    assert any("readme.csv is not read" in text for text in findings)
    assert "applications: 3 rows" in findings and "candidates: 3 rows" in findings

    assert {stream.fetched for stream in load(place, source, 1).streams} == {0}
    parked = {**MAPPED["applications"], "codes": {"status_code": {"parked": "closed", "in process": "active", "signed": "hired"}}}
    again = load(place, source_of(folder, tables={**MAPPED, "applications": parked}), 2)
    assert {stream.stream: (stream.fetched, stream.written) for stream in again.streams} == {"applications": (3, 1), "candidates": (0, 0)}


def test_a_mapping_that_cannot_work_is_said_with_the_likely_name(place: Place, tmp_path: Path) -> None:
    (tmp_path / "apps_1.csv").write_text(EXPORT.replace("App ID", "AppID"))
    (finding, *_) = [f for f in look_at(source_of(tmp_path, tables=MAPPED)) if "mapped to" in f.message]
    assert str(finding) == "applications: apps_1.csv: column 'App ID', mapped to application_id, does not exist; did you mean 'appid'?"
    for tables, message in (
        ({"aplications": {}}, r"no canonical table 'aplications'\. Did you mean 'applications'\?"),
        (
            {"jobs": {"columns": {"job_nam": "Title"}}},
            r"tables\.jobs\.columns\.job_nam: .* no column 'job_nam'\. Did you mean 'job_name'\?",
        ),
    ):
        with pytest.raises(ConfigError, match=message):
            load(place, source_of(tmp_path, tables=tables))
    said_of_the_file = [str(finding) for finding in look_at(source_of(tmp_path, tables={"jobs": {"file": "apps_2.csv"}}))]
    assert any("no file matches apps_2.csv, to which jobs is mapped; did you mean 'apps_1.csv'?" in text for text in said_of_the_file)
    with pytest.raises(ValueError, match="only one of file and table"):
        TableMapping(file="a.csv", table="a")


@pytest.mark.parametrize("scheme", ["memory", "file"])
def test_a_folder_in_object_storage_loads_and_only_what_changed_is_read_again(place: Place, tmp_path: Path, scheme: str) -> None:
    root = f"memory://{tmp_path.name}" if scheme == "memory" else f"file://{tmp_path}/files"
    fs, path = fsspec.core.url_to_fs(root)
    fs.makedirs(f"{path}/2026", exist_ok=True)
    fs.pipe_file(f"{path}/2026/apps_1.csv", EXPORT.encode())
    fs.pipe_file(f"{path}/2026/.apps_2.csv", b"half written")
    source = source_of(root, tables={"applications": {**MAPPED["applications"], "file": "*/apps_*.csv"}})
    assert [stream.written for stream in load(place, source).streams] == [3]
    assert [stream.fetched for stream in load(place, source, 1).streams] == [0]
    fs.pipe_file(f"{path}/2026/apps_1.csv", EXPORT.replace("Parked", "Signed").encode())
    assert [(stream.fetched, stream.written) for stream in load(place, source, 2).streams] == [(3, 1)]
    assert all(finding.is_ok for finding in look_at(source))


def test_storage_that_cannot_be_opened_or_has_no_credential_is_one_sentence(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (finding,) = look_at(source_of("nothing://bucket/folder"))
    assert "reads nothing://, which cannot be opened here" in str(finding)
    (finding,) = look_at(source_of("memory://x", credentials={"secret": "NO_SUCH_VARIABLE"}))
    assert "NO_SUCH_VARIABLE" in str(finding)
    (finding,) = look_at(source_of("memory://not-there"))
    assert "does not exist" in str(finding)


def test_a_file_that_is_written_over_while_it_is_read_gives_no_row_of_the_change(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "jobs.csv"
    first = "".join(f"j{number},First,open\n" for number in range(5000))
    path.write_text("job_id,job_name,status_code\n" + first)
    source = source_of(tmp_path)
    original = StoredFile.fingerprint

    def then_written_over(self: StoredFile) -> SourceFile:
        entry = original(self)
        path.write_text("job_id,job_name,status_code\n" + first.replace("First", "Other"))
        os.utime(path, ns=(1, 1))
        return entry

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StoredFile, "fingerprint", then_written_over)
        with pytest.raises(ExtractionError, match=r"jobs\.csv changed while it was being read"):
            load(place, source)
    assert lake_rows(place.home) == []
    assert [stream.written for stream in load(place, source).streams] == [5000]


def test_a_link_to_a_file_of_the_folder_is_read_as_the_file(place: Place, tmp_path: Path) -> None:
    (tmp_path / "files" / "exports").mkdir(parents=True)
    (tmp_path / "files" / "exports" / "newest").write_text("job_id,job_name,status_code\nj1,A,open\n")
    (tmp_path / "files" / "jobs.csv").symlink_to(Path("exports") / "newest")
    assert [stream.written for stream in load(place, source_of(tmp_path / "files")).streams] == [1]


def test_a_bucket_loads_and_only_what_changed_is_read_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where s3fs and moto are installed beside the locked set: a real S3 protocol on loopback."""
    pytest.importorskip("s3fs")
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        monkeypatch.setenv("S3_KEY", "k")
        monkeypatch.setenv("S3_SECRET", "s")
        source = source_of(
            "s3://exports/recruiting",
            tables={"applications": MAPPED["applications"]},
            credentials={"key": "S3_KEY", "secret": "S3_SECRET"},
            storage_options={"endpoint_url": f"http://{host}:{port}"},
        )
        (finding,) = look_at(source)
        assert not finding.is_ok
        fs = Storage(source).fs
        fs.mkdir("exports")
        fs.pipe_file("exports/recruiting/apps_1.csv", EXPORT.encode())
        assert [stream.written for stream in load(place, source).streams] == [3]
        assert [stream.fetched for stream in load(place, source, 1).streams] == [0]
        fs.pipe_file("exports/recruiting/apps_1.csv", EXPORT.replace("Parked", "Signed").encode())
        assert [(stream.fetched, stream.written) for stream in load(place, source, 2).streams] == [(3, 1)]
        assert all(found.is_ok for found in look_at(source))
    finally:
        server.stop()
