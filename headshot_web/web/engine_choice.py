"""Who makes the headshots, as the wall of looks offers it: what it costs, and the order itself."""

import asyncio
from dataclasses import replace
from typing import Any

from headshot_web import styles, words_guests
from headshot_web import words_openai as said
from headshot_web.access import Right
from headshot_web.accounts import Estimate
from headshot_web.endpoint import OPENAI_HOST
from headshot_web.model import EngineName, Job, OrderId, Photo
from headshot_web.provider import Offer
from headshot_web.provider_errors import KeyMissing
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from headshot_web.web.amounts import say, say_range
from headshot_web.web.wanted import Wanted
from headshot_web.words import date
from headshot_web.words_guests import all_there

PHOTOS_OFFERED = 12
"""So many of the latest photos can go along."""


def named(offer: Offer) -> str:
    """Say who it goes to: OpenAI, or the name of the person's own server."""
    return said.OPENAI if offer.is_openai else offer.host or said.OWN_SERVER


def named_host(host: str) -> str:
    """Say who a host is."""
    return said.OPENAI if host == OPENAI_HOST or host.endswith(f".{OPENAI_HOST}") else host


async def who(studio: Studio, here: Visit, photo: Photo) -> dict[str, Any]:
    """Say who can make the headshots of a photo, in words that are true now."""
    offer = await here.offer()
    allowance = await here.allowance()
    is_spent = offer.ready and allowance is not None and not allowance.left
    others = [one for one in await here.photos() if one.id != photo.id][:PHOTOS_OFFERED]
    return {
        "words": all_there(said.ENGINES, is_owner=here.visitor.is_owner),
        "keys": said.KEY_STEPS,
        "qualities": said.QUALITIES,
        "ready": offer.ready and not is_spent,
        "spent": words_guests.NONE_LEFT_FOR_YOU if is_spent else "",
        "trouble": _trouble(offer),
        "to": named(offer),
        "host": offer.host,
        "where": said.PLACES[await asyncio.to_thread(studio.desk.keys.place_to_keep)],
        "page": said.KEY_PAGE,
        "guest": not here.may(Right.SETTINGS),
        "others": [
            {"id": one.id, "label": said.ENGINES["other"].format(date=date(one.created_at))} for one in others
        ],
    }


def _trouble(offer: Offer) -> str:
    """Say what keeps a server from being asked, where that is not a missing key."""
    if offer.reason is None or offer.reason is KeyMissing:
        return ""
    return f"{offer.reason.title}."


async def estimate(here: Visit, photo: Photo, wanted: Wanted) -> Estimate | None:
    """Return what a choice would cost in all; None where no prices are known."""
    return await here.estimate(
        photo.id,
        wanted.looks,
        engine=EngineName.OPENAI,
        wishes=wanted.wishes,
        quality=wanted.quality,
        count=wanted.count,
        others=wanted.others,
    )


async def price(here: Visit, photo: Photo, wanted: Wanted, locale: str) -> dict[str, Any]:
    """Say what each and all would cost, and what the budget says to it."""
    looks = wanted.looks[:1] or (styles.catalogue()[0].id,)
    each = await estimate(here, photo, replace(wanted, looks=looks, count=1))
    total = await estimate(here, photo, wanted) if wanted.looks else None
    told = said.NO_PRICE_HERE if here.may(Right.COSTS) else ""
    answer: dict[str, Any] = {
        "each": told if each is None else said.EACH.format(money=say_range(each, locale))
    }
    if total is not None:
        answer["total"] = said.ABOUT.format(money=say_range(total, locale))
        answer |= await _budget(here, total, locale)
    return answer | await _left(here, wanted, answer["each"])


async def _left(here: Visit, wanted: Wanted, each: str) -> dict[str, Any]:
    """Say how many a guest can still have drawn elsewhere, before more than that is ordered."""
    allowance = await here.allowance()
    if allowance is None:
        return {}
    left = words_guests.LEFT_FOR_YOU.format(n=allowance.left)
    answer: dict[str, Any] = {"each": f"{each} · {left}" if each else left}
    if wanted.headshots > allowance.left:
        title, advice = words_guests.TOO_FEW_LEFT if allowance.left else words_guests.NONE_LEFT
        answer |= {"title": title.format(n=allowance.left), "advice": advice, "over": True}
    return answer


async def _budget(here: Visit, order: Estimate, locale: str) -> dict[str, Any]:
    """Say whether an order comes near a budget, or goes over it so that nothing is sent."""
    budget = await here.budget(order)
    if budget is None or not (budget.near or budget.over):
        return {}
    text = said.BUDGET_OVER if budget.over else said.BUDGET_NEAR
    title, advice = said.parts(text, money=say(budget.limit, locale), period=said.PERIODS[budget.period])
    return {"title": title, "advice": advice, "over": budget.over}


async def order(
    here: Visit, photo: Photo, wanted: Wanted, *, engine: EngineName, order_id: OrderId
) -> tuple[Job, ...]:
    """Order what is wanted; on this computer there is one of each, since all would be the same."""
    if engine is EngineName.ON_DEVICE:
        return await here.order(
            photo.id, wanted.looks, engine=engine, wishes=wanted.wishes, order_id=order_id
        )
    return await here.order(
        photo.id,
        wanted.looks,
        engine=engine,
        wishes=wanted.wishes,
        order_id=order_id,
        count=wanted.count,
        quality=wanted.quality,
        others=wanted.others,
    )
