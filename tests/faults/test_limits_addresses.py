"""T14: no credential leaves in the clear, unless a person says so or it stays on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.errors import ConfigError
from orchestration.checked_config import load_config

GEM = "sources: [{{name: crm, kind: gem, credentials: {{api_key: GEM_KEY}}, {}}}]\n"
GREENHOUSE = "sources: [{{name: ats, kind: greenhouse, credentials: {{client_id: GH_ID, client_secret: GH_SECRET}}, {}}}]\n"
FILES = "sources: [{{name: acme, kind: canonical_files, path: s3://bucket/folder, {}}}]\n"
MAIL = (
    "delivery: {{smtp: {{host: {}, security: {}, from_address: a@example.com, username_env: SMTP_USER, password_env: SMTP_PASSWORD{}}}}}\n"
)
SLACK = "delivery: {{slack: {{base_url: '{}'{}}}}}\n"


def load(folder: Path, sources: str = "sources: []\n", company: str = "{}\n") -> None:
    (folder / "sources.yml").write_text(sources)
    (folder / "company.yml").write_text(company)
    load_config(folder)


@pytest.mark.parametrize("address", ["http://api.example.com/v0", "http://10.0.0.5", "http://127.0.0.1.example.com", "HTTP://192.0.2.1"])
@pytest.mark.parametrize("key", ["base_url", "token_url"])
def test_T14_an_address_without_tls_is_refused_with_its_line_and_the_way_to_allow_it(tmp_path: Path, key: str, address: str) -> None:
    with pytest.raises(ConfigError, match=rf"sources.yml:1.*{key}.*not encrypted.*allow_http"):
        load(tmp_path, GREENHOUSE.format(f"{key}: '{address}'"))
    load(tmp_path, GREENHOUSE.format(f"{key}: '{address}', allow_http: true"))


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8080/v0", "http://localhost/", "http://[::1]:1", "http://gem.localhost", "https://api.gem.com"]
)
def test_T14_this_machine_and_tls_are_allowed(tmp_path: Path, address: str) -> None:
    load(tmp_path, GEM.format(f"base_url: '{address}'"), SLACK.format(address, ""))


def test_T14_object_storage_is_an_address_too_and_its_secrets_are_credentials(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"storage_options.endpoint_url.*not encrypted"):
        load(tmp_path, FILES.format("storage_options: {endpoint_url: 'http://minio.example.com'}"))
    with pytest.raises(ConfigError, match=r"storage_options.secret.*is a secret") as caught:
        load(tmp_path, FILES.format("storage_options: {secret: 'abcDEF123'}"))
    assert "abcDEF123" not in str(caught.value)
    load(tmp_path, FILES.format("storage_options: {token: anon}"))


def test_T14_slack_without_tls_and_a_mail_login_without_tls_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"company.yml:1.*base_url.*not encrypted"):
        load(tmp_path, company=SLACK.format("http://slack.example.com/api/", ""))
    load(tmp_path, company=SLACK.format("http://slack.example.com/api/", ", allow_http: true"))
    with pytest.raises(ConfigError, match=r"company.yml:1.*security.*unencrypted.*allow_plain_login"):
        load(tmp_path, company=MAIL.format("mail.example.com", "none", ""))
    for host, security, more in (
        ("mail.example.com", "starttls", ""),
        ("localhost", "none", ""),
        ("mail", "none", ", allow_plain_login: true"),
    ):
        load(tmp_path, company=MAIL.format(host, security, more))
