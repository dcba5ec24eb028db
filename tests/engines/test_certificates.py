"""A false certificate: nothing leaves, and the person reads why."""

from __future__ import annotations

import ssl
import sys
from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="certificates are made with it")

from headshot_web.accounts import Outcome
from headshot_web.endpoint import Endpoint
from headshot_web.engines.openai_patience import Patience
from headshot_web.line_errors import LineNotTrusted, ServerNotTrusted
from headshot_web.provider_errors import KeyWrong, ProviderError
from tests.engines.provider import engine_at, heard_until_it_failed, portrait, request, sendings
from tests.openai_server import KEY
from tests.tls_server import TLSServer, certificate

ONCE = Patience(reconnect_s=(0.01, 0.01, 0.01))


def endpoint_at(server: TLSServer, *, is_openai: bool) -> Endpoint:
    return Endpoint(
        base_url=server.base_url,
        host=f"127.0.0.1:{server.port}",
        secure=True,
        is_openai=is_openai,
        model=None if is_openai else "Qwen-Image-Edit",
        stream=is_openai,
        at_once=3,
        timeout_s=20.0,
    )


@pytest.mark.parametrize("is_openai", [True, False], ids=["OpenAI", "own server"])
async def test_to_whoever_cannot_show_who_they_are_nothing_is_said(is_openai: bool, tmp_path: Path) -> None:
    with TLSServer(certificate(tmp_path)) as server:
        engine = engine_at(endpoint_at(server, is_openai=is_openai), patience=ONCE)
        words, error = await heard_until_it_failed(engine, request())
        with pytest.raises(ProviderError) as tried:
            await engine.check()
        await engine.close()
    assert type(error) is type(tried.value) is (LineNotTrusted if is_openai else ServerNotTrusted)
    assert error.advice.startswith("Nothing was sent")
    assert not error.may_be_charged
    assert server.knocks == 2, "knocking again would change nothing"
    assert server.heard == b"", "neither the photo nor the key nor a word of the description"
    assert len(sendings(words)) == 1
    assert error.receipt
    assert (error.receipt.outcome, error.receipt.kept_days) == (Outcome.REFUSED, None)


async def test_no_variable_makes_anybody_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = certificate(tmp_path)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(tmp_path if name.endswith("DIR") else trusted))
    with TLSServer(trusted) as server:
        engine = engine_at(endpoint_at(server, is_openai=True), patience=ONCE)
        _, error = await heard_until_it_failed(engine, request())
        await engine.close()
    assert type(error) is LineNotTrusted
    assert server.heard == b""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others keep whom they trust elsewhere")
@pytest.mark.parametrize(
    ("made", "is_trusted"),
    [({}, True), ({"address": "192.0.2.7"}, False), ({"days": -1}, False)],
    ids=["its own", "of another name", "run out"],
)
async def test_a_certificate_counts_only_for_its_own_name_and_time(
    made: dict[str, object], is_trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = certificate(tmp_path, **made)  # type: ignore[arg-type]
    known = ssl.get_default_verify_paths()._replace(openssl_cafile=str(trusted), openssl_capath="")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: known)
    with TLSServer(trusted) as server:
        engine = engine_at(endpoint_at(server, is_openai=True), patience=ONCE)
        _, error = await heard_until_it_failed(engine, request())
        await engine.close()
    assert type(error) is (KeyWrong if is_trusted else LineNotTrusted)
    assert (portrait() in server.heard and KEY.encode() in server.heard) is is_trusted
    assert bool(server.heard) is is_trusted
