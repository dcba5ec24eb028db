"""One warm process for heavy work: it can be killed, and its end never harms the app."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

T = TypeVar("T")

KEPT_BYTES = 128 << 20
KEPT_PIECE_BYTES = 32 << 20
"""How much memory a worker keeps when a picture is done, and in pieces of at most what size."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
MEMORY_LIMIT_BYTES = 2 << 30
"""What one worker may map, where the system can limit it; idle with both networks loaded it maps 0.15 GB."""

TOLD_DEADLINE_S = 60.0
POLITE = 10
"""How far a worker steps back behind the app and the browser (“nice”), where the system knows that."""

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_FORBIDDEN = (
    *("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"),
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.startfile"),
)


class WorkTookTooLong(Exception):  # noqa: N818 - named like the errors a person reads
    """The work was not done before its deadline; the process was killed."""


class WorkStopped(Exception):  # noqa: N818
    """The process ended in the middle of the work, or ran out of its memory."""


class Worker:
    """One process, one piece of work at a time; whatever ends it, the next piece finds a fresh one."""

    def __init__(self, *, scratch: Path) -> None:
        self._scratch = scratch
        self._pool: ProcessPool | None = None
        self._line = Line()
        self._future: Future[Any] | None = None
        self._closed = False
        self.load = 0
        """How much work is waiting for it or under way."""

    @property
    def is_started(self) -> bool:
        """Whether a process was asked for and not given up since."""
        return self._pool is not None

    def tell(self, work: Callable[..., object], *args: object) -> None:
        """Have the process do something by and by; nobody waits for it, and its failure changes nothing."""
        if not self._closed:
            with contextlib.suppress(RuntimeError):
                self._schedule(work, args, TOLD_DEADLINE_S)

    async def run(
        self,
        work: Callable[..., T],
        *args: object,
        deadline_s: float,
        outlives_asking: bool = False,
        pressing: bool = False,
    ) -> T:
        """Do the work in the process; raises what the work raises, or one of the two above.

        Cancelling kills the process, unless the work is so short that it may as well end by itself.
        What is pressing, because a whole page waits for it, goes ahead of what is not.
        """
        self.load += 1
        try:
            async with self._line.turn(pressing=pressing):
                return await self._attempt_twice(work, args, deadline_s, outlives_asking)
        finally:
            self.load -= 1

    def close(self) -> None:
        """End the process at once; work under way stops with `WorkStopped`."""
        self._closed = True
        if self._future is not None:
            self._future.cancel()
        if self._pool is not None:
            pool, self._pool = self._pool, None
            _stop(pool)
            pool.join()

    async def _attempt_twice(
        self,
        work: Callable[..., T],
        args: tuple[object, ...],
        deadline_s: float,
        outlives_asking: bool,  # noqa: FBT001
    ) -> T:
        try:
            return await self._attempt(work, args, deadline_s, outlives_asking)
        except BrokenProcessPool:  # it ended before the work began, so the work is not to blame
            try:
                return await self._attempt(work, args, deadline_s, outlives_asking)
            except BrokenProcessPool as error:
                raise WorkStopped from error

    async def _attempt(
        self,
        work: Callable[..., T],
        args: tuple[object, ...],
        deadline_s: float,
        outlives_asking: bool,  # noqa: FBT001
    ) -> T:
        future = self._begin(work, args, deadline_s)
        self._future = future
        waiting = asyncio.wrap_future(future)
        try:
            return await (asyncio.shield(waiting) if outlives_asking else waiting)
        except TimeoutError as error:
            self._give_up()
            raise WorkTookTooLong from error
        except (ProcessExpired, MemoryError) as error:
            self._give_up()
            raise WorkStopped from error
        except BrokenProcessPool:
            self._give_up()
            raise
        except asyncio.CancelledError:
            if self._closed and not _is_being_cancelled():
                raise WorkStopped from None
            if outlives_asking:
                waiting.add_done_callback(_ignore)
            else:
                self._give_up()
            raise
        finally:
            self._future = None

    def _begin(self, work: Callable[..., T], args: tuple[object, ...], deadline_s: float) -> Future[T]:
        if self._closed:
            raise WorkStopped
        try:
            return self._schedule(work, args, deadline_s)
        except RuntimeError:  # the process ended while nothing was asked of it
            self._give_up()
            return self._schedule(work, args, deadline_s)

    def _schedule(self, work: Callable[..., T], args: tuple[object, ...], deadline_s: float) -> Future[T]:
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=1,
                initializer=settle,
                initargs=(str(self._scratch),),
                context=multiprocessing.get_context("spawn"),
            )
        with _interrupts_held():
            return self._pool.schedule(work, args=args, timeout=deadline_s)

    def _give_up(self) -> None:
        """Leave the pool to end in the background: a fresh one never inherits its locks or its pipes."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            _stop(pool)
            threading.Thread(target=pool.join, name="worker-ending").start()


class Line:
    """Who waits for the process: one is served at a time, the pressing first, each in the order they came."""

    def __init__(self) -> None:
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._is_busy = False

    @contextlib.asynccontextmanager
    async def turn(self, *, pressing: bool) -> AsyncIterator[None]:
        """Wait for one's turn, and let the next one have it afterwards."""
        if self._is_busy:
            called = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (not pressing, next(self._numbers), called))
            try:
                await called
            except asyncio.CancelledError:
                if called.done() and not called.cancelled():  # called in the moment of leaving
                    self._call_next()
                raise
        self._is_busy = True
        try:
            yield
        finally:
            self._call_next()

    def _call_next(self) -> None:
        while self._waiting:
            called = heapq.heappop(self._waiting)[-1]
            if not called.done():
                called.set_result(None)
                return
        self._is_busy = False


def settle(scratch: str) -> None:
    """Prepare a fresh process: few threads, little memory, no programs, no network, its own temp folder."""
    for name in _THREAD_VARIABLES:
        os.environ[name] = "1"
    os.environ["TMPDIR"] = tempfile.tempdir = scratch
    # Ctrl-C is the app's to answer; being ended must not wait for a decoder to come back.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(os, "nice"):
        os.nice(POLITE)
    threading.Thread(target=_end_with_the_app, name="end-with-the-app", daemon=True).start()
    _limit_memory()
    keep_memory()
    _hush()
    sys.addaudithook(_refuse_outside)


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]


def _end_with_the_app() -> None:
    app = multiprocessing.parent_process()
    if app is not None:
        app.join()  # returns when the app is gone, even by kill -9
        os._exit(0)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on Windows

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = MEMORY_LIMIT_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT_BYTES, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def keep_memory() -> None:
    """Have glibc use the memory of one picture for the next: asking for it anew is a tenth of the work."""
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 - for this alone

    with contextlib.suppress(OSError, AttributeError):  # another C library
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, KEPT_PIECE_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)


def _hush() -> None:
    """Keep what decoders and networks print out of the person's terminal; errors travel back as errors."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _refuse_outside(event: str, _args: object) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start processes with Ctrl-C held back, so that one still starting prints no traceback."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # started with the first process, it would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ignore(done: asyncio.Future[Any]) -> None:
    """Take note of an outcome that nobody waits for any more."""
    if not done.cancelled():
        done.exception()


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
