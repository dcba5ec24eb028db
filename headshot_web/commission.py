"""Headshots drawn elsewhere, without a browser: asked about once, paid for once, and accounted for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from headshot_web import logbook
from headshot_web.accounts import Estimate, Money, Outcome
from headshot_web.consent import with_policy
from headshot_web.errands import (
    ENDINGS,
    MEGABYTE,
    Bill,
    Made,
    Noticed,
    NotMade,
    Stopped,
    Teller,
    advice_for,
    contents,
    open_out,
    progress,
    safe_stem,
    said_of,
    stream,
    write,
)
from headshot_web.errors import (
    ConsentNeeded,
    Declined,
    FolderError,
    HeadshotError,
    LeftInTheApp,
    NobodyAsked,
    NotFound,
    by_code,
)
from headshot_web.finishing import CtrlC, to_its_end
from headshot_web.imaging.sizes import standard_size
from headshot_web.model import EngineName, Export, JobState, OrderId, Quality, Size, Wishes
from headshot_web.shelves import new_id
from headshot_web.studio import open_studio
from headshot_web.words_privacy import changes_since

if TYPE_CHECKING:
    from pathlib import Path

    from headshot_web.accounts import Entry
    from headshot_web.consent import Question
    from headshot_web.errands import Order, Report
    from headshot_web.keys import Keys
    from headshot_web.model import Job, JobId, Photo, PhotoId, Style, StyleId
    from headshot_web.settings import Settings
    from headshot_web.studio import Studio
    from headshot_web.till import Budget

ENGINE: Final = EngineName.OPENAI


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a person is asked before the first photo leaves."""

    question: Question
    headshots: int
    photos: int
    """How many photos of a person go along for each."""
    estimate: Estimate | None
    """None where no prices are known."""
    news: tuple[str, ...] = ()
    """What is new in the privacy policy since the last yes to it, the latest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """An order for whoever draws elsewhere."""

    order: Order
    quality: Quality = Quality.FINAL
    count: int = 1
    """How many of each look."""
    also: tuple[Path, ...] = ()
    """More photos of the same person, for likeness."""
    agreed: bool = False
    """Whether the yes was given beforehand."""
    ask: Callable[[Terms], bool] | None = None
    """Asks a person and returns whether they said yes; None where nobody can be asked."""
    near: Callable[[Budget], None] | None = None
    """Tells a person that this order uses most of a budget."""

    @property
    def headshots(self) -> int:
        """How many headshots are ordered of one photo."""
        return len(self.order.looks) * self.count


async def carry_out(commission: Commission, settings: Settings, keys: Keys, *, quiet: bool = False) -> Report:
    """Have every headshot drawn, and leave in the app only the ledger, and what could not be handed over.

    After Ctrl-C what was sent is waited for, as long as an answer may take; then `Stopped` says what came.

    Raises `AlreadyRunning`, `BadServer`, `KeyMissing`, `NobodyAsked`, `Declined`, `BudgetReached`.
    """
    open_out(commission.order)
    studio = await open_studio(settings, keys=keys)
    try:
        steps = len(commission.order.photos) * commission.headshots
        with progress(steps) as bar, logbook.keep(settings.folders), CtrlC() as ctrl_c:
            teller = Teller(bar, quiet=quiet)
            sitting = _Sitting(commission, studio, teller)
            if report := await ctrl_c.unless_pressed(sitting.hold()):
                return report
            if studio.jobs.sent:
                teller.warn("Stopping. What was sent already is waited for; Ctrl-C again stops at once.")
                await ctrl_c.unless_pressed(studio.jobs.close(studio.desk.endpoint().timeout_s))
            await studio.jobs.close(patience_s=0)
            await sitting.gather_up()
            raise Stopped(await sitting.report())
    finally:
        await studio.close()


class _Sitting:
    """One commission under way."""

    def __init__(self, commission: Commission, studio: Studio, teller: Teller) -> None:
        self._commission = commission
        self._order = commission.order
        self._studio = studio
        self._teller = teller
        self._looks: Mapping[StyleId, Style] = {look.id: look for look in self._order.looks}
        self._wishes = Wishes(backdrop_color=self._order.color, crop=self._order.crop)
        self._sent: dict[JobId, Sequence[Entry]] = {}
        self._settled: dict[JobId, bool] = {}
        """Whether what came of a job was written, or was nothing; else it was left in the app."""
        self._photos: list[tuple[Path, Photo]] = []
        self._orders: dict[PhotoId, OrderId] = {}
        self._others: list[tuple[Path, Photo]] = []

    async def hold(self) -> Report:
        """Take the photos in, ask, have them drawn, write the files, and forget the photos."""
        offer = await self._studio.desk.offer()
        if offer.reason is not None:
            raise offer.reason
        photos = self._photos
        ordered = False
        try:
            await self._take_in()
            if photos:
                await self._agree([photo for _, photo in photos])
                ordered = True
                async with asyncio.TaskGroup() as group:
                    for path, photo in photos:
                        group.create_task(self._draw(path, photo))
                await self._forget(self._others)
        finally:
            if not ordered:
                await to_its_end(self._forget([*photos, *self._others]))
        return await self.report()

    async def gather_up(self) -> None:
        """After an early end: write what still came, and forget the photos of which nothing is left here."""
        nothing_left = True
        for path, photo in self._photos:
            with suppress(NotFound):  # it was forgotten already
                await self._studio.photo(photo.id)
                order = self._orders.get(photo.id)
                jobs = await self._studio.order_jobs(order) if order else ()
                for job in [job for job in jobs if job.id not in self._settled]:
                    if job.state is JobState.DONE or await self._studio.jobs.is_answered(job):
                        await self._settle(path, photo, job)
                        continue
                    await self._look_up(job.id)
                    if job.state is JobState.RECEIVED:  # it came, and is finished when the app is opened
                        self._settled[job.id] = False
                        look = self._looks[job.style_id]
                        self._teller.tell(NotMade(photo=path, look=look, error=LeftInTheApp()))
                all_written = all(self._settled.get(job.id, True) for job in jobs)
                if all_written:
                    await self._forget([(path, photo)])
                nothing_left &= all_written
        if nothing_left:
            await self._forget(self._others)

    async def report(self) -> Report:
        """Return what became of it until now, with what was sent and its cost."""
        self._teller.report.bill = _bill([entry for sent in self._sent.values() for entry in sent])
        return self._teller.report

    async def _look_up(self, job: JobId) -> None:
        """Look up what was sent for a job while its photo is here; the ledger then forgets whose it was."""
        self._sent[job] = await asyncio.to_thread(self._studio.ledger.of_job, job)

    async def _take_in(self) -> None:
        """Take in the photos that can be, one after the other; none where one to go along cannot be."""
        for path in self._commission.also:
            if not await to_its_end(self._take(path, self._others)):
                return
        for path in self._order.photos:
            if not await to_its_end(self._take(path, self._photos)):
                self._teller.advance(self._commission.headshots)

    async def _take(self, path: Path, taken: list[tuple[Path, Photo]]) -> bool:
        """Take a photo in, or say why not."""
        limit_bytes = self._studio.settings.max_upload_mb * MEGABYTE
        try:
            data = await asyncio.to_thread(contents, path, limit_bytes)
            photo = await self._studio.take_in(stream(data))
        except HeadshotError as error:
            self._teller.tell(NotMade(photo=path, look=None, error=error))
            return False
        if photo.notices:
            self._teller.tell(Noticed(photo=path, advice=tuple(map(advice_for, photo.notices))))
        taken.append((path, photo))
        return True

    async def _forget(self, photos: Sequence[tuple[Path, Photo]]) -> None:
        """Forget photos from which nothing is drawn any more."""
        for path, photo in photos:
            try:
                await self._studio.forget_photo(photo.id)
            except HeadshotError as error:
                self._teller.tell(NotMade(photo=path, look=None, error=error))

    async def _agree(self, photos: Sequence[Photo]) -> None:
        """See to it that somebody said yes to sending these, and that the budget reaches for all of them."""
        estimate = await self._estimate(photos)
        desk = self._studio.desk
        host = desk.endpoint().host
        with suppress(ConsentNeeded):
            await desk.permit(host)
            return
        is_policy_new = await desk.policy_agreed() is None
        before = await desk.policy_before()
        terms = Terms(
            question=with_policy(desk.question()) if is_policy_new else desk.question(),
            headshots=len(photos) * self._commission.headshots,
            photos=1 + len(self._others),
            estimate=estimate,
            news=changes_since(before.version) if before else (),
        )
        if self._commission.agreed:
            for line in (
                ("The privacy policy has changed since your last yes:", *terms.news) if before else ()
            ):
                self._teller.warn(line)
        else:
            if self._commission.ask is None:
                raise NobodyAsked
            if not self._commission.ask(terms):
                raise Declined
        await desk.agree_to_policy()
        await desk.agree(host)

    async def _estimate(self, photos: Sequence[Photo]) -> Estimate | None:
        each = await self._studio.estimate(
            photos[0].id,
            tuple(self._looks),
            engine=ENGINE,
            wishes=self._wishes,
            count=self._commission.count,
            quality=self._commission.quality,
            others=[other.id for _, other in self._others],
        )
        total = each.times(len(photos)) if each else None
        near = await asyncio.to_thread(self._studio.till.check, total)
        if near is not None and self._commission.near is not None:
            self._commission.near(near)
        return total

    async def _draw(self, path: Path, photo: Photo) -> None:
        """Have one photo's headshots drawn; the photo is forgotten once all that came of it was written."""
        try:
            jobs = await self._place(photo)
        except HeadshotError as error:
            self._teller.tell(NotMade(photo=path, look=None, error=error))
            self._teller.advance(self._commission.headshots)
            jobs = ()
        try:
            if await self._collect(path, photo, jobs):
                await self._studio.forget_photo(photo.id)
        except HeadshotError as error:
            self._teller.tell(NotMade(photo=path, look=None, error=error))

    async def _place(self, photo: Photo) -> Sequence[Job]:
        self._orders[photo.id] = OrderId(new_id())
        return await self._studio.order(
            photo.id,
            tuple(self._looks),
            engine=ENGINE,
            wishes=self._wishes,
            order_id=self._orders[photo.id],
            count=self._commission.count,
            quality=self._commission.quality,
            others=[other.id for _, other in self._others],
        )

    async def _collect(self, path: Path, photo: Photo, jobs: Sequence[Job]) -> bool:
        """Write each headshot as it comes, and say whether nothing that may be paid was left in the app."""
        changed = asyncio.Event()
        stop = self._studio.subscribe(lambda _job: changed.set())
        waiting = {job.id for job in jobs}
        all_written = True
        try:
            while waiting:
                changed.clear()
                for job in await self._studio.order_jobs(jobs[0].order_id):
                    if job.id in waiting and job.state.is_final:
                        waiting.remove(job.id)
                        all_written &= await to_its_end(self._settle(path, photo, job))
                if waiting:
                    await changed.wait()
        finally:
            stop()
        return all_written

    async def _settle(self, path: Path, photo: Photo, job: Job) -> bool:
        """Write what came of a job, or say why nothing did; False when a picture was left in the app."""
        look = self._looks[job.style_id]
        await self._look_up(job.id)
        self._teller.advance()
        self._settled[job.id] = True
        try:
            self._teller.tell(await self._made(path, photo, job))
        except HeadshotError as error:
            self._teller.tell(NotMade(photo=path, look=look, error=error, request_id=job.request_id))
            self._settled[job.id] = not isinstance(error, LeftInTheApp)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are sent already and go on
            logbook.note(logbook.Event.JOB_STOPPED, error)
            self._teller.tell(NotMade(photo=path, look=look, error=LeftInTheApp()))
            self._settled[job.id] = False
        return self._settled[job.id]

    async def _made(self, path: Path, photo: Photo, job: Job) -> Made:
        look = self._looks[job.style_id]
        if job.state is not JobState.DONE:
            return await self._saved(path, look, job)
        headshot = await self._studio.headshot(job.headshot_ids[0])
        export = Export(kind=self._order.kind, longest_px=self._order.longest_px)
        download = await self._studio.download(headshot.id, export)
        return Made(
            photo=path,
            look=look,
            file=await self._write(path, look, ENDINGS[self._order.kind], download.data),
            size=_within(headshot.size, self._order.longest_px),
            remarks=said_of(headshot.remarks, headshot.scale, photo.notices, is_drawn=True),
            model=headshot.model,
            cost=await asyncio.to_thread(self._studio.ledger.cost_of_headshot, job.id),
        )

    async def _saved(self, path: Path, look: Style, job: Job) -> Made:
        """Write a headshot that was paid, but for which the app had no room; else raise what went wrong."""
        download = await self._studio.unkept(job.id)
        if download is None:
            raise LeftInTheApp if await self._studio.jobs.is_answered(job) else by_code(job.error)
        file = await self._write(path, look, f".{download.name.rpartition('.')[2]}", download.data)
        cost = await asyncio.to_thread(self._studio.ledger.cost_of_headshot, job.id)
        size = standard_size(self._order.recipe(look).crop)
        return Made(photo=path, look=look, file=file, size=size, remarks=(), cost=cost)

    async def _write(self, path: Path, look: Style, ending: str, data: bytes) -> Path:
        try:
            return await asyncio.to_thread(
                write, self._order.out, f"{safe_stem(path)}-{look.id}", ending, data
            )
        except FolderError as error:
            raise LeftInTheApp from error


def _bill(entries: Sequence[Entry]) -> Bill | None:
    """Add up what was sent; what may have been charged, and is not known, counts with its estimate."""
    sent = [entry for entry in entries if entry.receipt.outcome is not Outcome.REFUSED]
    if not sent:
        return None
    known = [entry.receipt.cost for entry in sent if entry.receipt.cost]
    guessed = [
        entry.dispatch.estimate for entry in sent if not entry.receipt.cost and entry.dispatch.estimate
    ]
    if not known and not guessed:
        return Bill(cost=None, is_exact=False)
    amount = sum((cost.amount for cost in known), Decimal()) + sum(
        (guess.high for guess in guessed), Decimal()
    )
    currency = known[0].currency if known else guessed[0].currency
    return Bill(cost=Money(amount=amount, currency=currency), is_exact=len(known) == len(sent))


def _within(size: Size, longest_px: int | None) -> Size:
    """Return how large a download becomes; nothing is enlarged for it."""
    share = min(1.0, longest_px / max(size.width_px, size.height_px)) if longest_px else 1.0
    return Size(width_px=round(size.width_px * share), height_px=round(size.height_px * share))
