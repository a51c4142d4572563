"""Mail addresses: what is one, whether its domain may get mail, and how it is spelled on the wire.

A domain with letters beyond ASCII goes as IDNA (RFC 5890), which every server takes. Such letters before the `@` need a server that offers SMTPUTF8
(RFC 6531): there is no other spelling for them.
"""

from __future__ import annotations

import re
from email.utils import parseaddr

import idna

#: No quoted local parts: they are legal, nobody has one, and every second program gets them wrong.
ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[^@\s<>,;:\"()\[\]\\]{1,253}")


def wire_form(address: str) -> str | None:
    """The address with its domain in ASCII and lower case; None when it is none. What stands before the `@` is kept."""
    if not ADDRESS.fullmatch(address) or not address.isprintable():
        return None
    local, _, domain = address.partition("@")
    try:
        return f"{local}@{ascii_domain(domain)}"
    except idna.IDNAError:
        return None


def ascii_domain(domain: str) -> str:
    """`münchen.example` as `xn--mnchen-3ya.example`. Raises IDNAError for what is no name of a host."""
    return idna.encode(domain.lower(), uts46=True, std3_rules=True).decode("ascii")


def domain_of(address: str) -> str:
    """Domain in ASCII and lower case of `name@domain`, also written `Name <name@domain>`; empty when there is none."""
    wired = wire_form(parseaddr(address)[1])
    return wired.partition("@")[2] if wired else ""


def needs_smtputf8(*addresses: str) -> bool:
    """Whether one of the addresses, in their wire form, has letters that only SMTPUTF8 can carry."""
    return not all(address.isascii() for address in addresses)
