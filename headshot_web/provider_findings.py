"""What the doctor says about drawing elsewhere: nothing is sent for it, and no key is ever said."""

from __future__ import annotations

import os
import re
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Final

from headshot_web import settings_file
from headshot_web.consent import ConsentKind, Consents
from headshot_web.endpoint import Endpoint, endings
from headshot_web.engines.price_list import PriceList
from headshot_web.errors import HeadshotError
from headshot_web.findings import Finding
from headshot_web.index import Index
from headshot_web.keys import OPENAI_VARIABLE, OWN_VARIABLE, KeyPlace
from headshot_web.model import Quality
from headshot_web.provider_errors import BadServer
from headshot_web.settings import variable
from headshot_web.words_openai import DRAWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from headshot_web.consent import Consent
    from headshot_web.keys import Keys
    from headshot_web.settings import Settings

PLACES: Final = {
    KeyPlace.ENVIRONMENT: "comes from the environment",
    KeyPlace.KEYRING: "is in the system's keyring",
    KeyPlace.FILE: "is in a file of the app folder that only you can open",
}
_IGNORED: Final = re.compile(r"OPENAI_\w+|(?:HTTP|HTTPS|ALL)_PROXY", re.IGNORECASE)
_KEY_IN_SETTINGS: Final = "openai_api_key"
_SETTINGS: Final = {Quality.FINAL: "openai_model", Quality.DRAFT: "openai_draft_model"}


def examine(settings: Settings, keys: Keys) -> Iterator[Finding]:
    """Say who would draw, with which key, allowed or not, and for how much."""
    try:
        endpoint = Endpoint.of(settings)
    except BadServer as error:
        yield Finding(name="server", healthy=False, says=f"{error.title}.", advice=error.advice)
    else:
        yield _server(endpoint)
        yield _key(settings, keys, endpoint)
        yield _consent(settings, endpoint)
        yield _models(settings, endpoint)
    yield _keyring(keys)
    yield _budgets(settings)
    yield _prices(settings)
    yield _ignored()


def _server(endpoint: Endpoint) -> Finding:
    if endpoint.secure:
        return Finding(name="server", says=f"Photos would be sent to {endpoint.host}, encrypted.")
    if endpoint.on_this_computer:
        return Finding(name="server", says=f"Photos would be sent to {endpoint.host}, on this computer.")
    return Finding(
        name="server",
        healthy=False,
        says=f"Photos and the key would travel to {endpoint.host} in the open.",
        advice="Others in that network could read along; https:// closes that.",
    )


def _key(settings: Settings, keys: Keys, endpoint: Endpoint) -> Finding:
    if _KEY_IN_SETTINGS in settings_file.named_in(settings.folders):
        advice = f"Take “{_KEY_IN_SETTINGS}” out, and enter it in the settings page or set {OWN_VARIABLE}."
        return Finding(
            name="key",
            healthy=False,
            says="settings.toml is no place for a key, so it is not used.",
            advice=advice,
        )
    if misread := keys.misread():
        advice = "A key is one line of 8 to 512 letters, digits and signs without a space."
        return Finding(
            name="key", healthy=False, says=f"{' and '.join(misread)} holds no key.", advice=advice
        )
    place = keys.where(endpoint.host)
    if place is not KeyPlace.NOWHERE:
        return Finding(name="key", says=f"The key for {endpoint.host} {PLACES[place]}.")
    ways = (
        f"{OPENAI_VARIABLE} or the settings page"
        if endpoint.is_openai
        else f"{OWN_VARIABLE} or the settings page"
    )
    return Finding(name="key", says=f"There is none for {endpoint.host}; {ways} can give one.")


def _consent(settings: Settings, endpoint: Endpoint) -> Finding:
    agreed = given(settings, ConsentKind.SENDING, endpoint.host)
    if agreed is None:
        return Finding(
            name="consent", says=f"Nobody said yes to sending photos to {endpoint.host}, so none is."
        )
    day = agreed.given_at.astimezone().date().isoformat()
    return Finding(name="consent", says=f"Sending photos to {endpoint.host} is allowed since {day}.")


def given(settings: Settings, kind: ConsentKind, host: str = "") -> Consent | None:
    """Look for a yes in the index as it is; one of an earlier version holds none."""
    try:
        with closing(Index.peek(settings.folders.index)) as index:
            return Consents(index).given(kind, host)
    except HeadshotError:
        return None


def _models(settings: Settings, endpoint: Endpoint) -> Finding:
    """Name the models in use, and those of them that are shut down."""
    prices = PriceList.at_hand(settings.folders.prices)
    used = endpoint.models(prices.model)
    ending = endings(used, lambda model: prices.ends(model, host=endpoint.host))
    if not ending:
        return Finding(name="models", says=_drawn_by(used, endpoint))
    told = [
        f"{one.model}, which draws {DRAWS[one.of]}, {'was' if one.day <= _today() else 'is'} shut down on "
        f"{one.day.isoformat()}"
        for one in ending
    ]
    names = " and ".join(variable(_SETTINGS[quality]) for one in ending for quality in one.of)
    return Finding(
        name="models",
        healthy=False,
        says=f"{'; '.join(told)}.",
        advice=f"Choose another in the settings page, or with {names}.",
    )


def _drawn_by(used: Mapping[Quality, str], endpoint: Endpoint) -> str:
    if len(used) < len(Quality):
        return f"None is named for {endpoint.host} yet."
    final, draft = used[Quality.FINAL], used[Quality.DRAFT]
    if final == draft:
        return f"Headshots and drafts are drawn by {final}."
    return f"Headshots are drawn by {final}, drafts by {draft}."


def _today() -> date:
    return datetime.now().astimezone().date()


def _keyring(keys: Keys) -> Finding:
    if name := keys.keyring_name():
        return Finding(name="keyring", says=f"A key would be kept in {name}.")
    return Finding(
        name="keyring",
        says="None that encrypts answers here; a key would be kept in a file that only you can open.",
    )


def _budgets(settings: Settings) -> Finding:
    limits = {"a day": settings.budget_day, "a month": settings.budget_month}
    said = [f"{amount:.2f} {per}" for per, amount in limits.items() if amount is not None]
    if not said:
        return Finding(name="budgets", says="No limit was set for what is spent.")
    return Finding(name="budgets", says=f"No more is spent than {' and '.join(said)}.")


def _prices(settings: Settings) -> Finding:
    own = settings.folders.prices
    try:
        prices = PriceList.load(own)
    except HeadshotError as error:
        return Finding(name="prices", healthy=False, says=f"{error.title}.", advice=error.advice)
    changed = f", with your changes in {own}" if own.exists() else ""
    return Finding(name="prices", says=f"Models and prices are of {prices.dated.isoformat()}{changed}.")


def _ignored() -> Finding:
    """Name the variables that other programs follow: here they could lead a photo elsewhere."""
    names = sorted(name for name, value in os.environ.items() if value and _IGNORED.fullmatch(name))
    if not names:
        return Finding(name="ignored", says="No proxy and no other OPENAI_… variable is set here.")
    return Finding(name="ignored", says=f"These variables are not followed: {', '.join(names)}.")
