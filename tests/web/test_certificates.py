"""The certificates of this computer's own: for one private address, short-lived, and kept from others."""

from __future__ import annotations

import socket
import ssl
import stat
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headshot_web.paths import Folders
from headshot_web.settings_file import start_anew
from headshot_web.web.certificates import Certificates, Leaf

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    folders = Folders(tmp_path / "app")
    folders.prepare()
    return folders


def greet(leaf: Leaf, authority: bytes, called: str) -> dict[str, object]:
    """Meet a server that shows this certificate, as a phone that trusts the authority and opened `called`."""
    showing = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    showing.load_cert_chain(leaf.path)
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    theirs.settimeout(5)

    def show() -> None:
        with theirs:
            try:
                showing.wrap_socket(theirs, server_side=True).close()
            except OSError:
                return

    thread = threading.Thread(target=show)
    thread.start()
    try:
        with ssl.create_default_context(cadata=authority).wrap_socket(ours, server_hostname=called) as line:
            return dict(line.getpeercert() or {})
    finally:
        ours.close()
        thread.join()


def test_a_phone_that_trusts_it_accepts_the_address_and_its_name_and_no_other(folders: Folders) -> None:
    certificates = Certificates(folders)
    leaf = certificates.leaf("192.168.7.9", ["headshot-ab12cd.local"])
    authority = certificates.authority()
    assert greet(leaf, authority, "192.168.7.9")
    assert greet(leaf, authority, "headshot-ab12cd.local")
    with pytest.raises(ssl.SSLCertVerificationError):
        greet(leaf, authority, "192.168.7.10")


@pytest.mark.parametrize(
    ("address", "names", "called"),
    [("203.0.113.9", [], "203.0.113.9"), ("192.168.7.9", ["bank.example"], "bank.example")],
)
def test_nobody_can_be_fooled_with_it_about_a_place_in_the_internet(
    folders: Folders, address: str, names: list[str], called: str
) -> None:
    certificates = Certificates(folders)
    leaf = certificates.leaf(address, names)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        greet(leaf, certificates.authority(), called)


def test_the_authority_stays_for_two_years_and_each_door_gets_a_certificate_for_a_week(
    folders: Folders,
) -> None:
    certificates = Certificates(folders)
    now = datetime.now(UTC)
    first = certificates.leaf("10.0.0.1", now=now)
    authority = certificates.authority()
    assert timedelta(days=6) < first.ends_at - now < timedelta(days=8)
    shown = first.path.read_bytes()
    certificates.leaf("10.0.0.1", now=now + timedelta(days=690))
    assert first.path.read_bytes() != shown
    assert certificates.authority() == authority
    certificates.leaf("10.0.0.1", now=now + timedelta(days=710))
    assert certificates.authority() != authority
    assert len(certificates.fingerprint().split()) == 32


def test_keys_are_readable_by_this_user_alone_and_go_with_the_settings(folders: Folders) -> None:
    certificates = Certificates(folders)
    certificates.leaf("10.0.0.1")
    kept = [folders.phone_authority, folders.phone_certificate]
    if sys.platform != "win32":
        assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert all(b"PRIVATE KEY" in path.read_bytes() for path in kept)
    assert b"PRIVATE" not in certificates.authority()
    start_anew(folders)
    assert not any(path.exists() for path in kept)


@pytest.mark.parametrize("damage", [b"", b"-----BEGIN", b"\0" * 99])
def test_a_damaged_authority_is_made_anew(folders: Folders, damage: bytes) -> None:
    folders.phone_authority.write_bytes(damage)
    certificates = Certificates(folders)
    leaf = certificates.leaf("10.0.0.1")
    assert greet(leaf, certificates.authority(), "10.0.0.1")
