"""Mail over TLS as mail servers speak it: STARTTLS and implicit TLS, with a login; a certificate that nobody vouches for sends nothing."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from exports.channels.channel import NotSentError
from exports.channels.email import Smtp, transmit

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


class Kept:
    """A server's handler: every envelope it took, and whether the session was encrypted and logged in."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bool, bool]] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.taken.append((envelope.rcpt_tos[0], server.transport.get_extra_info("ssl_object") is not None, bool(session.authenticated)))
        return "250 kept"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that vouches for itself, and its key."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=10))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture(params=["starttls", "tls"])
def server(request: pytest.FixtureRequest, certificate: tuple[Path, Path]) -> Iterator[tuple[Kept, Smtp]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*map(str, certificate))

    def login(_: SMTP, __: Any, ___: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(
            success=isinstance(data, LoginPassword) and data.login == b"reports" and data.password == b"pass-77", handled=False
        )

    kept = Kept()
    tls = {"ssl_context": context} if request.param == "tls" else {"tls_context": context, "require_starttls": True}
    given = {"authenticator": login, "auth_required": True, "auth_require_tls": request.param == "starttls"}
    controller = Controller(kept, hostname="127.0.0.1", port=_free_port(), **tls, **given)
    controller.start()
    smtp = Smtp(
        host="127.0.0.1",
        port=controller.port,
        security=request.param,
        username_env="TEST_SMTP_USER",
        password_env="TEST_SMTP_PASSWORD",
        from_address="reports@funnelcast.example",
        timeout_seconds=10,
    )
    yield kept, smtp
    controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "reports@funnelcast.example", "lead@example.com", "Weekly"
    message.set_content("12 of 31 advanced")
    return message


def test_a_mail_goes_encrypted_and_logged_in(
    server: tuple[Kept, Smtp], certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, smtp = server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))  # the operating system's way to vouch for a certificate
    monkeypatch.setenv("TEST_SMTP_USER", "reports")
    monkeypatch.setenv("TEST_SMTP_PASSWORD", "pass-77")
    reply = transmit(smtp, mail(), "lead@example.com", lambda: None)
    assert "250" in reply or "kept" in reply
    assert kept.taken == [("lead@example.com", True, True)]


def test_a_certificate_nobody_vouches_for_sends_nothing(server: tuple[Kept, Smtp], monkeypatch: pytest.MonkeyPatch) -> None:
    kept, smtp = server
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("TEST_SMTP_USER", "reports")
    monkeypatch.setenv("TEST_SMTP_PASSWORD", "pass-77")
    with pytest.raises(NotSentError, match="certificate or TLS was not accepted"):
        transmit(smtp, mail(), "lead@example.com", lambda: None)
    assert kept.taken == []


def test_a_refused_login_is_told_without_the_password(
    server: tuple[Kept, Smtp], certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, smtp = server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv("TEST_SMTP_USER", "reports")
    monkeypatch.setenv("TEST_SMTP_PASSWORD", "wrong-99")
    with pytest.raises(NotSentError, match=r"refused the login \(535\)") as error:
        transmit(smtp, mail(), "lead@example.com", lambda: None)
    assert "wrong-99" not in str(error.value) and kept.taken == []
