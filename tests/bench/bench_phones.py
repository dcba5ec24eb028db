"""Fifty guests at once, each at an address of its own; one of them brings photos of 48 MP again and again.

The pace is that of people in a hurry: each opens a page every two to six seconds (12 pages a second in all),
keeps it connected, and loads the two or three pictures on it; each brings a small photo of their own
in the first third of a turn and then looks at two previews. Their own process only sends and keeps the bytes;
pictures are decoded, and the patches on them read, once the turn is over. The best of the turns counts,
because other programs may be busy on the same computer.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.bench.guest_phone import GuestPhone
from tests.patches import guest_of, marked
from tests.phones import Phones, computer
from tests.portraits import saved, taken_by_phone

Figure = tuple[str, float, float | None]
"""A name, the value measured, and the most it may be (None when it is only told)."""

GUESTS = 50
TURNS = 3
TURN_S = 25.0
PAUSE_S = (2.0, 6.0)
LOOKS = ("advisor-navy", "consultant-cream")
LIMITS = {"upload_bytes": 40_000_000}
CROWD = {"most_in_all": 600, "most_each": 40, "head_s": 15.0}
LARGE = 0
"""Which guest brings the large photos."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one turn came to."""

    took_ms: dict[str, list[float]]
    load: float
    busy_share: float
    """How much of one processor the app's own process used."""
    late_ms: float
    """How late the guests' own process was at worst of a hundred, which is part of what is measured."""

    def __str__(self) -> str:
        said = [f"{kind} {len(self.took_ms[kind])}: {self.of(kind, 0.99):.0f} ms" for kind in self.took_ms]
        more = f"busy {self.busy_share:.2f}, load {self.load:.1f}, late {self.late_ms:.0f} ms"
        return "  " + "; ".join([*said, more])

    def of(self, kind: str, share: float) -> float:
        """Return how long such a share of the answers took at most."""
        took = self.took_ms.get(kind) or [float("inf")]
        return took[min(len(took) - 1, int(len(took) * share))]


def figures() -> list[Figure]:
    """Let them all in, let them do what they do for some turns, and look at every picture they were shown."""
    with (
        tempfile.TemporaryDirectory() as folder,
        computer(Path(folder) / "data", crowd=CROWD, limits=LIMITS, real=True) as phones,
    ):
        process = phones.served.process.pid
        phones.phone().page("/")
        before = _held_mb(process, "VmRSS")
        guests = [GuestPhone(number=number, phone=phones.paired()) for number in range(GUESTS)]
        photos = [_photo(number) for number in range(GUESTS)]
        turns = []
        for _ in range(TURNS):
            turns.append(asyncio.run(_turn(guests, photos, phones)))
            print(turns[-1], file=sys.stderr, flush=True)
        most = _held_mb(process, "VmHWM")
    return [*_figures(turns), ("memory of the app over before, MB", most - before, 150.0), *_seen(guests)]


def _figures(turns: list[Turn]) -> list[Figure]:
    best = min(turns, key=lambda turn: turn.of("page", 0.99))
    worst = max(turns, key=lambda turn: turn.of("page", 0.99))
    return [
        ("page while 50 guests are here, p99, ms", best.of("page", 0.99), 150.0),
        ("page while 50 guests are here, median, ms", best.of("page", 0.5), None),
        ("page in the worst turn, p99, ms", worst.of("page", 0.99), None),
        ("of that, how late the guests' own process was, p99, ms", best.late_ms, None),
        ("pages, in one turn", len(best.took_ms.get("page", ())), None),
        ("small picture, p99, ms", best.of("picture", 0.99), None),
        ("preview, median, ms", best.of("preview", 0.5), None),
        ("upload, median, ms", best.of("upload", 0.5), None),
        ("upload of 48 MP, slowest, ms", best.of("large", 1.0), None),
        ("the app's own process, of one processor", best.busy_share, None),
        ("load of the computer in that turn", best.load, None),
    ]


def _seen(guests: list[GuestPhone]) -> list[Figure]:
    """Read the patch on every picture that anybody was shown."""
    whose = [(guest.number, guest_of(picture)) for guest in guests for picture in guest.shown]
    for line in [line for guest in guests for line in guest.failed][:10]:
        print(line, file=sys.stderr)
    return [
        ("pictures of somebody else, shown", sum(read not in (own, None) for own, read in whose), 0.0),
        ("pictures on which nothing could be read", sum(read is None for _, read in whose), 0.0),
        ("somebody else's photos that were handed out", sum(guest.strange for guest in guests), 0.0),
        ("answers that failed", sum(len(guest.failed) for guest in guests), 0.0),
        ("pictures looked at", len(whose), None),
        (
            "guests who were shown none of their own",
            GUESTS - len({own for own, read in whose if own == read}),
            0.0,
        ),
    ]


def _photo(guest: int) -> bytes:
    return taken_by_phone(marked(guest), 48) if guest == LARGE else saved(marked(guest), "JPEG", quality=92)


async def _turn(guests: list[GuestPhone], photos: list[bytes], phones: Phones) -> Turn:
    for guest in guests:
        guest.took_s.clear()
        guest.photos.clear()
    late: list[float] = []
    watching = asyncio.create_task(_watch(late))
    began, used = time.perf_counter(), _used_s(phones.served.process.pid)
    ends = began + TURN_S
    await asyncio.gather(
        *(_live(guest, photos[guest.number], guests, ends) for guest in guests),
        _bring_large(guests[LARGE], photos[LARGE], ends),
    )
    took_s, used_s = time.perf_counter() - began, _used_s(phones.served.process.pid) - used
    watching.cancel()
    for guest in guests:
        guest.leave()
    took: dict[str, list[float]] = {}
    for guest in guests:
        for kind, seconds in guest.took_s.items():
            told = "large" if kind == "upload" and guest.number == LARGE else kind
            took.setdefault(told, []).extend(1000 * one for one in seconds)
    return Turn(
        took_ms={kind: sorted(one) for kind, one in took.items()},
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan"),
        busy_share=used_s / took_s,
        late_ms=sorted(late)[int(len(late) * 0.99)],
    )


async def _live(guest: GuestPhone, photo: bytes, guests: list[GuestPhone], ends: float) -> None:
    """Do what a guest does: bring a photo, go from page to page, and look."""
    chance = random.Random(guest.number)  # noqa: S311 - chance, not secrecy
    async with AsyncExitStack() as line:
        await asyncio.sleep(chance.uniform(0, TURN_S / 3))
        await guest.open("/", line)
        if guest.number != LARGE:
            await guest.bring(photo)
        looked = False
        while time.perf_counter() < ends:
            await asyncio.sleep(chance.uniform(*PAUSE_S))
            if not guest.photos:
                await guest.open(chance.choice(("/", "/gallery")), line)
                continue
            newest = guest.photos[-1]
            await guest.open(chance.choice(("/", f"/photo/{newest}", f"/photo/{newest}/looks")), line)
            await guest.see(f"/media/photo/{newest}/thumbnail", f"/media/photo/{newest}")
            if not looked:
                looked = True
                await guest.see(*(f"/media/photo/{newest}/look/{look}" for look in LOOKS))
            if (others := chance.choice(guests).photos) and others[-1] not in guest.photos:
                await guest.pry(others[-1])


async def _bring_large(guest: GuestPhone, photo: bytes, ends: float) -> None:
    while time.perf_counter() < ends:
        await guest.bring(photo)


async def _watch(late: list[float]) -> None:
    """Note how late this process itself comes back, in milliseconds."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.01)
        late.append(1000 * (time.perf_counter() - began - 0.01))


def _held_mb(process: int, what: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024


def _used_s(process: int) -> float:
    """Return how much time of a processor a process has used, without its workers."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
