"""What the booth's screen is told: how the present guest stands, and nothing of anybody else."""

from __future__ import annotations

import math
from typing import Any, Final

import segno

from headshot_web import contrast, styles
from headshot_web import words_booth as said
from headshot_web.booth import BoothKeeper
from headshot_web.event import BoothEngine, Event, Keep
from headshot_web.kiosk import Step
from headshot_web.model import HeadshotId
from headshot_web.signals import Choice

_PALE: Final = 1.8
"""Below this contrast to white, the drawn outline is dark."""
_ROUND_S: Final = 5
_SOON_S: Final = 5
_LONGER_S: Final = -5


def terms(event: Event, to: str) -> list[list[str]]:
    """Return what a guest agrees to, each as a title and a text."""
    booth = event.operator_name
    lines = [said.WHO.format(booth=booth) if booth else said.WHO_NOBODY]
    if event.engine is BoothEngine.ON_DEVICE:
        lines.append(said.HERE)
    else:
        lines.append(said.ELSEWHERE if to == said.OPENAI else said.ELSEWHERE_OWN)
        if event.engine is BoothEngine.OPENAI_ELSE_HERE:
            lines.append(said.ELSE_HERE)
    if event.keep is Keep.UNTIL_EVENT_ENDS:
        lines.append(said.KEPT_TO_THE_END)
    else:
        lines.append(said.DELETED if event.share_by_qr and event.grace_min else said.DELETED_AT_ONCE)
    lines.append(said.ONLY_YOU)
    words = {"to": to, "n": event.grace_min, "booth": booth or said.SOMEBODY}
    return [line.format(**words).split("|") for line in lines]


def setting(keeper: BoothKeeper, to: str) -> dict[str, Any]:
    """Return what stays the same from guest to guest."""
    event = keeper.event
    return {
        "title": event.heading,
        "logo": f"/media/booth/logo?{event.id[:8]}{len(event.logo)}" if event.logo else "",
        "accent": event.shown_accent,
        "booth": event.operator_name or said.SOMEBODY,
        "terms": terms(event, to),
        "own": event.terms_text,
        "asks_keep": event.keep is Keep.HANDED_OVER,
        "looks": [_look(style) for style in event.looks],
        "shots": event.shots,
        "countdown": event.countdown_s,
        "flash": event.flash,
        "sounds": event.sounds,
        "placement": event.placement.value,
        "camera": event.camera,
        "warning": event.idle_warning_s,
        "prints": event.printing.enabled and keeper.paper is not None,
        "copies": event.printing.copies_most,
        "phones": event.share_by_qr and keeper.phones is not None,
        "grace": event.grace_min,
        "kept": event.keep is Keep.UNTIL_EVENT_ENDS,
        "by": "" if event.engine is BoothEngine.ON_DEVICE else said.MADE_ELSEWHERE.format(to=to),
        "here": said.MADE_HERE,
    }


def view(keeper: BoothKeeper, to: str) -> dict[str, Any]:
    """Return how the booth stands now."""
    state, event = keeper.state, keeper.event
    shut = state.in_the_way
    return {
        "step": state.step.value,
        "visit": state.visit or "",
        "closed": said.closed(shut[0], event.operator_name) if shut else None,
        "why": shut[0].value if shut else "",
        "warned": state.warned,
        "taking": state.taking_in,
        "photo": bool(state.photo),
        "left": state.left(event),
        "trouble": _trouble(keeper, to),
        "work": _work(keeper, to),
        "made": [_made(keeper, shot) for shot in state.made],
        "shown": state.shown or "",
        "instead": _was_instead(keeper, to),
        "code": _code(keeper),
        "printing": keeper.print_state or "",
    }


def _look(style: str) -> dict[str, Any]:
    look = styles.style(style)
    return {
        "pale": contrast.ratio(look.recipe.backdrop.color, "#ffffff") < _PALE,
        "id": look.id,
        "name": look.name,
        "text": look.audience,
        "attire": look.attire,
        "color": look.recipe.backdrop.color,
        "shape": look.recipe.crop.value.replace(":", " / "),
    }


def _trouble(keeper: BoothKeeper, to: str) -> list[str] | None:
    state = keeper.state
    if state.trouble is None:
        return None
    of_photo = state.step in (Step.CAMERA, Step.SHOTS)
    told = said.trouble(state.trouble, to=to, booth=keeper.event.operator_name, of_photo=of_photo)
    is_last = state.step is Step.WAITING and state.trouble != "BudgetReached" and not state.left(keeper.event)
    return [told[0], said.TROUBLE_LAST] if is_last else told


def _work(keeper: BoothKeeper, to: str) -> dict[str, Any] | None:
    """Say where the work is: its named steps, the latest unfinished picture, and the time left."""
    choice = keeper.state.choice
    if choice is None:
        return None
    job = keeper.orders.job(choice)
    steps = said.STEPS_ELSEWHERE if choice.elsewhere else said.STEPS_HERE
    at = steps.index(job.step) if job and job.step in steps else 0
    shown = [said.STEPS[step] for step in steps]
    if job and job.step not in steps:
        shown[0] = said.STEPS[job.step]
    return {
        "look": styles.name(choice.style),
        "style": choice.style,
        "steps": shown,
        "at": at,
        "partial": keeper.orders.partials(choice),
        "left": _left(keeper.orders.left_s(choice)),
        "by": _by(choice, to),
    }


def _by(choice: Choice, to: str) -> str:
    if choice.instead:
        return said.MADE_INSTEAD.format(to=to)
    return said.MADE_ELSEWHERE.format(to=to) if choice.elsewhere else said.MADE_HERE


def _left(seconds: float | None) -> str:
    """Say roughly how long it still takes, in steps of five seconds."""
    if seconds is None:
        return said.SCREEN["soon"]
    if seconds < _LONGER_S:
        return said.SCREEN["longer"]
    if seconds <= _SOON_S:
        return said.SCREEN["soon"]
    return said.SCREEN["about"].format(n=math.ceil(seconds / _ROUND_S) * _ROUND_S)


def _made(keeper: BoothKeeper, shot: HeadshotId) -> dict[str, Any]:
    if shot not in keeper.shots:
        return {"id": shot, "name": "", "ratio": 0.8}
    headshot, choice = keeper.shots[shot]
    ratio = headshot.size.width_px / headshot.size.height_px
    return {"id": shot, "name": styles.name(choice.style), "ratio": ratio}


def _was_instead(keeper: BoothKeeper, to: str) -> str:
    """Say where the headshot that is seen was made, when it was not where the guest expected."""
    shown = keeper.state.shown
    if shown in keeper.shots and keeper.shots[shown][1].instead:
        return said.WAS_MADE_INSTEAD.format(to=to)
    return ""


def _code(keeper: BoothKeeper) -> dict[str, str] | None:
    if keeper.code is None:
        return None
    drawn = segno.make(keeper.code.url, error="m", micro=False)
    picture = drawn.svg_data_uri(border=2, dark="#161412", light="#ffffff")
    return {"picture": picture, "url": keeper.code.url.partition("#")[0]}
