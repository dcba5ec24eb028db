"""Somebody's own server, and a gateway before several: what goes wrong there reads well too."""

from __future__ import annotations

import json

import pytest

from headshot_web.accounts import Outcome, Paused
from headshot_web.engines.openai_refusals import judge, request_id
from headshot_web.model import Answer
from headshot_web.provider_errors import (
    ModerationRefused,
    ProviderError,
    ServerBroke,
    ServerCreditSpent,
    ServerKeyWrong,
    ServerLimitReached,
    ServerModelNotFound,
    ServerUnreachable,
    SettingRefused,
)
from tests.engines.provider import (
    BRISK,
    engine_at,
    heard,
    heard_until_it_failed,
    home_at,
    request,
    returns,
    sendings,
)
from tests.openai_faults import Fault
from tests.openai_server import OpenAIServer


def label(value: object) -> str:
    return value.label if isinstance(value, Fault) else getattr(value, "__name__", str(value))


def forwarded(status: int, body: object, kind: str = "BadRequestError") -> Fault:
    """An error as LiteLLM passes it on: the whole body of the server behind it inside its own message."""
    words = (
        f"litellm.{kind}: OpenAIException - {json.dumps(body)}\n\nLiteLLM: model group 'headshots' failed "
        "with the error above. No fallback was attempted."
    )
    return Fault.status(status, code=str(status), message=words, kind="throttling_error")


def body(fault: Fault) -> object:
    return fault.details["body"]


AT_HOME = [
    (Fault.wrong_key(), ServerKeyWrong),
    (Fault.status(400, code="400", message="No connected db.", kind="no_db_connection"), ServerKeyWrong),
    (Fault.no_model(), ServerModelNotFound),
    (Fault.status(400, message="/images/edits: Invalid model name passed in model=x."), ServerModelNotFound),
    (Fault.status(500), ServerBroke),
    (Fault.no_money(), ServerCreditSpent),
    (Fault.no_money("billing_hard_limit_reached"), ServerLimitReached),
    (forwarded(429, body(Fault.no_money()), "RateLimitError"), ServerCreditSpent),
    (forwarded(404, body(Fault.no_model()), "NotFoundError"), ServerModelNotFound),
    (forwarded(400, body(Fault.moderation())), ModerationRefused),
    (forwarded(500, {"detail": "out of memory"}, "InternalServerError"), ServerBroke),
    (forwarded(400, body(Fault.setting("prompt"))), SettingRefused),
]


@pytest.mark.parametrize(("fault", "kind"), AT_HOME, ids=label)
async def test_your_own_server_and_its_gateway_are_not_called_openai(
    fault: Fault, kind: type[ProviderError], own_server: OpenAIServer
) -> None:
    own_server.play(fault)
    _, error = await heard_until_it_failed(engine_at(home_at(own_server)), request())
    assert type(error) is kind
    assert error.link is None
    assert "OpenAI" not in error.title + error.advice
    assert len(own_server.posts) == 1


async def test_your_own_server_that_is_off_is_not_the_internet(own_server: OpenAIServer) -> None:
    own_server.go_away()
    words, error = await heard_until_it_failed(engine_at(home_at(own_server)), request())
    assert type(error) is ServerUnreachable
    assert len(sendings(words)) == 1 + len(BRISK.reconnect_s)
    assert {word.receipt.outcome for word in returns(words)} == {Outcome.REFUSED}


@pytest.mark.parametrize("fault", [Fault.setting("size"), Fault.detail_list("size")], ids=label)
async def test_a_gateway_passes_on_which_field_was_refused(fault: Fault, own_server: OpenAIServer) -> None:
    own_server.play(forwarded(400, body(fault)))
    words = await heard(engine_at(home_at(own_server)), request())
    assert isinstance(words[-1], Answer)
    assert [("size" in post.form.fields) for post in own_server.posts if post.form] == [True, False]


@pytest.mark.parametrize("busy", [Fault.overloaded(None), Fault.rate_limited(0.1)], ids=label)
async def test_a_busy_server_behind_a_gateway_is_waited_for(busy: Fault, own_server: OpenAIServer) -> None:
    own_server.play(forwarded(int(busy.details["status"]), body(busy), "RateLimitError"))
    words = await heard(engine_at(home_at(own_server)), request())
    assert isinstance(words[-1], Answer)
    assert [word for word in words if isinstance(word, Paused)]


def test_a_gateway_spells_its_seconds_out() -> None:
    words = b'{"error": {"message": "No deployments available, Try again in 7 seconds. All in cooldown."}}'
    assert judge(429, {}, words, is_openai=False).wait_s == 7.0


def test_a_gateways_own_number_is_shown() -> None:
    assert request_id({"x-litellm-call-id": "abc"}) == "abc"
    assert request_id({"x-litellm-call-id": "abc", "x-request-id": "req_1"}) == "req_1"
