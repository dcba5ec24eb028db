"""The connection is tried for nothing, and a key that may draw is not called bad for what it may not list."""

from __future__ import annotations

import pytest

from headshot_web.provider_errors import KeyNotAllowed, KeyWrong, ProviderError, ServerKeyWrong
from tests.engines.provider import engine_at, home_at, openai_at
from tests.openai_faults import Fault
from tests.openai_server import OpenAIServer


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_may_not_list_the_models_is_known(status: int, openai_server: OpenAIServer) -> None:
    openai_server.play_check(Fault.missing_scope(status=status))
    connection = await engine_at(openai_at(openai_server)).check()
    assert (connection.models, connection.lists, dict(connection.ends)) == ((), False, {})
    openai_server.play_check(Fault.missing_scope(status=status))
    assert not (await engine_at(home_at(openai_server)).check()).lists
    assert (await engine_at(openai_at(openai_server)).check()).lists


@pytest.mark.parametrize(
    ("fault", "kind", "at_home"),
    [
        (Fault.wrong_key(), KeyWrong, ServerKeyWrong),
        (Fault.status(403, message="You may not do this."), KeyNotAllowed, ServerKeyWrong),
        (Fault.missing_scope("api.model.request"), KeyNotAllowed, ServerKeyWrong),
        (Fault.missing_scope("api.model.read, api.model.request", status=401), KeyNotAllowed, ServerKeyWrong),
    ],
    ids=["wrong", "not allowed", "another scope", "two scopes"],
)
async def test_every_other_refusal_of_the_key_is_told_with_its_number(
    fault: Fault, kind: type[ProviderError], at_home: type[ProviderError], openai_server: OpenAIServer
) -> None:
    for endpoint, expected in ((openai_at(openai_server), kind), (home_at(openai_server), at_home)):
        openai_server.play_check(fault)
        with pytest.raises(ProviderError) as refused:
            await engine_at(endpoint).check()
        assert type(refused.value) is expected
        assert refused.value.request_id == openai_server.exchanges[-1].request_id
