"""Slack by slack_sdk, with rate-limit retries only.

The SDK's default handlers repeat a post whose connection dropped, which posts twice; the ledger decides about everything else. Slack has no
idempotency key, but can be asked: each message carries its key as metadata, and conversations.history finds it again.
"""

from __future__ import annotations

import http.client
import os
import re
import urllib.error
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import model_validator

from base.config import Company, EnvironmentVariable, Mistake, Strict, Subscriber
from base.config.values import WebAddress, check_encrypted
from base.errors import ConfigError
from base.personal_data import Place
from base.redaction import remember_secrets
from exports.channels.channel import Channel, Key, NotSentError, Outgoing, Receipt, UnknownOutcomeError
from exports.rendering.cleaning import clean

#: Ids of channels (C, G), direct messages (D) and persons (U, W).
ADDRESS = re.compile(r"[CDGUW][A-Z0-9]{1,20}")
METADATA_TYPE = "funnelcast_report"
#: Wrong until someone changes the configuration or invites the app; retried while the window is open, because both happen.
CHANNEL_ERRORS = {"channel_not_found", "not_in_channel", "is_archived", "restricted_action", "user_not_found", "cannot_dm_bot"}
CREDENTIAL_ERRORS = {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope", "no_permission"}
#: "Some aspect of the operation succeeded before the error": docs.slack.dev, chat.postMessage.
PARTLY_ERRORS = {"fatal_error", "internal_error", "service_unavailable", "request_timeout"}
PAGES_ASKED = 3
LONGEST_NOTICE = 2_500

PLACES = (
    Place(
        "Slack messages",
        "a message is deleted in Slack",
        holds=("employees",),
        erasure="tell",
        format="Slack",
        elsewhere="the channels of subscribers of channel `slack` and of the owner",
    ),
)


class Slack(Strict):
    """company.yml `delivery.slack`."""

    written_in = "company.yml"

    token_env: EnvironmentVariable = "SLACK_BOT_TOKEN"  # noqa: S105 - the name of a variable, not a secret
    base_url: WebAddress = "https://slack.com/api/"
    allow_http: bool = False

    @model_validator(mode="after")
    def _encrypted(self) -> Slack:
        if not self.allow_http:
            check_encrypted(self.base_url, "base_url")
        return self


class SlackChannel(Channel):
    """Posts with the company's bot token."""

    section = "slack"
    settings_model = Slack
    charts_follow = True
    owner_key = "slack_channel"

    @classmethod
    def check(cls, company: Company, address: str, *key: str) -> None:
        if not ADDRESS.fullmatch(address):
            remedy = "Give the id, like C0123456789: Slack shows it at the end of the channel's details. A name may change."
            raise Mistake("is not the id of a Slack channel or person", *key, remedy=remedy)
        if company.delivery.enabled and company.delivery.section(Slack) is None:
            raise Mistake("company.yml has no delivery.slack to post through", *key, remedy="Add it, or set delivery.enabled to false.")

    def refusal(self, subscriber: Subscriber) -> str | None:
        slack = self.company.delivery.section(Slack)
        if slack is None:
            return "company.yml has no delivery.slack to post through"
        if not os.environ.get(slack.token_env):
            return f"the environment variable {slack.token_env} (Slack's bot token) is not set"
        return None

    def send(self, message: Outgoing, before_content: Callable[[], None]) -> Receipt:
        client = self._client()
        before_content()
        answer = _call(
            partial(
                client.chat_postMessage,
                channel=message.subscriber.address,
                text=clean(f"{message.artifact.subject}. {message.artifact.headline}"),
                blocks=message.artifact.blocks,
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": METADATA_TYPE, "event_payload": {"delivery_key": message.key.text}},
            )
        )
        return Receipt(f"{answer['channel']}:{answer['ts']}")

    def look_up(self, key: Key, subscriber: Subscriber) -> Receipt | None:
        client = self._client()
        try:
            channel = subscriber.address
            if channel.startswith("U"):
                channel = _call(partial(client.conversations_open, users=channel))["channel"]["id"]
            cursor = ""
            for _ in range(PAGES_ASKED):
                page = _call(partial(client.conversations_history, channel=channel, limit=200, cursor=cursor, include_all_metadata=True))
                for found in page.get("messages", []):
                    if key.is_named(found.get("metadata", {}).get("event_payload", {}).get("delivery_key", "")):
                        return Receipt(f"{channel}:{found['ts']}")
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
        except (NotSentError, UnknownOutcomeError) as error:
            raise LookupError(f"Slack's history could not be read: {error.reason}") from error
        return None

    def attach_charts(self, message: Outgoing, receipt: str) -> None:
        client = self._client()
        channel, _, thread = receipt.partition(":")
        for name, data in message.artifact.images.items():
            alt = message.artifact.alts[name]
            try:
                _call(
                    partial(
                        client.files_upload_v2,
                        channel=channel,
                        thread_ts=thread,
                        file=data,
                        filename=f"{name}.png",
                        title=name.replace("_", " "),
                        alt_txt=alt[:1000],
                        request_file_info=False,
                    )
                )
            except UnknownOutcomeError as error:
                raise NotSentError(error.reason, can_retry=False) from error

    def notify(self, address: str, subject: str, text: str, now: datetime, identity: str) -> None:
        client = self._client()
        words = clean(subject) + "\n" + text[:LONGEST_NOTICE]
        _call(partial(client.chat_postMessage, channel=address, text=words, unfurl_links=False, unfurl_media=False, mrkdwn=False))

    def _client(self) -> Any:
        from slack_sdk import WebClient
        from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

        slack = self.company.delivery.section(Slack)
        token = os.environ.get(slack.token_env) if slack else None
        if slack is None or not token:
            raise ConfigError("company.yml: delivery.slack is not complete", remedy="Set the variable that delivery.slack.token_env names.")
        remember_secrets([token])
        return WebClient(token=token, base_url=slack.base_url, timeout=30, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=2)])


def _call(request: Callable[[], Any]) -> Any:
    """One API call; its failures as what they mean for a delivery."""
    from slack_sdk.errors import SlackApiError

    try:
        return request()
    except SlackApiError as error:
        raise _meaning(error) from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionRefusedError) or "resolve" in str(error.reason) or "Name or service" in str(error.reason):
            raise NotSentError("Slack cannot be reached", can_retry=True) from error
        raise UnknownOutcomeError("the connection to Slack was closed without an answer") from error
    except (OSError, http.client.HTTPException) as error:
        raise UnknownOutcomeError(f"the connection to Slack was closed without an answer ({type(error).__name__})") from error


def _meaning(error: Any) -> NotSentError | UnknownOutcomeError:
    """Errors come as HTTP 200 with ok:false (or as 429 and 5xx)."""
    response = error.response
    code = response.get("error") if hasattr(response, "get") else None
    status = getattr(response, "status_code", None) or (response.get("status") if hasattr(response, "get") else None) or 0
    if status == 429 or code == "ratelimited":
        headers = {str(k).lower(): v for k, v in (getattr(response, "headers", None) or {}).items()}
        wait = headers.get("retry-after", "60")
        return NotSentError(
            "Slack limits the rate of requests", can_retry=True, wait_seconds=float(wait if isinstance(wait, str) else wait[0])
        )
    if status >= 500 or code in PARTLY_ERRORS or code is None:
        return UnknownOutcomeError(f"Slack reported an internal error ({code or status})")
    if code in CREDENTIAL_ERRORS:
        return NotSentError(f"Slack refused the token ({code})", can_retry=True, stops_channel=True)
    return NotSentError(f"Slack refused the message ({code})", can_retry=code in CHANNEL_ERRORS)
