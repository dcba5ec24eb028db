"""The nonce reaches every script of a page, however the page is cut into pieces on its way."""

from __future__ import annotations

import pytest

from headshot_web.web.csp import Stamp, page_policy

PAGE = (
    b'<head><link rel="stylesheet" href="a"><script type="importmap">{}</script><SCRIPT>1 <script</SCRIPT>'
    b'<link rel="modulepreload" href="m"><scripted></head><body>a < b <script src=x defer></script>'
    b'<script\n>let s = "<script>"</script></body><script>'
)


@pytest.mark.parametrize("length", [1, 2, 3, 5, 7, 8, 13, 31, len(PAGE)])
def test_pieces_of_any_length_make_the_same_page(length: int) -> None:
    stamp = Stamp("abc")
    pieces = [PAGE[start : start + length] for start in range(0, len(PAGE), length)]
    stamped = b"".join(stamp.feed(piece, last=False) for piece in pieces) + stamp.feed(b"", last=True)
    assert stamped == (
        b'<head><link rel="stylesheet" href="a"><script nonce=abc type="importmap">{}</script>'
        b"<SCRIPT nonce=abc>1 <script</SCRIPT>"
        b'<link nonce=abc rel="modulepreload" href="m"><scripted></head><body>a < b '
        b"<script nonce=abc src=x defer></script>"
        b'<script nonce=abc\n>let s = "<script nonce=abc>"</script></body><script nonce=abc>'
    )


def test_an_older_safari_may_reach_its_socket_and_an_address_of_ipv6_breaks_nothing() -> None:
    assert "connect-src 'self' ws://localhost:8417;" in page_policy("n", "localhost:8417")
    assert "connect-src 'self';" in page_policy("n", "[::1]:8417")
