"""The app as a booth: the guests' screen at its first address, the operator's pages behind the PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headshot_web.access import BOOTH_HERE, Visitor
from headshot_web.web.booth_phones import BoothPhones
from headshot_web.web.server import build

if TYPE_CHECKING:
    from fastapi import FastAPI

    from headshot_web.backstage import Backstage
    from headshot_web.settings import Settings
    from headshot_web.studio import Studio
    from headshot_web.web.guard import Guard
    from headshot_web.web.lan import Lan


def build_booth(studio: Studio, settings: Settings, *, backstage: Backstage, port: int, lan: Lan) -> Guard:
    """Return the whole app behind its guard, as a booth; once in a process."""

    def routes(app: FastAPI) -> None:
        from headshot_web.web import booth_media, booth_paper, operator_media  # noqa: PLC0415

        booth_paper.register(app, backstage.desk)
        booth_media.register(app, backstage.keeper)
        operator_media.register(app, backstage)

    def register(studio: Studio, _lan: Lan) -> None:
        from headshot_web.web import booth_page, booth_paper, operator_page, pages  # noqa: PLC0415

        booth_page.register(backstage.keeper, lambda: booth_paper.add(backstage.desk))
        operator_page.register(backstage)
        pages.register_for_booth(studio)

    def here(_session: object) -> Visitor:
        return BOOTH_HERE

    backstage.let_phones_in(BoothPhones(studio, lan))
    return build(studio, settings, port=port, lan=lan, register=register, routes=routes, here=here)
