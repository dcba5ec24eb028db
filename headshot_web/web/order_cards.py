"""The cards of an order: what each headshot's card says, and what can be done there."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from headshot_web import errors, styles, words, words_privacy
from headshot_web import words_openai as said
from headshot_web.model import EngineName, HeadshotId, Job, JobId, JobState, Quality
from headshot_web.orders import to_make_again
from headshot_web.paths import static_dir
from headshot_web.web.telling import told
from headshot_web.words_guests import all_there


class Order(ui.element, component=static_dir() / "components" / "order.js"):
    """The cards of an order, each with its steps."""

    def __init__(self, photo_id: str, *, to: str, is_owner: bool) -> None:
        super().__init__()
        sent = {key: text.replace("{to}", to) for key, text in said.ORDER.items()}
        self.props.update(
            {
                "words": all_there(words.ORDER, is_owner=is_owner),
                "jobs": [],
                "retry": "",
                "trouble": None,
                "photo": photo_id,
                "steps": [[step.value, text] for step, text in words.STEPS.items()],
                "provider": {
                    "to": to,
                    "words": all_there(sent, is_owner=is_owner),
                    "steps": [[step.value, text.format(to=to)] for step, text in said.STEPS.items()],
                },
            }
        )

    def trouble(self, told: tuple[str, str] | None) -> None:
        """Say why nothing more was ordered; None takes it back."""
        self.props["trouble"] = told
        self.update()

    def show(self, cards: Sequence[Mapping[str, Any]], retry: str) -> None:
        """Show where each job is now, and the words for making the failed ones again."""
        self.props.update({"jobs": list(cards), "retry": retry})
        self.update()


class Together(ui.element, component=static_dir() / "components" / "together.js"):
    """All that was made as one ZIP, with the notes in the files or without."""

    def __init__(self) -> None:
        super().__init__()
        marks = words_privacy.MARKS
        named = {"zip": words.ORDER_ZIP, "label": marks["label_many"], "left": marks["left_many"]}
        self.props.update({"words": named, "ids": []})

    def show(self, made: Sequence[HeadshotId]) -> None:
        """Offer these; a single one needs no ZIP."""
        if self.props["ids"] != list(made):
            self.props["ids"] = list(made)
            self.update()


def retry_words(jobs: Iterable[Job]) -> str:
    """Name what can be made once more together: what failed, or else what was cancelled."""
    lacking = to_make_again(jobs)
    if not lacking:
        return ""
    texts = (words.ORDER_RETRY_ONE, words.ORDER_RETRY_MANY)
    if lacking[0].state is JobState.CANCELLED:
        texts = (said.RETRY_CANCELLED_ONE, said.RETRY_CANCELLED_MANY)
    elif any(job.engine is EngineName.OPENAI for job in lacking):
        texts = (said.RETRY_ONE, said.RETRY_MANY)
    return words.count(len(lacking), *texts)


def to_make_alone(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Return what is made again only by itself, because the person asks for just this one."""
    jobs = tuple(jobs)
    together = to_make_again(jobs)
    alone = (JobState.UNKNOWN, JobState.CANCELLED)
    return tuple(job for job in jobs if job.state in alone and job not in together)


def numbered(jobs: Iterable[Job]) -> dict[JobId, str]:
    """Name each card by its look; variants of one look are counted."""
    by_look: dict[str, list[Job]] = {}
    for job in jobs:
        by_look.setdefault(job.style_id, []).append(job)
    return {
        job.id: said.VARIANT.format(name=styles.name(look), n=n, of=len(variants))
        if len(variants) > 1
        else styles.name(look)
        for look, variants in by_look.items()
        for n, job in enumerate(variants, 1)
    }


def card(  # noqa: PLR0913 - one argument for each thing it shows
    job: Job,
    name: str,
    *,
    to: str,
    partial: int,
    is_unkept: bool,
    is_alone: bool,
    cost: str,
    price: str,
    is_owner: bool,
) -> dict[str, Any]:
    """Say all that the card of one job shows; one that `is_alone` has its own button to make it again."""
    sent = job.engine is EngineName.OPENAI
    return {
        "id": job.id,
        "style": job.style_id,
        "name": name,
        "state": job.state.value,
        "step": job.step.value,
        "working": not job.state.is_final,
        "headshot": job.headshot_ids[0] if job.headshot_ids else "",
        "query": _query(job),
        **_ending(job, to, is_unkept=is_unkept, is_owner=is_owner),
        **(_sent(job, partial) if sent else {}),
        "again": _again_words(job) if is_alone else "",
        "cost": cost,
        "price": price,
    }


def _again_words(job: Job) -> str:
    """Name the button; what may have been charged is made again “anyway”."""
    maybe_charged = job.state is JobState.UNKNOWN or job.error is not None
    return said.AGAIN_ANYWAY if maybe_charged else said.AGAIN_ALONE


def _query(job: Job) -> str:
    wishes = {"color": job.wishes.backdrop_color, "crop": job.wishes.crop}
    query = urlencode({key: value for key, value in wishes.items() if value})
    return f"?{query}" if query else ""


def _sent(job: Job, partial: int) -> dict[str, Any]:
    """Say what is true only of a headshot that is drawn elsewhere; times are given as seconds from now."""
    now = datetime.now(UTC)
    crop = styles.apply(styles.style(job.style_id), job.wishes).crop
    return {
        "sent": True,
        "crop": crop.value,
        "draft": job.quality is Quality.DRAFT,
        "partial": partial,
        "since": max(0.0, (now - job.changed_at).total_seconds()),
        "resumes": max(0.0, (job.resumes_at - now).total_seconds()) if job.resumes_at else 0,
        "request": job.request_id or "",
    }


def _ending(job: Job, to: str, *, is_unkept: bool, is_owner: bool) -> dict[str, Any]:
    """Say how a job that made nothing ended, what to do, and where."""
    if job.state is JobState.CANCELLED and job.error is None:
        return {"title": words.ORDER_CANCELLED, "advice": words.ORDER_CANCELLED_ADVICE}
    if job.state not in (JobState.UNKNOWN, JobState.FAILED, JobState.CANCELLED):
        return {"title": "", "advice": ""}
    error = errors.by_code(job.error)
    ending: dict[str, Any] = {"title": error.title, "advice": error.advice}
    if job.state is JobState.UNKNOWN and not error.may_be_charged:
        ending = {"title": said.UNKNOWN, "advice": said.UNKNOWN_ADVICE.format(to=to)}
    if job.engine is EngineName.OPENAI:
        ending["here"] = error.retouch_helps
        if is_owner:
            ending |= {"link": error.link or "", "linktext": error.link_text, "settings": error.settings_help}
        elif job.state is not JobState.UNKNOWN or error.may_be_charged:
            ending["title"], ending["advice"] = told(error, is_owner=is_owner)
    if is_unkept:
        ending |= _unkept(job, error)
    return ending


def _unkept(job: Job, error: type[errors.HeadshotError]) -> dict[str, Any]:
    """Offer what came and could not be kept; what is no picture is offered as it came."""
    offered = {"unkept": f"/download/job/{job.id}"}
    if error.may_be_charged:
        return offered | {"unkepttext": said.UNKEPT_RAW, "raw": True}
    advice = said.UNKEPT_FULL if error is errors.DiskFull else said.UNKEPT_ADVICE
    return offered | {"unkepttext": said.UNKEPT, "advice": advice, "here": False}
