"""The privacy policy without a browser: as wide as paper, or for other programs."""

from __future__ import annotations

import textwrap
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from headshot_web import NAME
from headshot_web.consent import ConsentKind
from headshot_web.endpoint import Endpoint
from headshot_web.engines.price_list import PriceList
from headshot_web.model import EngineName
from headshot_web.policy import PROMISES, Facts, day
from headshot_web.provider_errors import BadServer
from headshot_web.provider_findings import given

if TYPE_CHECKING:
    from headshot_web.policy import Policy
    from headshot_web.settings import Settings

WIDTH: Final = 80


def facts(settings: Settings) -> Facts:
    """Gather what the policy speaks of, without opening anything for writing."""
    endpoint, sending = None, None
    with suppress(BadServer):
        endpoint = Endpoint.of(settings)
        sending = given(settings, ConsentKind.SENDING, endpoint.host)
    agreed = given(settings, ConsentKind.POLICY)
    return Facts.of(
        settings,
        endpoint,
        PriceList.at_hand(settings.folders.prices),
        tuple(EngineName),
        sending_since=sending.given_at if sending else None,
        agreed_since=agreed.given_at if agreed else None,
    )


def as_text(policy: Policy) -> str:
    """Write it for a terminal or a printer; a path is never broken."""
    parts = [f"{NAME}: what stays, what leaves, and why", f"Last updated {day(policy.updated)}"]
    for section in policy.sections:
        parts += [f"{section.title}\n{'-' * len(section.title)}", *map(_wrapped, section.paragraphs)]
    promises = "\n".join(_wrapped(promise, "- ") for promise in PROMISES.values())
    return "\n\n".join([*parts, "What is promised\n----------------", promises])


def as_json(policy: Policy) -> dict[str, object]:
    """Write it for other programs."""
    return {
        "updated": policy.updated.isoformat(),
        "sections": [asdict(section) for section in policy.sections],
        "promises": dict(PROMISES),
    }


def _wrapped(text: str, mark: str = "") -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
