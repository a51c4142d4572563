"""Every mistake in a configuration is one sentence with file, line, key and remedy, exit code 2, before anything is asked or written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.mistakes import GEM, MAIL, OWN, REPORT, SOURCES, TO, funnelcast, write_folder

Files = dict[str, str | bytes]
HOOK = "  - name: {}\n    kind: ses\n    path: x\n    webhooks:\n      secrets: [HOOK]\n      scheme: lever\n"
HOOKS = "sources:\n" + HOOK + HOOK
FILES = SOURCES + "    {}\n"
STAGES = "source_system,stage_name,job_id,stage_code,valid_from,valid_to\n"
ANSWERS = "source_system,offer_id,decline_reason_code,answered_on,answered_by\n"
LAUGHS = "".join(f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 12 if n else ['lol'])}]\n" for n in range(8))


def of(name: str, *contents: str | bytes) -> list[Files]:
    return [{name: content} for content in contents]


#: What a file cannot hold, whatever its keys: (files, pieces of the sentence).
TEXT: list[tuple[Files, tuple[str, ...]]] = [
    ({"company_yml": "name: Café\n".encode("cp1252")}, ("company.yml:1: not UTF-8", "Save it as UTF-8")),
    ({"company_yml": "owner: {}\nname: Zoë\n".encode("latin-1")}, ("company.yml:2: not UTF-8",)),
    ({"sources_yml": SOURCES.encode("utf-16")}, ("sources.yml:1: not UTF-8 but UTF-16",)),
    ({"reports_yml": REPORT.encode("utf-16-le")}, ("reports.yml:1: not UTF-8 but UTF-16",)),
    ({"mappings__stages_csv": (STAGES + ",Gespräch,,onsite,,\n").encode("cp1252")}, ("stages.csv:2: not UTF-8", "CSV UTF-8")),
    (
        {"mappings__decline_answers_csv": (ANSWERS + ",7,comp_base,2026-05-04,Jörg\n").encode("cp1252")},
        ("decline_answers.csv:2: not UTF-8",),
    ),
    ({"benchmarks_csv": "source_name,period\nRéseau,2026\n".encode("cp1252")}, ("benchmarks.csv:2: not UTF-8",)),
    ({"mappings__stages_csv": STAGES.encode("utf-16")}, ("stages.csv:1: not UTF-8 but UTF-16",)),
    ({"company_yml": "name: a\x00b\n"}, ("company.yml:1: holds a control character (code 0)",)),
    ({"company_yml": 'owner: {}\nname: "a\\x07b"\n'}, ("company.yml:2: the value holds a control character",)),
    ({"mappings__stages_csv": STAGES + ",A\x00,,onsite,,\n"}, ("stages.csv:2: holds a control character",)),
    ({"sources_yml": "sources: " + "[" * 3000}, ("sources.yml:1: nested more than 40 levels deep",)),
    ({"company_yml": LAUGHS}, ("company.yml:", "aliases (*) repeat more than")),
    ({"company_yml": "name: &a [*a]\n"}, ("company.yml:1: nested more than",)),
    ({"company_yml": "name: a\nowner: {}\nname: b\n"}, ("company.yml:3: key 'name' is given twice (first in line 1)",)),
    ({"company_yml": "owner:\n\temail: a@example.com\n"}, ("company.yml:2: not valid YAML", "blanks, not tabs")),
    ({"company_yml": "- a\n- b\n"}, ("company.yml:1: expected keys and values at the top",)),
    ({"company_yml": "just text\n"}, ("company.yml:1: expected keys and values at the top",)),
    ({"company_yml": "name: a\n---\nname: b\n"}, ("company.yml:2: a second document begins here",)),
    ({"company_yml": "name: !!python/name:os.system x\n"}, ("company.yml:1: tags (!) have no meaning here",)),
    ({"company_yml": "? [a, b]\n: c\n"}, ("company.yml:1: a key must be text",)),
    ({"company_yml": "<<: [1, 2]\n"}, ("company.yml:1: only keys and values can be merged",)),
    ({"mappings__stages_csv": STAGES.replace(",", ";")}, ("stages.csv:1: its cells stand between semicolons", "commas")),
    ({"mappings__stages_csv": STAGES + ',"A,,onsite,,\n'}, ("stages.csv:2: not valid CSV",)),
    ({"mappings__stages_csv": STAGES + ",A, B,,onsite,,\n"}, ("stages.csv:2: 7 cells, where the first line names 6 columns",)),
    ({"mappings__stages_csv": ""}, ("stages.csv:1: column 'stage_name' is missing",)),
    ({"mappings__stages_csv": STAGES.replace("job_id", "stage_name")}, ("stages.csv:1: column 'stage_name' appears twice",)),
]

#: What a key cannot hold.
VALUES: list[tuple[Files, tuple[str, ...]]] = [
    *(
        ({"company_yml": f"working_hours:\n  {hours}\n"}, (f"company.yml:2: working_hours.{key}", words))
        for hours, key, words in (
            ("start: 25:00", "start", "a time of day, like 09:30"),
            ("start: 540", "start", "a time of day"),
            ("start: 18:00", "start: the end, 17:00, is not after the start, 18:00", ""),
            ("days: []", "days", "too few entries"),
            ("days: [mo]", "days.0", "Did you mean 'mon'?"),
            ("holidays: [2026-02-30]", "holidays.0", "a day that exists"),
        )
    ),
    ({"company_yml": "name: 123\n"}, ("company.yml:1: name: must be text",)),
    ({"company_yml": "name:\n"}, ("company.yml:1: name: has no value",)),
    ({"company_yml": "rediscovery:\n  retention_days: true\n"}, ("company.yml:2: rediscovery.retention_days: must be a number",)),
    ({"company_yml": "rediscovery:\n  retention_days: 99999999999\n"}, ("company.yml:2:", "must be at most 36500")),
    ({"company_yml": "delivery:\n  enabled: perhaps\n"}, ("company.yml:2: delivery.enabled: must be true or false",)),
    (
        {"company_yml": "quality:\n  drift: {new_fild: warn}\n"},
        ("company.yml:2: unknown key 'quality.drift.new_fild'. Did you mean 'new_field'?",),
    ),
    ({"company_yml": "quality:\n  accepted: [aplications.x]\n"}, ("company.yml:2: quality.accepted.0", "Did you mean 'applications'?")),
    ({"company_yml": "quality:\n  accepted: [acme.job.x]\n"}, ("company.yml:2: quality.accepted.0", "Did you mean 'jobs'?")),
    ({"company_yml": "delivery:\n  allowed_domains: ['@ exa mple']\n"}, ("company.yml:2: delivery.allowed_domains.0: must be a domain",)),
    ({"company_yml": "owner: {email: 'a@example.com, b@example.com'}\n"}, ("company.yml:1: owner.email: is not an email address",)),
    ({"company_yml": "owner: {slack_channel: '#general'}\n"}, ("company.yml:1: owner.slack_channel", "C0123456789")),
    ({"company_yml": MAIL + "owner: {email: a@elsewhere.org}\n"}, ("company.yml:4: owner.email: the domain elsewhere.org is not in",)),
    ({"company_yml": "delivery:\n  smtp: {host: 'https://mail', from_address: a@example.com}\n"}, ("company.yml:2: delivery.smtp.host",)),
    ({"company_yml": "delivery:\n  smtp: {host: m, from_address: a@example.com, port: 70000}\n"}, ("smtp.port: must be at most 65535",)),
    ({"company_yml": "delivery:\n  smtp: {host: m, from_address: a@example.com, username_env: U}\n"}, ("password_env go together",)),
    ({"company_yml": "delivery:\n  slack: {base_url: slack}\n"}, ("company.yml:2: delivery.slack.base_url: must be an address like",)),
    *(
        ({"sources_yml": GEM.format(line)}, ("sources.yml:5: sources.0.", *words))
        for line, words in (
            ("streams: [candidtes]", ("streams.0: a source of kind gem has no stream 'candidtes'", "Did you mean 'candidates'?")),
            ("streams: []", ("streams: has too few entries",)),
            ("path: exports", ("path: has no meaning for a source of kind gem", "Known: name, kind")),
            ("base_url: gem.example.com", ("base_url: must be an address like https://",)),
            ("base_url: 'https://user:hunter2@gem.example.com'", ("base_url: must hold no user or password",)),
            ("start_date: 2026-02-30", ("start_date: must be a day that exists",)),
            ("start_date: 20240101", ("start_date: must be a day",)),
            ("start_date: 2199-01-01", ("start_date: 2199-01-01 is in the future",)),
            ("start_date: 0224-01-01", ("start_date: 0224-01-01",)),
            ("run_budget_minutes: .inf", ("run_budget_minutes: must be a number",)),
            ("on_failure: stoop", ("on_failure: must be one of continue, stop. Did you mean 'stop'?",)),
        )
    ),
    (
        {"sources_yml": GEM.replace("api_key:", "api_ky:").format("")},
        ("sources.yml:4: sources.0.credentials.api_ky", "Did you mean 'api_key'?"),
    ),
    ({"sources_yml": GEM.replace("GEM_KEY", "AKIA" + "IOSFODNN7EXAMPLE").format("")}, ("sources.yml:4:", "looks like a secret")),
    ({"sources_yml": "sources:\n  - {name: crm, kind: gem}\n"}, ("sources.yml:2:", "needs the credential 'api_key'")),
    (
        {"sources_yml": SOURCES + SOURCES.partition("\n")[2]},
        ("sources.yml:5: sources.1.name: 'acme' is used twice (first in ", "sources.yml:2)"),
    ),
    (
        {"sources_yml": HOOKS.format("a", "b") + "      path: /a\n"},
        ("sources.yml:14: sources.1.webhooks.path: b and a (", "sources.yml:5) both receive webhooks at /a"),
    ),
    *(
        ({"sources_yml": FILES.format(line)}, ("sources.yml:5: ", *words))
        for line, words in (
            ("tables: {aplications: {}}", ("tables.aplications: there is no canonical table", "Did you mean 'applications'?")),
            ("tables: {jobs: {columnz: {}}}", ("unknown key 'sources.0.tables.jobs.columnz'. Did you mean 'columns'?",)),
            ("tables: {jobs: {columns: {job_nam: Title}}}", ("tables.jobs.columns.job_nam", "Did you mean 'job_name'?")),
            ("tables: {jobs: {table: jobs}}", ("tables.jobs.table: has no meaning for a folder of files",)),
            ("base_url: https://example.com", ("base_url: has no meaning for a source of kind canonical_files",)),
            ("storage_options: {a: b}", ("storage_options: has no meaning for a folder of this machine",)),
        )
    ),
    *(
        ({"reports_yml": REPORT.replace("'0 8 * * 1'", cron)}, ("reports.yml:4: reports.0.cron", words))
        for cron, words in (
            ("'0 0 8 * * 1'", "of five fields"),
            ("'0 0 30 2 *'", "is not a cron expression"),
            ("every monday", "of five fields"),
            ("'@daily'", "of five fields"),
        )
    ),
    (
        {"reports_yml": REPORT + REPORT.partition("\n")[2]},
        ("reports.yml:5: reports.1.id: 'weekly' is used twice (first in ", "reports.yml:2)"),
    ),
    *(
        ({"reports_yml": OWN.format(line)}, ("reports.yml:5: reports.0.options", *words))
        for line, words in (
            ("options: {sections: [weeks]}", ("sections.0: there is no section 'weeks'. Did you mean 'week'?",)),
            ("options: {sectionz: [week]}", ("sectionz", "Did you mean 'sections'?")),
            ("options: {slice_type: departement, slice_name: Sales}", ("Did you mean 'department'?",)),
            ("options: {slice_type: department}", ("slice_type and slice_name go together",)),
            ("options: {stages: [onsit]}", ("stages.0: there is no stage 'onsit'. Did you mean 'onsite'?",)),
            ("options: {max_data_age_hours: -1}", ("max_data_age_hours: must be more than 0",)),
            ("options: [week]", ("must be keys and values",)),
        )
    ),
    *(
        ({"company_yml": MAIL, "reports_yml": TO.format(line)}, ("reports.yml:6: reports.0.subscribers.0.", *words))
        for line, words in (
            ("channel: email, address: 'a@example.com, b@example.com'", ("address: is not an email address",)),
            ("channel: email, address: a@elsewhere.org", ("address: the domain elsewhere.org is not in",)),
            ("channel: slack, address: '#general'", ("address: is not the id of a Slack channel", "C0123456789")),
            ("channel: slack, address: C0123456", ("address: company.yml has no delivery.slack",)),
            ("channel: files, address: 'https://example.com'", ("address: is not the name of a folder",)),
        )
    ),
    (
        {"mappings__stages_csv": STAGES + ",Call,,onsite,,\n,Other,,onsite,,\n,CALL ,,offer,,\n"},
        ("stages.csv:4: line 2 is about stage_name 'CALL' already",),
    ),
    ({"mappings__stages_csv": STAGES + ",Call,,onsite,20260401,\n"}, ("stages.csv:2: valid_from '20260401' is not a date",)),
    (
        {"mappings__stages_csv": STAGES + ',"two\nlines",,onsite,,\n,A,,onsit,,\n'},
        ("stages.csv:4: stage_code 'onsit'", "Did you mean 'onsite'?"),
    ),
    ({"mappings__stage_csv": STAGES}, ("stage.csv: unknown mapping file. Did you mean 'stages.csv'?",)),
    ({"mappings__stages_xlsx": b"PK"}, ("stages.xlsx is not read. Save it as stages.csv",)),
    ({"report_yml": REPORT}, ("report.yml is not read. Did you mean 'reports.yml'?",)),
    ({"company_yaml": "name: a\n"}, ("company.yaml is not read. Did you mean 'company.yml'?",)),
]


@pytest.mark.parametrize(("files", "pieces"), [*TEXT, *VALUES])
def test_a_mistake_is_one_sentence_with_its_place_and_nothing_begins(tmp_path: Path, files: Files, pieces: tuple[str, ...]) -> None:
    config, home = write_folder(tmp_path / "config", **files), tmp_path / "home"
    output = {verb: funnelcast("--config", str(config), "--home", str(home), verb) for verb in ("check", "run")}
    for done in output.values():
        assert done.code == 2
        assert done.err.startswith("funnelcast: ")
        assert done.err.count("\n") == 1
        for piece in pieces:
            assert piece in done.err
        assert "hunter2" not in done.err
        assert "AKIA" not in done.err
    assert output["check"].err == output["run"].err
    assert not home.exists()


def test_what_only_looks_odd_is_accepted(tmp_path: Path) -> None:
    from orchestration.checked_config import load_config

    company = (
        "\ufeffname: Café\nworking_hours: {start: 9:00, end: 17:30}\ndelivery: {enabled: no}\nquality: {accepted: [acme.jobs.x, jobs.y]}\n"
    )
    config = load_config(write_folder(tmp_path, company_yml=company, reports_yml=""))
    assert (config.company.name, f"{config.company.working_hours.start:%H:%M}") == ("Café", "09:00")
    assert config.company.delivery.enabled is False
    assert config.reports == ()


def test_aliases_and_merged_keys_are_read_and_a_mistake_in_them_has_the_line_where_it_is_written(tmp_path: Path) -> None:
    merged = "sources:\n  - &one\n    name: a\n    kind: canonical_files\n    path: x\n  - <<: *one\n    name: b\n"
    from orchestration.checked_config import load_config

    assert [source.name for source in load_config(write_folder(tmp_path / "good", sources_yml=merged)).sources] == ["a", "b"]
    wrong = write_folder(tmp_path / "wrong", sources_yml=merged.replace("path: x", "path: x\n    streams: [job]"))
    assert "sources.yml:6: sources.0.streams.0" in funnelcast("--config", str(wrong), "check").err


@pytest.mark.parametrize("name", ["sources.yml", "company.yml", "reports.yml", "benchmarks.csv", "mappings/stages.csv", "mappings"])
def test_a_file_that_is_none_is_named(tmp_path: Path, name: str) -> None:
    config = write_folder(tmp_path / "config")
    (config / "mappings").mkdir()
    path = config / name
    makers = {"a folder": path.mkdir, "no regular file": lambda: os.mkfifo(path), "is a link to": lambda: path.symlink_to("nowhere")}
    for words, make in makers.items():
        if name == "mappings":
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
            path.write_text("a file")
            words = "is not a folder that can be read"
        else:
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
            make()
        done = funnelcast("--config", str(config), "--home", str(tmp_path / "home"), "check")
        assert (done.code, str(path) in done.err, words in done.err) == (2, True, True), done.err
