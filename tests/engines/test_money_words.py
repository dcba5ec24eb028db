"""Money and a safety check's no are known by their words, whatever a gateway made of the code."""

from __future__ import annotations

import json

import pytest

from headshot_web.engines.openai_refusals import judge
from headshot_web.provider_errors import (
    AccountInactive,
    BillingLimit,
    KeyNotAllowed,
    ModerationRefused,
    ProviderError,
    QuotaSpent,
    RateLimited,
    ServerBroke,
    ServerLimitReached,
)
from tests.engines.provider import engine_at, heard_until_it_failed, openai_at, request, sendings
from tests.openai_faults import MONEY_WORDS, Fault
from tests.openai_server import OpenAIServer

MONEY = {
    **dict.fromkeys(("insufficient_quota", "credit_balance_exhausted"), QuotaSpent),
    **dict.fromkeys(
        ("billing_hard_limit_reached", "project_spend_limit_exceeded", "organization_usage_limit_exceeded"),
        BillingLimit,
    ),
}
INACTIVE = "Your account is not active, please check your billing details on our website."
PLAN = "You are over your quota: please check your plan and billing details."
OUR_SAFETY = (
    "Your request was rejected as a result of our safety system. Your prompt may contain text that is not "
    "allowed by our safety system."
)
LITELLM = "litellm.RateLimitError: RateLimitError: OpenAIException - "
RATES = [
    (
        "Rate limit reached for gpt-image-2.6 (for limit gpt-image) in organization org-1 on images per "
        "min: Limit 5, Used 5, Requested 1. Please try again in 12s. Visit "
        "https://platform.openai.com/account/billing to add a payment method and increase your rate limit."
    ),
    "You have reached the usage limit of 5 images per minute.",
    "Usage limit of 100 requests/minute exceeded.",
    "Usage limit reached. Please wait 30 seconds.",
    "Usage limit reached. Please try again in 20s.",
    "Requests have exceeded the call rate limit of your current pricing tier. Please retry after 20 seconds.",
    "Too many requests.",
]


def said(message: str, code: str | None = None, *, status: int = 429, is_openai: bool = True) -> type:
    body = json.dumps({"error": {"message": message, "type": None, "param": None, "code": code}})
    return judge(status, {"retry-after": "1"}, body.encode(), is_openai=is_openai).error


@pytest.mark.parametrize("code", [None, "429"])
@pytest.mark.parametrize("before", ["", LITELLM])
@pytest.mark.parametrize("named", MONEY_WORDS)
def test_money_is_known_by_its_words_alone(named: str, before: str, code: str | None) -> None:
    assert said(before + MONEY_WORDS[named], code) is MONEY[named]
    assert said(before + MONEY_WORDS[named].upper(), code, status=400) is MONEY[named]


@pytest.mark.parametrize(("words", "kind"), [(INACTIVE, AccountInactive), (PLAN, QuotaSpent)])
def test_an_account_that_must_be_seen_to_is_no_pause(words: str, kind: type[ProviderError]) -> None:
    assert said(words, "429") is said(words) is kind
    assert said("", "billing_not_active") is AccountInactive


@pytest.mark.parametrize("words", RATES)
@pytest.mark.parametrize("code", [None, "429", "rate_limit_exceeded"])
def test_a_real_rate_limit_is_not_taken_for_money(words: str, code: str | None) -> None:
    assert said(words, code) is RateLimited


def test_of_somebodys_own_server_money_is_said_in_its_words() -> None:
    assert said(MONEY_WORDS["billing_hard_limit_reached"], is_openai=False) is ServerLimitReached
    assert said("CUDA error: memory usage limit reached", status=500, is_openai=False) is ServerBroke


@pytest.mark.parametrize("words", [OUR_SAFETY, LITELLM + OUR_SAFETY, OUR_SAFETY.partition(". ")[2]])
def test_a_safety_check_is_known_by_its_words_alone(words: str) -> None:
    assert said(words, status=400) is said(words, "400", status=400) is ModerationRefused


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_lacks_a_permission_is_not_called_wrong(status: int) -> None:
    assert said("Missing scopes: api.model.images.request.", status=status) is KeyNotAllowed


@pytest.mark.parametrize("named", MONEY_WORDS)
async def test_money_without_a_code_is_never_waited_for_or_sent_again(
    named: str, openai_server: OpenAIServer
) -> None:
    openai_server.play(Fault.status(429, code="429", message=MONEY_WORDS[named], retry_after=0.1))
    words, error = await heard_until_it_failed(engine_at(openai_at(openai_server)), request())
    assert type(error) is MONEY[named]
    assert [type(word).__name__ for word in words] == ["Progress", "Sending", "Progress"]
    assert len(openai_server.posts) == len(sendings(words)) == 1
