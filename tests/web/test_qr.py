"""A code on the screen says exactly what it should, with the white that scanners need around it."""

from __future__ import annotations

import secrets

import pytest

from headshot_web.web import qr
from tests.qr_reader import read


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1:1", "https://192.168.100.200:65535", "http://172.16.1.2:8417"]
)
def test_a_scanner_reads_the_address_and_the_token(address: str) -> None:
    text = f"{address}/pair#{secrets.token_urlsafe(32)}"
    drawn = qr.svg(text, label="Scan “me” & <you>")
    assert read(drawn) == (text, 4)
    assert 'aria-label="Scan “me” &amp; &lt;you&gt;"' in drawn
    assert len(drawn) < 12_000


def test_in_a_terminal_it_is_small_enough_for_a_window() -> None:
    lines = qr.terminal(f"http://192.168.100.200:8417/pair#{secrets.token_urlsafe(32)}").splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
