"""Where keys are kept, to whom they are given out, and where they are never found."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, chainer, fail, null
from keyring.backends.SecretService import Keyring as SecretServiceKeyring
from pydantic import SecretStr

from headshot_web.errors import BadKey, FolderError, KeyNotForgotten
from headshot_web.keyrings import SystemKeyring
from headshot_web.keys import KeyPlace, Keys, clean, take_from_environment
from headshot_web.paths import Folders

OPENAI, GATEWAY = "api.openai.com", "gateway.local:4000"
CANARY = "sk-canary-8d1f0b7a6c5e4f3d"
OTHER = "sk-another-00112233"


class Remembering:
    """What a keyring does, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Encrypting(Remembering, SecretServiceKeyring):  # type: ignore[misc]
    """A keyring of the kind that a Linux desktop has."""

    priority: ClassVar[float] = 0.1  # type: ignore[misc]


class Plain(Remembering, KeyringBackend):
    """A keyring that anybody might have installed."""

    priority: ClassVar[float] = 0.1  # type: ignore[misc]


class Failing(Encrypting):
    """A locked keyring whose question for the password was dismissed."""

    priority: ClassVar[float] = 0.1

    def get_password(self, *_: str) -> str | None:
        raise keyring.errors.KeyringLocked

    def set_password(self, *_: str) -> None:
        raise keyring.errors.KeyringLocked

    delete_password = set_password


class Hanging(Encrypting):
    """A keyring that does not answer until it is let go."""

    priority: ClassVar[float] = 0.1

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.go.wait(20)
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.go.wait(20)
        super().set_password(service, username, password)


class Chain(chainer.ChainerBackend):
    """Several keyrings, as they are found on one computer."""

    backends: ClassVar[list[KeyringBackend]] = []
    priority: ClassVar[float] = 0.1


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """Begin as on a computer without a keyring, whatever this one has."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "app")


def keys(folders: Folders, **environ: str) -> Keys:
    taken = take_from_environment(dict(environ))
    return Keys(folders, environ=taken, keyring=SystemKeyring(patience_s=0.2))


def value(found: SecretStr | None) -> str | None:
    return found.get_secret_value() if found else None


class TestPasting:
    @pytest.mark.parametrize(
        "pasted",
        [
            f"  {CANARY}\n",
            f'"{CANARY}"',
            f"“{CANARY}”",
            f"{CANARY[:12]}\n{CANARY[12:]}",
            f"export OPENAI_API_KEY='{CANARY}'",
            f"OPENAI_API_KEY = {CANARY}",
            f"Authorization: Bearer {CANARY}",
            f"\ufeff{CANARY}\u200b",
        ],
    )
    def test_what_comes_along_when_it_is_copied_does_no_harm(self, pasted: str) -> None:
        assert value(clean(pasted)) == CANARY

    @pytest.mark.parametrize(
        "pasted", ["", "  ", "short", "two words here", "ключ-ключ-ключ", "k" * 513, "sk-•••••••••abcd"]
    )
    def test_what_cannot_be_a_key_is_refused_without_repeating_it(self, pasted: str) -> None:
        with pytest.raises(BadKey) as refused:
            clean(pasted)
        said = "".join(traceback.format_exception(refused.value, chain=True)).replace("pasted", "")
        assert str(refused.value).startswith("This is not a key. ")
        assert not pasted.strip() or pasted.strip() not in said


class TestEnvironment:
    def test_the_keys_are_taken_out_and_no_child_process_inherits_them(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", CANARY)
        monkeypatch.setenv("HEADSHOT_WEB_OPENAI_API_KEY", OTHER)
        taken = take_from_environment()
        assert CANARY not in str(taken)
        assert CANARY not in repr(taken)
        assert not {CANARY, OTHER} & set(os.environ.values())
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            (there,) = pool.map(_environment, [None])
        assert CANARY not in there
        assert OTHER not in there

    def test_openais_variable_counts_for_openai_alone(self, folders: Folders) -> None:
        given = keys(folders, OPENAI_API_KEY=CANARY)
        assert value(given.find(OPENAI)) == CANARY
        assert given.where(OPENAI) is KeyPlace.ENVIRONMENT
        for host in (GATEWAY, "api.openai.com.evil.example", "api.openai.com:8443", "API.openai.com.", ""):
            assert given.find(host) is None
            assert given.where(host) is KeyPlace.NOWHERE
            assert given.hint(host) == ""

    def test_our_own_variable_counts_for_the_server_that_was_chosen_and_first(self, folders: Folders) -> None:
        given = keys(folders, OPENAI_API_KEY=OTHER, HEADSHOT_WEB_OPENAI_API_KEY=CANARY)
        assert value(given.find(GATEWAY)) == CANARY
        assert value(given.find(OPENAI)) == CANARY

    def test_it_is_for_the_server_of_the_start_and_not_for_one_chosen_later(self, folders: Folders) -> None:
        kept = Keys(
            folders, environ={"HEADSHOT_WEB_OPENAI_API_KEY": SecretStr(CANARY)}, own_host="studio.example"
        )
        assert kept.find("studio.example")
        assert kept.find("elsewhere.example") is None
        assert kept.find("api.openai.com") is None

    def test_it_comes_before_a_key_that_was_kept_and_cannot_be_forgotten_here(self, folders: Folders) -> None:
        keys(folders).keep(OPENAI, OTHER)
        given = keys(folders, OPENAI_API_KEY=CANARY)
        assert value(given.find(OPENAI)) == CANARY
        assert given.forget(OPENAI) is KeyPlace.ENVIRONMENT
        assert keys(folders).where(OPENAI) is KeyPlace.NOWHERE

    def test_a_variable_that_holds_no_key_is_named_and_not_used(self, folders: Folders) -> None:
        given = keys(folders, OPENAI_API_KEY="not set yet")
        assert given.find(OPENAI) is None
        assert given.misread() == ("OPENAI_API_KEY",)
        assert keys(folders, OPENAI_API_KEY="").misread() == ()


class TestFile:
    def test_without_a_keyring_it_is_a_file_only_this_user_can_read(self, folders: Folders) -> None:
        kept = keys(folders)
        assert kept.place_to_keep() is KeyPlace.FILE
        assert kept.keep(GATEWAY, CANARY) is KeyPlace.FILE
        assert folders.keys.stat().st_mode & 0o777 == (
            0o600 if os.name == "posix" else folders.keys.stat().st_mode & 0o777
        )
        anew = keys(folders)
        assert value(anew.find(GATEWAY)) == CANARY
        assert anew.where(GATEWAY) is KeyPlace.FILE
        assert anew.hint(GATEWAY) == "…4f3d"
        assert anew.find(OPENAI) is None

    def test_a_new_key_replaces_the_old_one_and_others_stay(self, folders: Folders) -> None:
        kept = keys(folders)
        kept.keep(GATEWAY, OTHER)
        kept.keep(OPENAI, OTHER)
        kept.keep(GATEWAY, CANARY)
        assert json.loads(folders.keys.read_bytes()) == {GATEWAY: CANARY, OPENAI: OTHER}
        assert value(kept.find(GATEWAY)) == CANARY

    def test_a_forgotten_key_is_gone_and_the_file_with_the_last(self, folders: Folders) -> None:
        kept = keys(folders)
        kept.keep(GATEWAY, CANARY)
        kept.keep(OPENAI, OTHER)
        assert kept.forget(GATEWAY) is KeyPlace.NOWHERE
        assert CANARY not in folders.keys.read_text()
        assert kept.find(GATEWAY) is None
        kept.forget(OPENAI)
        assert not folders.keys.exists()

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", '{"api.openai.com": 5}', '{"api.openai.com": "no key at all"}', "\xff"]
    )
    def test_a_damaged_file_is_as_none_and_is_mended_by_the_next_key(
        self, folders: Folders, text: str
    ) -> None:
        folders.prepare()
        folders.keys.write_text(text, encoding="latin-1")
        kept = keys(folders)
        assert kept.find(OPENAI) is None
        kept.keep(OPENAI, CANARY)
        assert value(keys(folders).find(OPENAI)) == CANARY

    @pytest.mark.skipif(os.name != "posix", reason="symbolic links are of POSIX")
    def test_a_link_is_not_followed(self, folders: Folders, tmp_path: Path) -> None:
        folders.prepare()
        elsewhere = tmp_path / "elsewhere.json"
        elsewhere.write_text(json.dumps({OPENAI: CANARY}))
        folders.keys.symlink_to(elsewhere)
        kept = keys(folders)
        assert kept.find(OPENAI) is None
        with suppress(FolderError):  # the whole folder may be refused for it
            kept.keep(OPENAI, OTHER)
        assert json.loads(elsewhere.read_text()) == {OPENAI: CANARY}


class TestKeyring:
    def test_one_that_encrypts_is_used_and_no_file_is_made(self, folders: Folders) -> None:
        keyring.set_keyring(Encrypting())
        kept = keys(folders)
        assert kept.keyring_name() == "Secret Service"
        assert kept.place_to_keep() is KeyPlace.KEYRING
        assert kept.keep(OPENAI, CANARY) is KeyPlace.KEYRING
        assert CANARY not in folders.keys.read_text()
        anew = keys(folders)
        assert (value(anew.find(OPENAI)), anew.where(OPENAI)) == (CANARY, KeyPlace.KEYRING)
        assert anew.find(GATEWAY) is None
        assert anew.forget(OPENAI) is KeyPlace.NOWHERE
        assert keys(folders).find(OPENAI) is None
        assert not folders.keys.exists()

    def test_it_is_not_even_asked_for_what_was_never_put_there(self, folders: Folders) -> None:
        ring = Hanging()
        keyring.set_keyring(ring)
        kept = Keys(folders, keyring=SystemKeyring(patience_s=10))
        began = time.monotonic()
        assert kept.find(OPENAI) is None
        assert kept.forget(OPENAI) is KeyPlace.NOWHERE
        assert time.monotonic() - began < 5
        ring.go.set()

    def test_the_file_is_given_up_once_there_is_a_keyring(self, folders: Folders) -> None:
        keys(folders).keep(OPENAI, OTHER)
        keyring.set_keyring(Encrypting())
        assert keys(folders).keep(OPENAI, CANARY) is KeyPlace.KEYRING
        assert OTHER not in folders.keys.read_text()
        assert value(keys(folders).find(OPENAI)) == CANARY

    @pytest.mark.parametrize(
        "ring",
        [Plain, null.Keyring, fail.Keyring, Chain, Failing],
        ids=lambda ring: ring.__module__ + ring.__name__,
    )
    def test_any_other_is_never_given_a_key(self, folders: Folders, ring: type[KeyringBackend]) -> None:
        chosen = ring()
        keyring.set_keyring(chosen)
        kept = keys(folders)
        assert kept.keep(OPENAI, CANARY) is KeyPlace.FILE
        assert value(kept.find(OPENAI)) == CANARY
        assert not getattr(chosen, "kept", None)
        assert kept.forget(OPENAI) is KeyPlace.NOWHERE

    def test_of_several_only_the_one_that_encrypts_is_asked(
        self, folders: Folders, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plain, encrypting = Plain(), Encrypting()
        monkeypatch.setattr(Chain, "backends", [plain, encrypting])
        plain.kept["headshot-web", OPENAI] = OTHER
        keyring.set_keyring(Chain())
        assert keys(folders).keep(OPENAI, CANARY) is KeyPlace.KEYRING
        assert value(keys(folders).find(OPENAI)) == CANARY
        assert CANARY not in plain.kept.values()
        assert CANARY in encrypting.kept.values()

    def test_one_that_hangs_keeps_nobody_waiting_and_undoes_what_it_did_too_late(
        self, folders: Folders
    ) -> None:
        ring = Hanging()
        keyring.set_keyring(ring)
        kept = keys(folders)
        began = time.monotonic()
        assert kept.keep(OPENAI, CANARY) is KeyPlace.FILE
        assert value(kept.find(OPENAI)) == CANARY
        for _ in range(20):
            assert kept.keep(GATEWAY, OTHER) is KeyPlace.FILE
        assert time.monotonic() - began < 8
        ring.go.set()
        deadline = time.monotonic() + 5
        while kept.keyring_name() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert kept.keyring_name() == "Secret Service"
        assert not ring.kept

    def test_a_key_that_the_keyring_does_not_let_go_of_is_said(self, folders: Folders) -> None:
        keyring.set_keyring(Encrypting())
        kept = keys(folders)
        kept.keep(OPENAI, CANARY)
        keyring.set_keyring(Failing())
        with pytest.raises(KeyNotForgotten):
            kept.forget(OPENAI)
        assert kept.where(OPENAI) is KeyPlace.KEYRING

    def test_the_names_of_those_that_encrypt_are_as_the_library_has_them(self) -> None:
        from keyring.backends import Windows, kwallet, libsecret, macOS  # noqa: PLC0415

        from headshot_web.keyrings import ENCRYPTING  # noqa: PLC0415

        real = {
            f"{kind.__module__}.{kind.__qualname__}"
            for kind in (
                Windows.WinVaultKeyring,
                SecretService.Keyring,
                libsecret.Keyring,
                kwallet.DBusKeyring,
                macOS.Keyring,
            )
        }
        assert real == ENCRYPTING.keys()


def test_a_key_is_in_no_log_and_in_no_text_of_an_object(
    folders: Folders, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    keyring.set_keyring(Failing())
    kept = keys(folders, OPENAI_API_KEY=CANARY)
    kept.keep(GATEWAY, OTHER)
    said = f"{kept!r} {kept} {kept.find(OPENAI)!r} {kept.find(GATEWAY)} {vars(kept)} {caplog.text}"
    assert CANARY not in said
    assert OTHER not in said


def _environment(_: object) -> str:
    if sys.platform == "linux":
        return Path("/proc/self/environ").read_text(encoding="utf-8", errors="replace")
    return str(dict(os.environ))
