"""The operating system's keyring, where it is one that encrypts; what fails or hangs counts as absent."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE: Final = "headshot-web"
PATIENCE_S: Final = 4.0
UNLOCKING: Final = 5
"""How many times longer is waited when a key is kept: the person may have to unlock the keyring for it."""
ENCRYPTING: Final = {
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
    "keyring.backends.SecretService.Keyring": "Secret Service",
    "keyring.backends.libsecret.Keyring": "Secret Service",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
}
"""The only ones that are used: others, which anybody may have installed, keep keys as plain text."""


class _AbsentError(Exception):
    """No keyring that encrypts answered."""


class SystemKeyring:
    """Asks the keyring in a thread of its own, and waits for some seconds only. Thread-safe."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._hanging: threading.Thread | None = None

    def name(self) -> str | None:
        """Return which keyring is used; None when there is none that encrypts."""
        with suppress(_AbsentError):
            return self._ask(_known_name)
        return None

    def find(self, host: str) -> str | None:
        """Return what is kept for this host."""
        with suppress(_AbsentError):
            return self._ask(lambda ring: ring.get_password(SERVICE, host))
        return None

    def keep(self, host: str, key: str) -> bool:
        """Keep a key for this host, and say whether it really is there."""

        def keep(ring: KeyringBackend) -> bool:
            ring.set_password(SERVICE, host, key)
            return ring.get_password(SERVICE, host) == key

        with suppress(_AbsentError):
            return self._ask(keep, undo=lambda ring: ring.delete_password(SERVICE, host), patience=UNLOCKING)
        return False

    def forget(self, host: str) -> bool:
        """Forget the key for this host, and say whether it is gone."""

        def forget(ring: KeyringBackend) -> bool:
            with suppress(Exception):  # each keyring says in its own way that there is none
                ring.delete_password(SERVICE, host)
            return ring.get_password(SERVICE, host) is None

        with suppress(_AbsentError):
            return self._ask(forget)
        return False

    def _ask(
        self,
        question: Callable[[KeyringBackend], T],
        *,
        undo: Callable[[KeyringBackend], object] | None = None,
        patience: int = 1,
    ) -> T:
        """Put a question to the keyring; one that answers too late is asked to undo what it did then."""
        answers: queue.SimpleQueue[tuple[T] | None] = queue.SimpleQueue()
        given_up = threading.Event()

        def ask() -> None:
            answer: tuple[T] | None = None
            with suppress(Exception):
                ring = _encrypting()
                answer = (question(ring),)
                if given_up.is_set() and undo:
                    undo(ring)
            answers.put(answer)

        with self._lock:
            if self._hanging and self._hanging.is_alive():
                raise _AbsentError
            thread = threading.Thread(target=ask, name="keyring", daemon=True)
            thread.start()
            try:
                answer = answers.get(timeout=self._patience_s * patience)
            except queue.Empty:
                given_up.set()
                self._hanging = thread
                raise _AbsentError from None
        if answer is None:
            raise _AbsentError
        return answer[0]


def _encrypting() -> KeyringBackend:
    """Return the keyring that is used; of several that are chained, the first that encrypts."""
    import keyring  # noqa: PLC0415 - it asks the system, which only a key is worth
    from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415

    chosen = keyring.get_keyring()
    rings = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    for ring in rings:
        if any(_known_names(ring)):
            return ring
    raise _AbsentError


def _known_names(ring: KeyringBackend) -> Iterator[str]:
    for kind in type(ring).__mro__:
        if name := ENCRYPTING.get(f"{kind.__module__}.{kind.__qualname__}"):
            yield name


def _known_name(ring: KeyringBackend) -> str:
    return next(_known_names(ring))
