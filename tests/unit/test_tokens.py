"""Tokens of links: what is accepted, and everything that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from base.tokens import InvalidToken, TokenSigner

NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)
OLD, NEW = "an old secret, long enough to sign with", "a new secret, long enough to sign with"
SIGNER = TokenSigner((NEW,))
LATER = NOW + timedelta(days=30)


def test_a_token_gives_back_its_subject_until_it_expires() -> None:
    token = SIGNER.sign("unsubscribe", "weekly/ü.s", LATER)
    assert SIGNER.verify("unsubscribe", token, LATER - timedelta(seconds=1)) == "weekly/ü.s"
    with pytest.raises(InvalidToken, match="expired"):
        SIGNER.verify("unsubscribe", token, LATER)


def test_a_token_holds_only_what_a_url_may_hold() -> None:
    token = SIGNER.sign("unsubscribe", "??>>~~\xff", LATER)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_token_is_valid_for_its_purpose_alone() -> None:
    token = SIGNER.sign("unsubscribe", "ada", LATER)
    for purpose in ("page", "", "unsubscribe "):
        with pytest.raises(InvalidToken, match="not signed for this purpose"):
            SIGNER.verify(purpose, token, NOW)


def test_a_token_with_any_character_changed_is_refused() -> None:
    token = SIGNER.sign("unsubscribe", "ada", LATER)
    for place, character in enumerate(token):
        for other in {"A", "9", "_", "."} - {character}:
            with pytest.raises(InvalidToken, match="not signed"):
                SIGNER.verify("unsubscribe", token[:place] + other + token[place + 1 :], NOW)


def test_every_other_spelling_of_the_same_signature_is_refused() -> None:
    """The last character of 43 carries two bits that base64 ignores."""
    token = SIGNER.sign("unsubscribe", "ada", LATER)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    accepted = []
    for character in alphabet:
        try:
            SIGNER.verify("unsubscribe", token[:-1] + character, NOW)
            accepted.append(character)
        except InvalidToken:
            pass
    assert accepted == [token[-1]]


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "1.YWRh", "1.YWRh.", "ü.ü.ü", "\ud800", "9" * 5000, "-1.YWRh.x", "x" * 10 + "..\0"]
)
def test_what_is_no_token_is_refused_like_a_forged_one(token: str) -> None:
    with pytest.raises(InvalidToken, match="not signed"):
        SIGNER.verify("unsubscribe", token, NOW)


def test_a_claim_cannot_move_between_subject_and_expiry() -> None:
    expiry, subject, mac = SIGNER.sign("unsubscribe", "ada", LATER).split(".")
    for forged in (
        f"{expiry}{subject}..{mac}",
        f"{expiry}..{subject}.{mac}",
        f"{int(expiry) + 1}.{subject}.{mac}",
        f"{mac}.{subject}.{expiry}",
    ):
        with pytest.raises(InvalidToken):
            SIGNER.verify("unsubscribe", forged, NOW)


def test_a_secret_is_replaced_without_breaking_links_and_then_revokes_them() -> None:
    before = TokenSigner((OLD,)).sign("unsubscribe", "ada", LATER)
    both = TokenSigner((NEW, OLD))
    assert both.verify("unsubscribe", before, NOW) == "ada"
    since = both.sign("unsubscribe", "ada", LATER)
    assert SIGNER.verify("unsubscribe", since, NOW) == "ada"
    with pytest.raises(InvalidToken):
        SIGNER.verify("unsubscribe", before, NOW)


@pytest.mark.parametrize("secrets", [(), ("short",), (OLD, "short"), (OLD, NEW, OLD + NEW)])
def test_tokens_need_one_or_two_secrets_that_cannot_be_guessed(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="one or two secrets of at least 32 characters"):
        TokenSigner(secrets)


def test_a_signer_never_shows_its_secrets() -> None:
    assert NEW not in repr(SIGNER)
