"""Wrong input gets one sentence with the remedy and exit code 1 or 2; nothing is lost, nothing secret is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.zygote import Finished, Zygote

pytestmark = pytest.mark.xdist_group("other_runs")

GEM = "sources:\n  - {{name: crm, kind: gem, base_url: '{url}', credentials: {{api_key: TEST_GEM_KEY}}}}\n"
STAGES = "source_system,stage_name,job_id,stage_code,valid_from,valid_to\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "mappings").mkdir(parents=True)
    (folder / "sources.yml").write_text("sources: []\n")
    return folder


def run(zygote: Zygote, config: Path, *verb: str, **environment: str) -> Finished:
    return zygote.run("--home", str(config.parent / "home"), "--config", str(config), *verb, env=environment)


def sentence(done: Finished) -> str:
    """The one sentence that the user sees; any traceback is a failure of the test."""
    assert "Traceback" not in done.err + done.out
    lines = [line for line in done.err.splitlines() if line.startswith("funnelcast: ")]
    assert len(lines) == 1, done.err
    return lines[0]


def test_an_unknown_key_names_file_line_and_the_likely_one(zygote: Zygote, config: Path) -> None:
    (config / "sources.yml").write_text("sources:\n  - name: acme\n    kind: gem\n    creds: {}\n")
    done = run(zygote, config, "run")
    assert done.code == 2
    assert "sources.yml:4: unknown key 'sources.0.creds'" in sentence(done)


def test_a_missing_secret_names_the_variable(zygote: Zygote, config: Path) -> None:
    (config / "sources.yml").write_text(GEM.format(url="http://127.0.0.1:9"))
    done = run(zygote, config, "run")
    assert done.code == 2
    assert "Set TEST_GEM_KEY" in sentence(done)
    assert not (config.parent / "home").exists(), "nothing began"


def test_an_unreachable_host_is_named(zygote: Zygote, config: Path) -> None:
    (config / "sources.yml").write_text(GEM.format(url="http://127.0.0.1:9"))
    done = run(zygote, config, "check", TEST_GEM_KEY="secret-value-77")
    assert done.code == 1
    assert "127.0.0.1:9" in done.out
    assert "secret-value-77" not in done.out + done.err


def test_a_mapping_with_a_bad_date_stops_the_run_before_it_loads(zygote: Zygote, config: Path) -> None:
    (config / "mappings" / "stages.csv").write_text(STAGES + ",Phone call,,recruiter_screen,2026-02-30,\n")
    done = run(zygote, config, "run")
    assert done.code == 2
    assert "stages.csv:2: valid_from '2026-02-30' is not a date. Write it like 2026-06-30" in sentence(done)
    assert not (config.parent / "home" / "warehouse.duckdb").exists()


def test_a_mapping_to_an_unknown_code_names_the_likely_one(zygote: Zygote, config: Path) -> None:
    (config / "mappings" / "stages.csv").write_text(STAGES + ",Phone call,,recruiter_scren,,\n")
    done = run(zygote, config, "check")
    assert done.code == 2
    assert "Did you mean 'recruiter_screen'?" in sentence(done)


def test_a_check_finds_wrong_options_of_a_report_before_it_is_due(zygote: Zygote, config: Path) -> None:
    report = "{id: weekly, edition: weekly_funnel, cron: 0 8 * * 1, options: {sections: [funel]}}"
    (config / "reports.yml").write_text(f"reports:\n  - {report}\n")
    done = run(zygote, config, "check")
    assert done.code == 2
    assert "reports.yml:2: reports.0.options.sections.0: there is no section 'funel'. Did you mean 'funnel'?" in sentence(done)


def test_an_unknown_source_a_bad_time_and_a_missing_folder_are_wrong_usage(zygote: Zygote, config: Path) -> None:
    for verb, message in (
        (("run", "--source", "acme"), "has no source 'acme'"),
        (("run", "--as-of", "yesterday"), "--as-of: 'yesterday' is not an ISO date or time"),
    ):
        done = run(zygote, config, *verb)
        assert (done.code, message in sentence(done)) == (2, True)
    done = run(zygote, config.parent / "nowhere", "run")
    assert (done.code, "does not exist" in sentence(done)) == (2, True)


def test_a_home_that_cannot_be_made_and_a_wrong_question_are_wrong_usage(zygote: Zygote, config: Path) -> None:
    (config.parent / "file").write_text("a file stands where the folder would be")
    done = zygote.run("--home", str(config.parent / "file" / "home"), "--config", str(config), "reports", "list", env={})
    assert (done.code, "cannot be created" in sentence(done)) == (2, True)
    done = run(zygote, config, "ask", "stuk")
    assert done.code == 2 and "unknown question 'stuk'. Did you mean 'stuck'?" in done.err


def test_a_broken_file_does_not_hide_what_else_is_wrong_with_a_folder(zygote: Zygote, config: Path) -> None:
    (config / "sources.yml").write_text("sources: [{name: acme, kind: canonical_files, path: files}]\n")
    (config / "files").mkdir()
    (config / "files" / "jobs.csv").write_bytes(b"job_id,\xff\xfe\n")
    (config / "files" / "applications.csv").write_text("application_id,candidate\na1,c1\n")
    done = run(zygote, config, "check")
    assert done.code == 1
    assert "jobs.csv is not UTF-8 text" in done.out and "'candidate'" in done.out
    assert "acme applications: 1 of 1 row set aside:" in done.out and not (config.parent / "home").exists()


def test_no_source_at_all_says_what_to_add(zygote: Zygote, config: Path) -> None:
    done = run(zygote, config, "check")
    assert done.code == 1
    assert "sources.yml names no source" in done.out
    done = run(zygote, config, "run")
    assert done.code == 1
    assert "Add a source to sources.yml" in sentence(done)


def test_unknown_verbs_and_options_are_wrong_usage(zygote: Zygote, config: Path) -> None:
    assert run(zygote, config, "rnu").code == 2
    assert run(zygote, config, "run", "--nope").code == 2
