"""Tiny inputs, each with one thing wrong, whose messages a new user must be able to act on (tests/golden/messages.txt).

Configurations are folders of their own; data lies in folders that share one configuration, so that one check and one run speak of all of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SOURCES = "sources: [{name: acme, kind: canonical_files, path: files}]\n"
REPORT = "{id: weekly, edition: weekly_funnel, cron: 0 8 * * 1"
STAGES = "source_system,stage_name,job_id,stage_code,valid_from,valid_to\n"


@dataclass(frozen=True)
class Configuration:
    """Files of a configuration folder; what is not given is a folder with one good file."""

    fault: str
    title: str
    files: dict[str, str | bytes] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        for name, content in {
            "sources.yml": SOURCES,
            "files/jobs.csv": "job_id,job_name,status_code\nj1,Engineer,open\n",
            **self.files,
        }.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder


def report(more: str) -> dict[str, str | bytes]:
    return {"reports.yml": f"reports:\n  - {REPORT}{more}}}\n"}


CONFIGURATIONS = (
    Configuration("A2", "a section that the edition does not have", report(", options: {sections: [weeks]}")),
    Configuration("A6", "company.yml in cp1252", {"company.yml": "name: Müller\n".encode("cp1252")}),
    Configuration("A6", "stages.csv in cp1252", {"mappings/stages.csv": (STAGES + ",Gespräch,,recruiter_screen,,\n").encode("cp1252")}),
    Configuration(
        "A6",
        "decline_answers.csv in cp1252",
        {"mappings/decline_answers.csv": "offer_id,decline_reason_code,answered_by\no1,growth,Jörg\n".encode("cp1252")},
    ),
    Configuration(
        "A6",
        "benchmarks.csv in cp1252",
        {
            "benchmarks.csv": "source_name,period,definition_code,benchmark_value\nUnser Netz für 2026,2026,applied_to_screen,0.2\n".encode(
                "cp1252"
            )
        },
    ),
    Configuration("D", "an unknown slice", report(", options: {slice_type: recruter, slice_name: Rosa}")),
    Configuration(
        "D", "two addresses in one field", report(", subscribers: [{id: a, channel: email, address: 'a@example.com, b@example.com'}]")
    ),
    Configuration(
        "D",
        "an address of a domain that is not allowed",
        {
            **report(", subscribers: [{id: a, channel: email, address: a@elsewhere.com}]"),
            "company.yml": "delivery: {enabled: true, allowed_domains: [example.com]}\n",
        },
    ),
    Configuration(
        "D",
        "a Slack subscriber without a token",
        {
            **report(", subscribers: [{id: a, channel: slack, address: C0123456789}]"),
            "company.yml": "delivery: {enabled: true, slack: {token_env: TEST_TOKEN}}\n",
        },
    ),
    Configuration(
        "D",
        "two mapping rows for one name",
        {"mappings/stages.csv": STAGES + ",Phone call,,recruiter_screen,,\n,phone  CALL,,onsite,,\n"},
    ),
    Configuration(
        "D", "a cron line of six fields", {"reports.yml": "reports: [{id: weekly, edition: weekly_funnel, cron: 0 0 8 * * 1}]\n"}
    ),
    Configuration("T16", "a key that stands twice", {"company.yml": "name: Acme\ntime_zone: UTC\nname: Other\n"}),
    Configuration("T16", "an unknown stream", {"sources.yml": SOURCES.replace("path: files", "path: files, streams: [aplications]")}),
    Configuration("T16", "deep nesting", {"company.yml": "name: " + "[" * 3000 + "]" * 3000 + "\n"}),
    Configuration("T16", "UTF-16", {"company.yml": "name: Acme\n".encode("utf-16")}),
    Configuration("T16", "a NUL character", {"company.yml": "name: Ac\0me\n"}),
    Configuration("D", "a folder that is not there", {"sources.yml": SOURCES.replace("path: files", "path: sheets")}),
    Configuration(
        "D",
        "a credential that is not set",
        {"sources.yml": "sources: [{name: crm, kind: gem, credentials: {api_key: TEST_GEM_KEY}}]\n"},
    ),
    Configuration("D", "no source", {"sources.yml": "sources: []\n"}),
)

APPLICATIONS = "application_id,candidate_id,job_id,status_code,applied_at"
JOBS = "job_id,job_name,status_code,opened_at\nj1,Engineer,open,2026-01-05\n"


def sheet(header: str, *rows: str) -> str:
    return "\n".join((header, *rows)) + "\n"


@dataclass(frozen=True)
class Folder:
    """A source of files; `tables` is its mapping in sources.yml."""

    name: str
    fault: str
    title: str
    files: dict[str, str | bytes]
    tables: dict[str, object] = field(default_factory=dict)

    def source(self, root: Path) -> dict[str, object]:
        folder = root / self.name
        folder.mkdir(parents=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return {"name": self.name, "kind": "canonical_files", "path": str(folder), **({"tables": self.tables} if self.tables else {})}


def parquet(folder: Path, *, damaged: bool) -> bytes:
    path = folder / "table.parquet"
    table = pa.table(
        {"job_id": [f"j{n}" for n in range(2000)], "job_name": [f"Job {n}" for n in range(2000)], "status_code": ["open"] * 2000}
    )
    pq.write_table(table, path, compression="snappy")
    content = bytearray(path.read_bytes())
    path.unlink()
    if damaged:
        content[200:260] = bytes(60)
    return bytes(content)


def folders() -> tuple[Folder, ...]:
    return (
        Folder("good", "-", "nothing wrong", {"jobs.csv": JOBS, "applications.csv": sheet(APPLICATIONS, "1,c1,j1,active,2026-02-01")}),
        Folder(
            "dates",
            "D",
            "dates in one American format",
            {
                "jobs.csv": JOBS,
                "applications.csv": sheet(
                    APPLICATIONS, "1,c1,j1,active,03/01/2026", "2,c2,j1,active,03/15/2026", "3,c3,j1,active,2026-03-16"
                ),
            },
        ),
        Folder(
            "moments",
            "A3 T5 T17",
            "times that no calendar has",
            {
                "applications.csv": sheet(
                    f"{APPLICATIONS},observed_at",
                    "1,c1,j1,active,-infinity,",
                    "2,c2,j1,active,2062-05-01,",
                    "3,c3,j1,active,2026-03-01T10:00:00+99:00,",
                    "4,c4,j1,active,2026-03-01,0001-01-01T00:00:00+05:00",
                    "5,c5,j1,active,2026-03-01,",
                )
            },
        ),
        Folder(
            "merges",
            "A4",
            "a merge without its time",
            {"candidate_merges.csv": "from_candidate_id,to_candidate_id,merged_at\nc1,c2,\nc3,c4,2026-01-01\n"},
        ),
        Folder(
            "ids",
            "B3 B4 B5",
            "ids that a spreadsheet has changed, and a source that nobody has",
            {
                "users.csv": "user_id,user_name\n5,Rosa\n",
                "jobs.csv": JOBS,
                "applications.csv": sheet(
                    f"{APPLICATIONS},recruiter_id,source_system",
                    "1,c1,j1,active,2026-02-01,5.0,",
                    "2,c2,j1,active,2026-02-01,nan,",
                    "3,c3,j1,active,2026-02-01,,greenhuose",
                ),
            },
        ),
        Folder(
            "nested",
            "B7",
            "an object where an id belongs",
            {
                "applications.jsonl": json.dumps(
                    {"application_id": "1", "candidate_id": {"id": 7}, "job_id": "j1", "status_code": "active", "applied_at": "2026-02-01"}
                )
                + "\n"
            },
        ),
        Folder(
            "visits",
            "B6 C16 E",
            "a deleted stage, a plan, an unknown state",
            {
                "jobs.csv": JOBS + "j2,Designer,on ice,2026-01-05\n",
                "stages.csv": "stage_id,stage_name\ns1,Vibe check\ns3,Phone screen\n",
                "applications.csv": sheet(APPLICATIONS, "1,c1,j1,active,2026-02-01"),
                "stage_visits.csv": "application_id,stage_id,entered_at\n1,s3,2026-02-02\n1,s1,2026-02-02\n1,deleted,2026-02-03\n1,s2,\n",
            },
        ),
        Folder(
            "zones",
            "C6 C7",
            "a named zone, and two files of one table",
            {
                "apps_9.csv": sheet(
                    APPLICATIONS, "1,c1,j1,active,2026-02-01 09:00:00 America/New_York", "2,c2,j1,active,2026-02-01 09:00:00"
                ),
                "apps_10.csv": sheet(APPLICATIONS, "1,c1,j1,hired,2026-02-01 09:00:00 America/New_York"),
            },
            {"applications": {"file": "apps_*.csv"}},
        ),
        Folder(
            "one_sheet",
            "C9",
            "one sheet for three tables",
            {"all.csv": "App,Person,Req,Title,State,Applied\n1,c1,r1,Engineer,active,2026-02-01\n2,c2,r1,Engineer,active,2026-02-02\n"},
            {
                "applications": {
                    "file": "all.csv",
                    "columns": {
                        "application_id": "App",
                        "candidate_id": "Person",
                        "job_id": "Req",
                        "status_code": "State",
                        "applied_at": "Applied",
                    },
                },
                "jobs": {"file": "all.csv", "columns": {"job_id": "Req", "job_name": "Title"}},
            },
        ),
        Folder(
            "reasons",
            "C8",
            "a rejection for a neutral reason",
            {
                "jobs.csv": JOBS,
                "close_reasons.csv": "close_reason_id,reason_name,direction_code\nr1,Position filled,neither\n",
                "applications.csv": sheet(f"{APPLICATIONS},close_reason_id", "1,c1,j1,rejected,2026-02-01,r1"),
            },
        ),
        Folder(
            "lines",
            "T16 T17",
            "a key that stands twice, a key that looks like a mark",
            {
                "jobs.jsonl": '{"job_id": "j1", "job_id": "j2", "job_name": "A", "status_code": "open"}\n{"job_id": "keyless:00", "job_name": "B", "status_code": "open"}\n'
            },
        ),
        Folder(
            "cells",
            "T10",
            "a cell of a million characters",
            {"jobs.csv": f"job_id,job_name,status_code\nj1,{'x' * 1_000_000},open\nj2,B,open\n"},
        ),
    )


def blocked_folders() -> tuple[Folder, ...]:
    many = range(1, 61)
    return (
        Folder(
            "headers",
            "D",
            "mapped columns that the file does not have",
            {"export.csv": "Application No,Candidate No,Req,Status,Applied\n" + "".join(f"{n},c{n},j1,active,2026-02-01\n" for n in many)},
            {
                "applications": {
                    "file": "export.csv",
                    "columns": {
                        "application_id": "Application Nr",
                        "candidate_id": "Candidate No",
                        "job_id": "Req",
                        "status_code": "Status",
                        "applied_at": "Applied",
                    },
                }
            },
        ),
        Folder(
            "states",
            "D",
            "unknown states and no date",
            {
                "applications.csv": "application_id,candidate_id,job_id,status_code,applied_at\n"
                + "".join(f"{n},c{n},j1,In Process,{'' if n % 2 else '2026-02-01'}\n" for n in many)
            },
        ),
    )


def unreadable_folders(scratch: Path) -> tuple[Folder, ...]:
    return (
        Folder("utf16", "T16", "a CSV file in UTF-16", {"jobs.csv": JOBS.encode("utf-16")}),
        Folder("pages", "T17", "a damaged page of a Parquet file", {"jobs.parquet": parquet(scratch, damaged=True)}),
    )
