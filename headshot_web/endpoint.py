"""Where pictures are drawn that are not drawn here: at OpenAI, or by your own server that speaks its API."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import SplitResult, urlsplit

from headshot_web.model import Quality
from headshot_web.provider_errors import BadServer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from headshot_web.settings import Settings

OPENAI_HOST: Final = "api.openai.com"
_PORTS: Final = {"https": 443, "http": 80}
_PRIVATE: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8"),
        *("fc00::/7", "fe80::/10", "::1/128"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One provider: its address, and what is asked of it."""

    base_url: str
    """The address of the API, up to and with its version, without a slash at the end."""
    host: str
    """The host and, where it is not the scheme's own, the port."""
    secure: bool
    """Whether it is reached over HTTPS; without it others in the same network could read along."""
    is_openai: bool
    model: str | None = None
    """The model for finished headshots; None for the price list's."""
    draft_model: str | None = None
    """The model for quick drafts; None for the price list's."""
    stream: bool
    """Whether the picture is shown as it comes."""
    at_once: int
    timeout_s: float

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Read the address that was set; raises `BadServer`.

        Plain http is for loopback and private addresses only. An address without a path gets OpenAI's, `/v1`.
        """
        parts = _split(settings.openai_base_url)
        name, port = parts.hostname or "", parts.port
        secure = parts.scheme == "https"
        if not secure and not _is_near(name):
            raise BadServer
        shown = f"[{name}]" if ":" in name else name
        host = shown if port in (None, _PORTS[parts.scheme]) else f"{shown}:{port}"
        is_openai = secure and (host == OPENAI_HOST or host.endswith(f".{OPENAI_HOST}"))
        return cls(
            base_url=f"{parts.scheme}://{host}{parts.path.rstrip('/') or '/v1'}",
            host=host,
            secure=secure,
            is_openai=is_openai,
            model=settings.openai_model,
            draft_model=settings.openai_draft_model,
            stream=is_openai if settings.openai_stream is None else settings.openai_stream,
            at_once=settings.openai_at_once,
            timeout_s=float(settings.openai_timeout_s),
        )

    def chosen_model(self, quality: Quality) -> str | None:
        """Say which model was chosen; None leaves it to the price list."""
        return self.model if quality is Quality.FINAL else self.draft_model or self._own_model

    def models(self, usual: Callable[[Quality], str]) -> dict[Quality, str]:
        """Say which models are asked first; `usual` names OpenAI's. An own server may have none yet."""
        asked = {
            quality: self.chosen_model(quality) or (usual(quality) if self.is_openai else "")
            for quality in (Quality.FINAL, Quality.DRAFT)
        }
        return {quality: model for quality, model in asked.items() if model}

    @property
    def on_this_computer(self) -> bool:
        """Whether it runs on this computer, so that nobody can read along however it is reached."""
        return _is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def _own_model(self) -> str | None:
        """The model of a server that has only one."""
        return None if self.is_openai else self.model


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What a provider said of itself when the connection was tried; it costs nothing."""

    models: tuple[str, ...]
    """The models it lists; some that work may be missing."""
    ends: Mapping[str, date] = field(default_factory=dict)
    """The models that will be shut down, and when."""
    lists: bool = True
    """Whether the key may list the models; it draws without that too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A model in use that is shut down, and when."""

    model: str
    day: date
    of: tuple[Quality, ...]
    """What it draws."""


def endings(used: Mapping[Quality, str], ends: Callable[[str], date | None]) -> tuple[Ending, ...]:
    """Find which of the models in use are shut down, each once; `ends` says on which day a model is."""
    found = {model: ends(model) for model in used.values()}
    return tuple(
        Ending(model=model, day=day, of=tuple(each for each in used if used[each] == model))
        for model, day in found.items()
        if day is not None
    )


def _split(address: str) -> SplitResult:
    """Take an address apart; raises `BadServer` for what is none, or hides a name, a key or a query in it."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise BadServer from None
    plain = parts.scheme in _PORTS and parts.hostname and port != 0
    if not plain or parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise BadServer
    if not (address.isascii() and address.strip().isprintable()) or " " in address.strip():
        raise BadServer
    return parts


def is_private(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is this computer's or of a private network, as the standards set them apart.

    Python also calls those private that lead through a tunnel to anywhere.
    """
    return any(address.version == near.version and address in near for near in _PRIVATE)


def _is_near(name: str) -> bool:
    """Tell whether a host is this computer or a private address, without asking anyone for its address."""
    address = _address(name)
    return _is_loopback(name) if address is None else is_private(address)


def _is_loopback(name: str) -> bool:
    """Tell whether a host is this computer itself."""
    address = _address(name)
    return address.is_loopback if address else name == "localhost" or name.endswith(".localhost")


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
