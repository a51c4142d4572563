"""Configurations with one thing changed: a value, a key, a byte, the encoding, a cell."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from tests.fuzz.atoms import BYTES, YAML_VALUES
from tests.fuzz.case import Case, chooser

FAMILY = "configuration"

SOURCES = """sources:
  - name: greenhouse
    kind: greenhouse
    base_url: https://127.0.0.1:9
    credentials:
      client_id: FUZZ_CLIENT_ID
      client_secret: FUZZ_CLIENT_SECRET
    start_date: 2024-01-01
    lookback_hours: 2
    concurrency: 4
    run_budget_minutes: 5
    custom_fields:
      jobs: {job_family: family}
    webhooks:
      secrets: [FUZZ_HOOK]
      max_body_kilobytes: 100
  - name: acme
    kind: canonical_files
    path: exports/acme
    streams: [applications, jobs]
    on_failure: stop
    tables:
      applications:
        file: "apps_*.csv"
        columns: {application_id: App ID}
        codes:
          status_code: {open: active}
"""
COMPANY = """name: Northwind Labs
time_zone: America/New_York
working_hours:
  start: 09:00
  end: 17:30
  days: [mon, tue, wed]
  holidays: [2026-07-03]
owner:
  email: ops@northwind.example.com
  slack_channel: C0RECOPS
outreach: {attribution_window_days: 60}
rediscovery:
  retention_days: 365
adverse_impact:
  ratio: [4, 5]
  level: 0.05
  wording: {difference_seen: Look here}
quality:
  drift: {new_field: warn}
  accepted: [acme.jobs.notes]
delivery:
  enabled: false
  allowed_domains: [northwind.example.com]
  smtp:
    host: 127.0.0.1
    port: 2525
    security: none
    from_address: reports@northwind.example.com
    timeout_seconds: 5
  slack:
    token_env: FUZZ_SLACK
web:
  allowed_hosts: [hooks.example.com]
  connections_per_address: 8
"""
REPORTS = """reports:
  - id: weekly
    edition: weekly_funnel
    title: Weekly
    cron: "30 7 * * MON"
    time_zone: Europe/Berlin
    send_window_hours: 24
    on_ambiguous: hold
    options:
      slice_type: department
      slice_name: Sales
      sections: [week, funnel]
      max_data_age_hours: 48
    subscribers:
      - id: lead
        channel: email
        address: lead@northwind.example.com
        paused: true
      - {id: share, channel: files, address: share}
"""
STAGES = """source_system,stage_name,job_id,stage_code,valid_from,valid_to
greenhouse,Application Review,,applied,,
greenhouse,Téléphone,,phone_interview,,2026-03-31
greenhouse,Téléphone,,onsite,2026-04-01,
"""
REASONS = """source_system,close_reason_name,decline_reason_code,direction_code,is_conduct,valid_from,valid_to
,Gehalt zu niedrig – Größe,comp_base,candidate,false,,
"""
BENCHMARKS = "source_name,period,definition_code,benchmark_value\nRéseau,2026,applied_to_screen,0.2\n"

#: Every file of the configuration that is changed; unchanged it is right.
BASE = {
    "sources.yml": SOURCES,
    "company.yml": COMPANY,
    "reports.yml": REPORTS,
    "mappings/stages.csv": STAGES,
    "mappings/reasons.csv": REASONS,
    "benchmarks.csv": BENCHMARKS,
}

#: The credentials are there: without them each case would end with the first that is not set.
ENVIRONMENT = dict.fromkeys(("FUZZ_CLIENT_ID", "FUZZ_CLIENT_SECRET", "FUZZ_HOOK", "FUZZ_SLACK"), "fuzz-secret-value")

#: (file, its content, random) -> (new content, whether the meaning has changed for sure, what was done)
Change = Callable[[str, str, random.Random], tuple[bytes, bool, str]]


def cases(seed: int, count: int) -> Iterator[Case]:
    """`sources` reads YAML alone; `identity` after `check`: CSV files are read by commands that apply them."""
    for number in range(count):
        pick = chooser(seed, FAMILY, number)
        name = pick.choice(list(BASE))
        change = pick.choice(_ANY + (_YAML if name.endswith(".yml") else _CSV))
        content, is_wrong, what = change(name, BASE[name], pick)
        files = {other: text.encode() for other, text in BASE.items()} | {name: content}
        verb = ("run",) if is_wrong else (("sources",) if name.endswith(".yml") else ("run", "--source", "nobody"))
        yield Case(FAMILY, number, verb, files, ENVIRONMENT, name.rpartition("/")[2] if is_wrong else None, f"{name}: {what}")


def _a_byte(name: str, text: str, pick: random.Random) -> tuple[bytes, bool, str]:
    data, byte = text.encode(), pick.choice(BYTES)
    at = pick.randrange(len(data) + 1)
    changed = data[:at] + byte + data[at:]
    is_wrong = byte in (b"\x00", b"\xff", b"\x1b[2J") or (byte == b"\xfe\xff" and at > 0)
    return changed, is_wrong, f"{byte!r} at {at}"


def _cut(name: str, text: str, pick: random.Random) -> tuple[bytes, bool, str]:
    at = pick.randrange(len(text))
    return text[:at].encode(), False, f"cut at {at}"


def _encoding(name: str, text: str, pick: random.Random) -> tuple[bytes, bool, str]:
    encoding = pick.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-8-sig", "utf-7", "mac-roman"])
    with_accent = (
        text if not text.isascii() else text.replace("Sales", "Übung").replace("Northwind Labs", "Nørthwind").replace("family", "fâmily")
    )
    changed = with_accent.encode(encoding, "replace")
    is_text = _is_utf8(changed) and encoding in ("utf-8-sig", "utf-7", "cp1252", "mac-roman")
    return changed, not is_text, encoding


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _lines(name: str, text: str, pick: random.Random) -> tuple[bytes, bool, str]:
    lines = text.splitlines(keepends=True)
    at = pick.randrange(len(lines))
    what = pick.choice(["twice", "without", "moved", "crlf", "indented"])
    if what == "twice":
        lines.insert(at, lines[at])
    elif what == "without":
        del lines[at]
    elif what == "moved":
        lines.insert(pick.randrange(len(lines)), lines.pop(at))
    elif what == "indented":
        lines[at] = " " + lines[at]
    else:
        return "".join(lines).replace("\n", "\r\n").encode(), False, "crlf"
    return "".join(lines).encode(), False, f"line {at + 1} {what}"


_KEY = re.compile(r"^( *(?:- )?)([a-z_]+):(.*)$", re.MULTILINE)


def _value(name: str, text: str, pick: random.Random) -> tuple[bytes, bool, str]:
    found = pick.choice(list(_KEY.finditer(text)))
    value = pick.choice(YAML_VALUES)
    return (text[: found.start(3)] + f" {value}" + text[found.end(3) :]).encode(), False, f"{found[2]}: {value[:40]!r}"


#: Keys whose names are a company's own.
_OWN = ("jobs", "applications", "job_family", "application_id", "open", "difference_seen")


def _key(name: str, text: str, pick: random.Random) -> tuple[bytes, bool, str]:
    found = pick.choice([match for match in _KEY.finditer(text) if match[2] not in _OWN])
    typo = found[2][:1] + found[2][2:] if pick.random() < 0.5 else found[2] + pick.choice("sxz")
    return (text[: found.start(2)] + typo + text[found.end(2) :]).encode(), True, f"{found[2]} -> {typo}"


def _twice(name: str, text: str, pick: random.Random) -> tuple[bytes, bool, str]:
    found = pick.choice([match for match in _KEY.finditer(text) if match[3].strip() and not match[1].endswith("- ")])
    return (text[: found.end()] + f"\n{found[0]}" + text[found.end() :]).encode(), True, f"{found[2]} twice"


def _number(name: str, text: str, pick: random.Random) -> tuple[bytes, bool, str]:
    numbers = list(re.finditer(r"(?<=: )[0-9]+(?:\.[0-9]+)?$", text, re.MULTILINE))
    if not numbers:
        return _a_byte(name, text, pick)
    found, value = pick.choice(numbers), pick.choice(["-5", "1e30", "true", "many", "[1]", ".nan", "99999999999999999999"])
    return (text[: found.start()] + value + text[found.end() :]).encode(), True, f"{found[0]} -> {value}"


def _cell(name: str, text: str, pick: random.Random) -> tuple[bytes, bool, str]:
    lines = text.splitlines()
    row = pick.randrange(1, len(lines))
    columns, cells = lines[0].split(","), lines[row].split(",")
    column = pick.randrange(len(columns))
    wrong = {"_code": "nonsense_code", "valid_": "2026-02-30", "benchmark_value": "one half", "is_conduct": "maybe"}
    value = next((value for part, value in wrong.items() if part in columns[column]), None)
    cells[column] = value or pick.choice(["", '"', "x" * 200_000, "a;b", "NULL", "=1+1"])
    return (
        "\n".join([*lines[:row], ",".join(cells), *lines[row + 1 :], ""]).encode(),
        value is not None,
        f"{columns[column]} -> {cells[column][:30]}",
    )


def _header(name: str, text: str, pick: random.Random) -> tuple[bytes, bool, str]:
    header, _, rest = text.partition("\n")
    columns = header.split(",")
    at = pick.randrange(len(columns))
    what = pick.choice(["typo", "twice", "blank"])
    columns[at] = {"typo": columns[at] + "x", "twice": columns[at - 1], "blank": ""}[what]
    return (",".join(columns) + "\n" + rest).encode(), True, f"column {at + 1} {what}"


def _separator(name: str, text: str, pick: random.Random) -> tuple[bytes, bool, str]:
    separator = pick.choice([";", "\t", "|"])
    return text.replace(",", separator).encode(), True, f"separated by {separator!r}"


_ANY: tuple[Change, ...] = (_a_byte, _cut, _encoding, _lines)
_YAML: tuple[Change, ...] = (_value, _value, _value, _key, _twice, _number)
_CSV: tuple[Change, ...] = (_cell, _cell, _header, _separator)
