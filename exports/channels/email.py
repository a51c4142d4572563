"""Email: one recipient per message, over SMTP, with a Message-ID that is the same at every attempt.

The conversation is spoken step by step (smtplib's `sendmail` hides where it broke): everything up to the final dot is certainly not sent
when it fails; after the dot nobody can know (RFC 1047), so a lost reply is an unknown outcome and never retried here.
"""

from __future__ import annotations

import hashlib
import os
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, formataddr, getaddresses, parseaddr
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from base.config import Company, EnvironmentVariable, Mistake, Strict, Subscriber
from base.config.values import Number, Whole, is_local, matching
from base.errors import ConfigError
from base.personal_data import Place
from base.redaction import remember_secrets
from exports.channels.addresses import domain_of, needs_smtputf8, wire_form
from exports.channels.channel import Channel, Key, NotSentError, Outgoing, Receipt, UnknownOutcomeError
from exports.rendering.cleaning import clean

#: RFC 5321 4.5.3.2.6 asks for ten minutes on the final reply, where other replies get one or two.
FINAL_REPLY_FACTOR = 10

PLACES = (
    Place(
        "mails",
        "a mail that has been accepted cannot be called back",
        holds=("employees",),
        erasure="tell",
        format="email",
        elsewhere="the mailboxes of subscribers of channel `email` and of the owner",
    ),
)


def message_id(key: Key, domain: str) -> str:
    """Deterministic, so that mail stores which know it collapse a repeated message; says nothing about anyone."""
    return f"<{hashlib.sha256(key.text.encode()).hexdigest()[:32]}@{domain}>"


def compose(message: Outgoing, company_name: str, from_address: str) -> EmailMessage:
    """The report as multipart mail: text, HTML with its pictures inside. The same bytes for the same message and time."""
    domain = domain_of(from_address)
    artifact = message.artifact
    identity = message_id(message.key, domain)
    mail = plain_message(company_name, from_address, message.subscriber.address, artifact.subject, artifact.text, message.sent_at, identity)
    mail["List-Id"] = f"<{message.key.report_id}.{domain}>"
    mail["X-Report-Key"] = message.key.text
    mail.add_alternative(artifact.html, subtype="html", cte="quoted-printable")
    html = next(part for part in mail.walk() if part.get_content_type() == "text/html")
    assert isinstance(html, EmailMessage)
    for name, data in artifact.images.items():
        html.add_related(data, "image", "png", cid=f"<{name}>", filename=f"{name}.png", disposition="inline")
    seed = hashlib.sha256(identity.encode()).hexdigest()[:24]
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{number}_{seed}")
    return mail


def plain_message(
    company_name: str, from_address: str, to_address: str, subject: str, text: str, sent_at: datetime, identity: str
) -> EmailMessage:
    """A text mail with the headers that every mail of ours carries. Raises ValueError on a line break in a header (injection)."""
    name, address = parseaddr(from_address)
    sender, recipient = wire_form(address) or address, wire_form(to_address) or to_address
    mail = EmailMessage(policy=SMTPUTF8 if needs_smtputf8(sender, recipient) else SMTP)
    mail["From"] = formataddr((clean(name or company_name), sender))
    mail["To"] = recipient
    mail["Subject"] = clean(subject)
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = identity
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    return mail


class Smtp(Strict):
    """company.yml `delivery.smtp`."""

    written_in = "company.yml"

    host: Annotated[str, matching(r"[A-Za-z0-9._:-]{1,253}", "the name or address of a mail server, like smtp.example.com")]
    port: Whole = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username_env: EnvironmentVariable | None = None
    password_env: EnvironmentVariable | None = None
    from_address: str
    timeout_seconds: Number = Field(default=60, gt=0, le=600)
    allow_plain_login: bool = False

    @field_validator("from_address")
    @classmethod
    def _one_sender(cls, value: str) -> str:
        if len(getaddresses([value])) != 1 or wire_form(parseaddr(value)[1]) is None:
            raise ValueError("must be one sender, like reports@example.com or Funnelcast <reports@example.com>")
        return value

    @model_validator(mode="after")
    def _whole_login(self) -> Smtp:
        if (self.username_env is None) != (self.password_env is None):
            raise Mistake("username_env and password_env go together", remedy="Add the other one, or remove both.")
        if self.security == "none" and self.username_env and not self.allow_plain_login and not is_local(self.host):
            raise Mistake(
                "with security none the login goes unencrypted, and anybody on the way can read it",
                "security",
                remedy="Write starttls or tls, or, inside a network of your own, add 'allow_plain_login: true' beside it.",
            )
        return self


class EmailChannel(Channel):
    """Sends through the company's SMTP server."""

    section = "smtp"
    settings_model = Smtp
    owner_key = "email"

    @classmethod
    def check(cls, company: Company, address: str, *key: str) -> None:
        if wire_form(address) is None:
            raise Mistake(
                "is not an email address", *key, remedy="Write one address, like rosa@example.com; a second one is an entry of its own."
            )
        if company.delivery.section(Smtp) is None:
            if company.delivery.enabled:
                raise Mistake(
                    "company.yml has no delivery.smtp to send mail through", *key, remedy="Add it, or set delivery.enabled to false."
                )
        elif refusal := address_refusal(company, address):
            raise Mistake(refusal, *key, remedy="Correct the address, or add its domain there.")

    @property
    def _smtp(self) -> Smtp:
        smtp = self.company.delivery.section(Smtp)
        if smtp is None:
            raise ConfigError("company.yml has no delivery.smtp", remedy="Add host, port, security and from_address.")
        return smtp

    def refusal(self, subscriber: Subscriber) -> str | None:
        smtp = self.company.delivery.section(Smtp)
        if smtp is None:
            return "company.yml has no delivery.smtp to send mail through"
        if not domain_of(smtp.from_address):
            return "company.yml delivery.smtp.from_address is not an email address"
        return address_refusal(self.company, subscriber.address)

    def send(self, message: Outgoing, before_content: Callable[[], None]) -> Receipt:
        mail = compose(message, self.company.name, self._smtp.from_address)
        reply = transmit(self._smtp, mail, message.subscriber.address, before_content)
        return Receipt(reply, mail["Message-ID"])

    def look_up(self, key: Key, subscriber: Subscriber) -> Receipt | None:
        raise LookupError("SMTP has no way to ask whether a message was accepted")

    def notify(self, address: str, subject: str, text: str, now: datetime, identity: str) -> None:
        smtp = self._smtp
        refusal = address_refusal(self.company, address)
        if refusal:
            raise NotSentError(refusal, can_retry=False)
        identity = f"<{hashlib.sha256(identity.encode()).hexdigest()[:32]}@{domain_of(smtp.from_address)}>"
        mail = plain_message(self.company.name, smtp.from_address, address, subject, text, now, identity)
        transmit(smtp, mail, address, lambda: None)


def address_refusal(company: Company, address: str) -> str | None:
    """Why this address gets nothing: it is none, or its domain is not allowed.

    Allowed are delivery.allowed_domains; while none is listed, the domain that mail is sent from.
    """
    if wire_form(address) is None:
        return "the subscriber's address in reports.yml is not an email address"
    allowed = {domain_of(f"x@{domain.lstrip('@')}") for domain in company.delivery.allowed_domains}
    smtp = company.delivery.section(Smtp)
    if not allowed and smtp:
        allowed = {domain_of(smtp.from_address)}
    if domain_of(address) not in allowed:
        return f"the domain {domain_of(address)} is not in company.yml delivery.allowed_domains"
    return None


def transmit(smtp: Smtp, mail: EmailMessage, recipient: str, before_content: Callable[[], None]) -> str:
    """One SMTP conversation; returns the server's words on acceptance. Raises NotSentError or UnknownOutcomeError."""
    try:
        server = _connect(smtp)
    except smtplib.SMTPAuthenticationError as error:
        raise NotSentError(f"the SMTP server refused the login ({error.smtp_code})", can_retry=True, stops_channel=True) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSentError(f"the SMTP server does not offer {smtp.security}", can_retry=True, stops_channel=True) from error
    except ssl.SSLError as error:
        raise NotSentError("the SMTP server's certificate or TLS was not accepted", can_retry=True, stops_channel=True) from error
    except UnicodeError as error:
        words = "delivery.smtp has a host, user name or password that SMTP cannot carry (letters beyond ASCII)"
        raise NotSentError(words, can_retry=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(f"the SMTP server {smtp.host}:{smtp.port} cannot be reached ({type(error).__name__})", can_retry=True) from error
    try:
        return _converse(server, smtp, mail, recipient, before_content)
    finally:
        server.close()


def _connect(smtp: Smtp) -> smtplib.SMTP:
    if smtp.security == "tls":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=smtp.timeout_seconds, context=context)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=smtp.timeout_seconds)
    server.ehlo_or_helo_if_needed()
    if smtp.security == "starttls":
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    if smtp.username_env:
        server.login(_secret(smtp.username_env), _secret(smtp.password_env or ""))
    return server


def _secret(variable: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise ConfigError(
            f"company.yml: delivery.smtp reads the environment variable {variable}, which is not set",
            remedy=f"Set {variable} and run again.",
        )
    remember_secrets([value])
    return value


def _converse(server: smtplib.SMTP, smtp: Smtp, mail: EmailMessage, recipient: str, before_content: Callable[[], None]) -> str:
    sender, recipient = (wire_form(parseaddr(address)[1]) or address for address in (smtp.from_address, recipient))
    is_beyond_ascii = _check_letters(server, sender, recipient)
    content = mail.as_bytes()
    try:
        code, reply = server.mail(sender, ["SMTPUTF8", "BODY=8BITMIME"] if is_beyond_ascii else ())
        if 500 <= code < 600:
            # Refused for the sender, so for everybody: nobody's delivery has failed for good.
            raise NotSentError(f"the SMTP server refused the sender: {code} {_words(reply)}", can_retry=True, stops_channel=True)
        _accept(code, reply, range(250, 260))
        _accept(*server.rcpt(recipient), range(250, 260))
        _accept(*server.docmd("DATA"), range(354, 355))
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(
            f"the SMTP server closed the connection before the message was sent ({type(error).__name__})", can_retry=True
        ) from error
    before_content()
    try:
        # The dot goes with the last bytes: if this fails, the server never saw the end of the message.
        server.send(re.sub(rb"(?m)^\.", b"..", content) + (b"" if content.endswith(b"\r\n") else b"\r\n") + b".\r\n")
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(
            f"the SMTP server closed the connection while the message was being sent ({type(error).__name__})", can_retry=True
        ) from error
    try:
        if isinstance(server.sock, socket.socket):
            server.sock.settimeout(smtp.timeout_seconds * FINAL_REPLY_FACTOR)
        code, reply = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise UnknownOutcomeError(
            "the SMTP server closed the connection after the message, without saying whether it accepted it"
        ) from error
    _accept(code, reply, range(250, 260))
    return f"{code} {_words(reply)}"


def _check_letters(server: smtplib.SMTP, sender: str, recipient: str) -> bool:
    """Whether the conversation needs SMTPUTF8. Raises NotSentError where the server does not offer it."""
    if not needs_smtputf8(sender, recipient):
        return False
    if server.has_extn("smtputf8"):
        return True
    if needs_smtputf8(sender):
        words = "the SMTP server does not take letters beyond ASCII before the @ (SMTPUTF8), which delivery.smtp.from_address has"
        raise NotSentError(words, can_retry=True, stops_channel=True)
    raise NotSentError(
        "the SMTP server does not take letters beyond ASCII before the @ (SMTPUTF8), which this address has; subscribe another spelling of it",
        can_retry=False,
    )


def _accept(code: int, reply: bytes, wanted: range) -> None:
    """4xx is for now, 5xx for good (RFC 5321 4.2.1)."""
    if code not in wanted:
        raise NotSentError(f"the SMTP server answered {code} {_words(reply)}", can_retry=400 <= code < 500)


def _words(reply: bytes) -> str:
    return clean(reply.decode("utf-8", "replace"))[:200]
