"""Adding one of what grows is one module and one line: each test makes the change in a copy of the repository, and runs it there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.golden.conftest import CORE_RULES_AS_OF
from tests.support.copy_of_the_repository import RepositoryCopy, copy_repository

pytestmark = pytest.mark.slow

#: Delivers the reports of a configuration from the published sample: python -c DELIVER CONFIG HOME; prints outcomes as JSON.
DELIVER = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from base import ops
from base.home import Home
from exports.delivery.deliver import deliver_due
from orchestration.checked_config import load_config
from tests.support.published_sample import publish_sample

config, home = load_config(Path(sys.argv[1])), Home(Path(sys.argv[2]))
publish_sample(home)
outcomes = deliver_due(config, home, ops.engine(home), datetime(2026, 6, 29, 6, 30, tzinfo=UTC))
print(json.dumps([[o.key.report_id, o.state, o.reason, o.provider_id] for o in outcomes]))
"""

EDITION = '''
"""How many requisitions are open."""

from dataclasses import dataclass

from exports.document import words
from exports.document.model import Document, Section
from exports.editions.edition import Edition
from exports.editions.report_options import Options
from exports.editions.provenance import provenance_of


@dataclass(frozen=True)
class Row:
    open_count: int


def build(marts, options, frame):
    return marts.one(Row, "select count(*) as open_count from core.dim_jobs where status = 'open'"), options, provenance_of(marts)


def count(view):
    return Section("count", "Open", words.plural(view[0].open_count, "open requisition"))


def layout(view, frame):
    sections = tuple(SECTIONS[name](view) for name in view[1].sections)
    footer = words.provenance_lines(view[2], ())
    return Document("Open requisitions", "Open requisitions", frame.company, "now", "", sections[0].meaning, "", sections, footer)


SECTIONS = {"count": count}
EDITION = Edition("Open requisitions", Options, SECTIONS, build, layout)
'''

CHANNEL = '''
"""One line of JSON per report, appended to a file."""

import json
from pathlib import Path

from base.config import Strict
from exports.channels.channel import Channel, Receipt


class JsonLines(Strict):
    folder: str


class JsonLinesChannel(Channel):
    section = "json_lines"
    settings_model = JsonLines

    @classmethod
    def check(cls, company, address, *key):
        assert address

    def refusal(self, subscriber):
        return None if self.company.delivery.section(JsonLines) else "company.yml has no delivery.json_lines"

    def send(self, message, before_content):
        path = Path(self.company.delivery.section(JsonLines).folder) / message.subscriber.address
        before_content()
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"subject": message.artifact.subject, "text": message.artifact.text}) + "\\n")
        return Receipt(f"appended to {path.name}")

    def look_up(self, key, subscriber):
        raise LookupError("a file cannot be asked")


PLACES = ()
'''

PUBLISHER = '''
"""A file that names the version, for a test."""

from exports.publish.publisher import Publisher


class MarkerPublisher(Publisher):
    @property
    def marker(self):
        return self.home.published / "marker.txt"

    def has(self, version_id):
        return self.marker.exists() and self.marker.read_text() == version_id

    def prepare(self, version_id, snapshot, contracts, facts):
        assert not self.home.current.exists(), "nothing is visible yet"
        self.marker.with_suffix(".next").write_text(version_id)

    def activate(self, version_id):
        assert self.home.current.exists(), "the folder is visible first"
        self.marker.with_suffix(".next").replace(self.marker)

    def retire(self, keep):
        print(f"kept {keep}")


PLACES = ()
'''

SLICE = """
import json, sys
from datetime import datetime
from pathlib import Path
from exports.editions.report_options import report_slices
from exports.questions.parameters import KINDS
from tests.support.worlds import build_world

assert "sourcer" in report_slices() and "sourcer" in KINDS
marts = build_world(
    Path(sys.argv[1]), Path(sys.argv[2]), as_of=datetime.fromisoformat(sys.argv[3]),
    select=["+funnel_passthrough", "+full_funnel"], exclude=["resource_type:test", "resource_type:unit_test"],
)
counted = {}
for mart, column in (("funnel_passthrough", "reached_count"), ("full_funnel", "people_count")):
    rows = marts.execute(
        f"select slice_type, slice_name, cast(sum({column}) as integer) from marts.{mart} where slice_type in ('company', 'sourcer') group by all"
    ).fetchall()
    counted[mart] = rows
merges = marts.execute("select from_candidate_id, to_candidate_id, reason_text from canonical.candidate_merges").fetchall()
print(json.dumps([counted, merges]))
"""


@pytest.fixture
def repository(tmp_path: Path) -> RepositoryCopy:
    return copy_repository(tmp_path / "copy")


def configuration(folder: Path, company: dict[str, object], report: dict[str, object]) -> Path:
    """JSON is YAML."""
    folder.mkdir()
    subscriber = {"id": "team", "channel": "files", "address": "team", **report.pop("subscriber", {})}  # type: ignore[dict-item]
    given = {"id": "weekly", "edition": "weekly_funnel", "cron": "0 8 * * 1", "subscribers": [subscriber], **report}
    (folder / "sources.yml").write_text("sources: []", encoding="utf-8")
    (folder / "company.yml").write_text(
        json.dumps({"delivery": {"enabled": True, **company}, "time_zone": "Europe/Berlin"}), encoding="utf-8"
    )
    (folder / "reports.yml").write_text(json.dumps({"reports": [given]}), encoding="utf-8")
    return folder


def test_an_edition_is_one_module_and_one_line(repository: RepositoryCopy, tmp_path: Path) -> None:
    repository.write("exports/editions/open_requisitions.py", EDITION)
    repository.add_line(
        "exports/editions/registry.py", '"open_requisitions": "exports.editions.open_requisitions:EDITION",', after='"offer_declines": '
    )
    config = configuration(tmp_path / "config", {}, {"edition": "open_requisitions", "options": {"sections": ["count"]}})
    ((report, state, reason, path),) = json.loads(repository.run("-c", DELIVER, str(config), str(tmp_path / "home")))
    assert (report, state, reason) == ("weekly", "sent", None)
    assert "3 open requisitions" in (Path(path) / "report.txt").read_text(encoding="utf-8")
    keys = repository.run(
        "-c", "from orchestration.assets.reports import build_report_assets as b; print([a.key.to_user_string() for a in b()])"
    )
    assert "open_requisitions" in keys


def test_a_channel_is_one_module_and_one_line(repository: RepositoryCopy, tmp_path: Path) -> None:
    repository.write("exports/channels/json_lines.py", CHANNEL)
    repository.add_line("exports/channels/registry.py", '"json_lines": "exports.channels.json_lines:JsonLinesChannel",', after='"slack": ')
    subscriber = {"channel": "json_lines", "address": "reports.jsonl"}
    config = configuration(tmp_path / "config", {"json_lines": {"folder": str(tmp_path)}}, {"subscriber": subscriber})
    ((_, state, reason, receipt),) = json.loads(repository.run("-c", DELIVER, str(config), str(tmp_path / "home")))
    assert (state, reason, receipt) == ("sent", None, "appended to reports.jsonl")
    (line,) = (tmp_path / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["subject"].startswith("Weekly hiring funnel")


def test_a_publisher_is_one_module_and_one_line(repository: RepositoryCopy, tmp_path: Path) -> None:
    repository.write("exports/publish/marker.py", PUBLISHER)
    repository.add_line("exports/publish/registry.py", '"marker": "exports.publish.marker:MarkerPublisher",', after='"folder": ')
    program = (
        "import sys; from pathlib import Path; from base.home import Home; from tests.support.published_sample import publish_sample; "
        "print(publish_sample(Home(Path(sys.argv[1]))).version_id)"
    )
    *_, version_id = repository.run("-c", program, str(tmp_path / "home")).splitlines()
    assert (tmp_path / "home" / "published" / "marker.txt").read_text() == version_id


def test_a_slice_is_one_line_and_so_is_a_canonical_column(repository: RepositoryCopy, tmp_path: Path) -> None:
    """A slice of applications by their sourcer (a column that core has, and nothing else knows of), and the reason of a merge."""
    repository.add_line(
        "dbt_project/dbt_project.yml",
        "sourcer: {column: sourcer_key, name: {model: dim_users, key: user_key, column: user_name}}",
        after="origin: {column: origin_code",
    )
    repository.add_line(
        "dbt_project/dbt_project.yml", "reason_text: {type: text, description: Why they are one}", after="merged_at: {type: timestamp"
    )
    world = repository.root / "tests" / "golden" / "worlds" / "core_rules"
    merge = "from_candidate_id,to_candidate_id,merged_at,reason_text\nx1,x2,2026-01-01,entered twice\n"
    (world / "candidate_merges.csv").write_text(merge, encoding="utf-8")
    with (world / "job_team.csv").open("a", encoding="utf-8") as file:
        file.write("j1,u3,sourcer,2025-12-01T00:00:00Z,\n")
    counted, merges = json.loads(repository.run("-c", SLICE, str(world), str(tmp_path / "home"), CORE_RULES_AS_OF.isoformat()))
    for mart, rows in counted.items():
        company = sum(count for slice_type, _, count in rows if slice_type == "company")
        members = {name: count for slice_type, name, count in rows if slice_type == "sourcer"}
        assert company > 0 and sum(members.values()) == company, mart
        assert set(members) > {"Not recorded"}, mart
    assert merges == [["x1", "x2", "entered twice"]]
    repository.run("-m", "ingestion.canonical.documents")
    for document in ("docs/canonical.md", "docs/canonical.schema.json", "dbt_project/models/canonical/_canonical.yml"):
        assert "reason_text" in (repository.root / document).read_text(encoding="utf-8"), document
