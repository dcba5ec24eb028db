"""Everything that can go wrong at a provider: what the person is told, and how often it was sent."""

from __future__ import annotations

import asyncio
import traceback
from datetime import UTC, datetime

import pytest

from headshot_web import errors, provider_errors
from headshot_web.accounts import Outcome, Paused
from headshot_web.engines.openai_patience import Patience
from headshot_web.engines.openai_refusals import judge
from headshot_web.model import Answer, Partial, Quality, Remark
from headshot_web.provider_errors import (
    AnswerCut,
    AnswerIsALink,
    AnswerNotUnderstood,
    BillingLimit,
    CaptivePortal,
    ConnectionFailed,
    CountryNotServed,
    KeyMissing,
    KeyNotAllowed,
    KeyWrong,
    LongBreak,
    ModelNotChosen,
    ModelNotFound,
    ModerationRefused,
    NoSuchService,
    OrganisationUnverified,
    PhotoRefused,
    ProviderBroke,
    ProviderError,
    ProviderMoved,
    ProviderOverloaded,
    ProviderTimeout,
    QuotaSpent,
    SettingRefused,
    TooLargeForProvider,
    Unclear,
)
from tests.engines.provider import (
    BRISK,
    Bench,
    engine_at,
    heard,
    heard_until_it_failed,
    home_at,
    openai_at,
    portrait,
    request,
    returns,
    sendings,
    small,
)
from tests.openai_faults import Fault
from tests.openai_server import KEY, OpenAIServer

LITELLM = (
    "litellm.BadRequestError: OpenAIException - "
    '{"error": {"code": "moderation_blocked", "message": "rejected"}}'
)

REFUSED = [
    (Fault.moderation(), ModerationRefused),
    (Fault.status(400, code="400", message=LITELLM), ModerationRefused),
    (Fault.status(400, code="invalid_image_file", param="image"), PhotoRefused),
    (Fault.status(400, code="unsupported_file_mimetype", param="image"), PhotoRefused),
    (Fault.status(400, code="invalid_value", message="The prompt is bad.", param="prompt"), SettingRefused),
    (Fault.status(422, message="Something else."), SettingRefused),
    (Fault.wrong_key(), KeyWrong),
    (Fault.status(401, message="You must be a member of an organization."), KeyWrong),
    (Fault.unverified(), OrganisationUnverified),
    (Fault.country(), CountryNotServed),
    (Fault.status(403, message="Missing scopes: api.model.images.request"), KeyNotAllowed),
    (Fault.status(403, code="model_not_found", message="No access to model."), ModelNotFound),
    (Fault.status(404, message="Invalid URL (POST /v1/images/edits)"), NoSuchService),
    (Fault.no_money(), QuotaSpent),
    (Fault.no_money("credit_balance_exhausted"), QuotaSpent),
    (Fault.status(402, message="Payment required"), QuotaSpent),
    (Fault.no_money("billing_hard_limit_reached"), BillingLimit),
    (Fault.status(400, code="billing_hard_limit_reached"), BillingLimit),
    (Fault.no_money("project_spend_limit_exceeded"), BillingLimit),
    (Fault.no_money("organization_usage_limit_exceeded"), BillingLimit),
    (Fault.status(429, code="429", message="OpenAIException - insufficient_quota"), QuotaSpent),
    (Fault.portal(), CaptivePortal),
    (Fault.text("<html>blocked by your school</html>", status=403, kind="text/html"), CaptivePortal),
    (Fault.text("", status=511), CaptivePortal),
]

UNCLEAR = [
    (Fault.reset(), Unclear),
    (Fault.reset_while_sending(), Unclear),
    (Fault.garbage(), Unclear),
    (Fault.status(500), ProviderBroke),
    (Fault.status(502), ProviderBroke),
    (Fault.text("", status=500), ProviderBroke),
    (Fault.text("", status=503), ProviderBroke),
    (Fault.gateway(502), ProviderBroke),
    (Fault.gateway(503), ProviderBroke),
    (Fault.gateway(504), ProviderTimeout),
    (Fault.status(408), ProviderTimeout),
    (Fault.status(500, code="rate_limit_exceeded", message="rate_limit_exceeded upstream"), ProviderBroke),
    (Fault.detail("Image generation failed: out of memory"), ProviderBroke),
    (Fault.half_body(), AnswerCut),
    (Fault.bad_json(), AnswerNotUnderstood),
    (Fault.cut_stream(), AnswerCut),
    (Fault.reset_stream(), AnswerCut),
    (Fault.cut_completed(), AnswerCut),
    (Fault.stream_error(), ProviderBroke),
    (Fault.stream_error("rate_limit_exceeded", "Rate limit reached"), ProviderBroke),
    (Fault.error_with_200(), ProviderBroke),
    (Fault.no_data(), AnswerNotUnderstood),
    (Fault.empty_data(), AnswerNotUnderstood),
    (Fault.no_picture(), AnswerNotUnderstood),
    (Fault.url(), AnswerIsALink),
]

ONLY_STREAMS = {"cut_stream", "reset_stream", "cut_completed", "stream_error"}


def label(value: object) -> str:
    if not isinstance(value, Fault):
        return getattr(value, "__name__", str(value))
    return " ".join(
        [value.label, *(f"{value.details[name]}" for name in ("code", "data") if name in value.details)]
    )


@pytest.mark.parametrize(("fault", "kind"), REFUSED, ids=label)
async def test_what_was_refused_is_named_and_not_sent_again(
    fault: Fault, kind: type[ProviderError], openai_server: OpenAIServer
) -> None:
    openai_server.play(fault)
    words, error = await heard_until_it_failed(engine_at(openai_at(openai_server)), request())
    assert type(error) is kind
    assert len(openai_server.posts) == len(sendings(words)) == 1
    assert error.receipt is not None
    assert error.receipt.outcome is Outcome.REFUSED
    assert error.request_id == openai_server.posts[0].request_id
    assert not kind.may_be_charged


@pytest.mark.parametrize(
    ("fault", "kind", "stream"),
    [
        pytest.param(fault, kind, stream, id=f"{label(fault)} {'stream' if stream else 'plain'}")
        for fault, kind in UNCLEAR
        for stream in ((True,) if fault.name in ONLY_STREAMS else (True, False))
    ],
)
async def test_what_may_have_been_charged_is_sent_once_and_said_so(
    fault: Fault, kind: type[ProviderError], stream: bool, openai_server: OpenAIServer
) -> None:
    openai_server.play(fault)
    engine = engine_at(openai_at(openai_server, stream=stream))
    words, error = await heard_until_it_failed(engine, request())
    assert error is not None
    assert isinstance(error, kind)
    assert error.may_be_charged
    assert errors.by_code(error.code()).may_be_charged
    assert len(openai_server.posts) == len(sendings(words)) == 1
    assert error.receipt is not None
    assert error.receipt.outcome is Outcome.UNCLEAR


async def test_a_provider_that_says_nothing_is_given_up_in_time(openai_server: OpenAIServer) -> None:
    engine = engine_at(openai_at(openai_server, timeout_s=0.5))
    await engine.check()  # opens the library, which may take a while
    openai_server.play(Fault.hang())
    began = asyncio.get_running_loop().time()
    _, error = await heard_until_it_failed(engine, request())
    assert type(error) is ProviderTimeout
    assert asyncio.get_running_loop().time() - began < 2
    assert openai_server.wait_until(lambda every: every[-1].left_early)


async def test_a_picture_that_comes_drop_by_drop_ends_at_the_whole_time(openai_server: OpenAIServer) -> None:
    openai_server.play(Fault.drip(seconds=5, pieces=50))
    engine = engine_at(openai_at(openai_server, timeout_s=0.7, stream=False))
    _, error = await heard_until_it_failed(engine, request())
    assert type(error) is ProviderTimeout
    assert len(openai_server.posts) == 1


async def test_a_whole_picture_in_the_wrong_wrapping_is_used(openai_server: OpenAIServer) -> None:
    openai_server.play(Fault.json_for_stream())
    engine = engine_at(openai_at(openai_server))
    words = await heard(engine, request())
    assert isinstance(words[-1], Answer)
    (made,) = await engine.read(words[-1].raw)
    assert made.original
    assert made.original.startswith(b"\xff\xd8")
    receipt = engine.receipt(words[-1].raw)
    assert receipt is not None
    assert receipt.usage is not None


@pytest.mark.parametrize(
    "fault", [Fault.cut_base64(), Fault.not_a_picture()], ids=["cut base64", "no picture"]
)
async def test_what_was_paid_is_kept_even_when_it_is_no_picture(
    fault: Fault, openai_server: OpenAIServer
) -> None:
    openai_server.play(fault)
    engine = engine_at(openai_at(openai_server))
    words = await heard(engine, request())
    answer = words[-1]
    assert isinstance(answer, Answer)
    with pytest.raises(errors.AnswerUnreadable):
        await engine.read(answer.raw)
    receipt = engine.receipt(answer.raw)
    assert receipt is not None
    assert (receipt.outcome, receipt.request_id) == (
        Outcome.ANSWERED,
        openai_server.posts[0].request_id,
    )


async def test_no_usage_is_no_cost_but_still_a_picture(openai_server: OpenAIServer) -> None:
    openai_server.play(Fault.no_usage())
    engine = engine_at(openai_at(openai_server))
    words = await heard(engine, request())
    assert isinstance(words[-1], Answer)
    receipt = engine.receipt(words[-1].raw)
    assert receipt is not None
    assert (receipt.usage, receipt.cost) == (None, None)


# What goes on by itself


@pytest.mark.parametrize(
    "fault",
    [
        Fault.rate_limited(0.2),
        Fault.slow_down(0.2),
        Fault.overloaded(0.2),
        Fault.overloaded(None),
        Fault.status(429, message="Please try again in 200ms."),
    ],
    ids=["rate limit", "slow down", "overloaded", "overloaded without a time", "a time in words"],
)
async def test_a_busy_provider_is_waited_for_with_a_countdown(
    fault: Fault, openai_server: OpenAIServer
) -> None:
    openai_server.play(fault)
    began = datetime.now(UTC)
    words = await heard(engine_at(openai_at(openai_server)), request())
    kinds = [type(word).__name__ for word in words]
    first = kinds.index("Returned")
    assert kinds[:first] == ["Progress", "Sending", "Progress"]
    assert kinds[first : first + 4] == ["Returned", "Paused", "Progress", "Sending"]
    assert len(openai_server.posts) == len(sendings(words)) == 2
    (returned,) = returns(words)
    assert returned.receipt.outcome is Outcome.REFUSED
    assert returned.receipt.request_id == openai_server.posts[0].request_id
    (paused,) = (word for word in words if isinstance(word, Paused))
    assert paused.until > began
    assert not paused.offline
    assert openai_server.posts[1].began >= paused.until.timestamp() - 0.05


async def test_it_waits_as_long_as_it_was_asked_to(openai_server: OpenAIServer) -> None:
    openai_server.play(Fault.rate_limited(0.6))
    await heard(engine_at(openai_at(openai_server)), request())
    first, second = openai_server.posts
    assert second.began - (first.ended or 0) >= 0.55


@pytest.mark.parametrize("fault", [Fault.rate_limited(3600), Fault.overloaded(86_400)], ids=label)
async def test_nobody_waits_longer_than_is_sensible_and_the_long_break_is_named(
    fault: Fault, openai_server: OpenAIServer
) -> None:
    openai_server.play(fault)
    words, error = await heard_until_it_failed(
        engine_at(openai_at(openai_server), patience=Patience()), request()
    )
    assert type(error) is LongBreak
    assert "more than ten minutes" in error.advice
    assert Patience().longest_s == 600
    assert error.request_id == openai_server.posts[0].request_id
    assert not [word for word in words if isinstance(word, Paused)]
    assert len(openai_server.posts) == 1


async def test_waiting_has_an_end(openai_server: OpenAIServer) -> None:
    openai_server.whenever(Fault.overloaded(0.02))
    patience = Patience(busy_s=(0.03,), longest_s=0.1)
    words, error = await heard_until_it_failed(
        engine_at(openai_at(openai_server), patience=patience), request()
    )
    assert type(error) is ProviderOverloaded
    assert 3 <= len(openai_server.posts) == len(sendings(words)) <= 5


async def test_offline_is_tried_a_few_times_and_nothing_was_sent(openai_server: OpenAIServer) -> None:
    with openai_server.away():
        words, error = await heard_until_it_failed(engine_at(openai_at(openai_server)), request())
    assert type(error) is ConnectionFailed
    assert len(sendings(words)) == 1 + len(BRISK.reconnect_s)
    assert all(word.receipt.outcome is Outcome.REFUSED for word in returns(words))
    assert [word.offline for word in words if isinstance(word, Paused)] == [True] * len(BRISK.reconnect_s)
    assert openai_server.posts == []


async def test_a_line_that_cannot_be_trusted_carries_nothing(openai_server: OpenAIServer) -> None:
    address = f"https://127.0.0.1:{openai_server.port}/v1"
    _, error = await heard_until_it_failed(
        engine_at(openai_at(openai_server, base_url=address), patience=Patience(reconnect_s=())), request()
    )
    assert type(error) is ConnectionFailed
    assert openai_server.posts == []
    assert openai_server.bytes_received < 4000 < len(portrait())


async def test_a_connection_that_comes_back_is_used(openai_server: OpenAIServer) -> None:
    patience = Patience(reconnect_s=(0.4, 0.4))
    engine = engine_at(openai_at(openai_server), patience=patience)
    openai_server.go_away()
    waiting = asyncio.create_task(heard(engine, request()))
    await asyncio.sleep(0.3)
    openai_server.come_back()
    assert isinstance((await waiting)[-1], Answer)
    assert len(openai_server.posts) == 1


async def test_the_next_model_steps_in_and_the_person_hears_of_it(openai_server: OpenAIServer) -> None:
    openai_server.whenever(Fault.no_model("gpt-image-2.6-sunburst"), model="gpt-image-2.6-sunburst")
    engine = engine_at(openai_at(openai_server))
    words = await heard(engine, request(quality=Quality.FINAL))
    assert [word.dispatch.model for word in sendings(words)] == [
        "gpt-image-2.6-sunburst",
        "gpt-image-2.5-sunburst",
    ]
    assert isinstance(words[-1], Answer)
    (made,) = await engine.read(words[-1].raw)
    assert made.model == "gpt-image-2.5-sunburst"
    assert made.remarks == (Remark.OTHER_MODEL,)


async def test_when_no_model_is_left_it_says_so(openai_server: OpenAIServer) -> None:
    openai_server.whenever(Fault.no_model())
    words, error = await heard_until_it_failed(engine_at(openai_at(openai_server)), request())
    assert type(error) is ModelNotFound
    tried = [word.dispatch.model for word in sendings(words)]
    assert tried == ["gpt-image-2.6-flare", "gpt-image-2.5-flare", "gpt-image-2"]


@pytest.mark.parametrize(
    ("setting", "gone"),
    [
        ("background", {"background"}),
        ("partial_images", {"partial_images"}),
        ("stream", {"stream", "partial_images"}),
        ("quality", {"quality"}),
    ],
)
async def test_a_refused_setting_is_left_out_once(
    setting: str, gone: set[str], openai_server: OpenAIServer
) -> None:
    openai_server.play(Fault.setting(setting))
    engine = engine_at(openai_at(openai_server))
    words = await heard(engine, request())
    first, second = (set(word.dispatch.fields) for word in sendings(words))
    assert first - second == gone
    assert isinstance(words[-1], Answer)
    (made,) = await engine.read(words[-1].raw)
    assert made.remarks == (Remark.PLAINER,)


async def test_a_second_refused_setting_ends_it(openai_server: OpenAIServer) -> None:
    openai_server.play(Fault.setting("background"), Fault.setting("quality"))
    _, error = await heard_until_it_failed(engine_at(openai_at(openai_server)), request())
    assert type(error) is SettingRefused
    assert len(openai_server.posts) == 2


async def test_fastapi_names_the_field_it_refuses(own_server: OpenAIServer) -> None:
    own_server.play(Fault.detail_list("size"))
    words = await heard(engine_at(home_at(own_server)), request())
    assert "size" not in sendings(words)[1].dispatch.fields
    assert isinstance(words[-1], Answer)


async def test_too_large_is_sent_smaller_once(openai_server: OpenAIServer) -> None:
    bench = Bench()
    openai_server.play(Fault.too_large())
    words = await heard(engine_at(openai_at(openai_server), bench=bench), request(portrait()))
    assert bench.shrunk == [1024, 1024]
    first, second = (word.dispatch for word in sendings(words))
    assert second.size_bytes < first.size_bytes
    form = openai_server.posts[1].form
    assert form is not None
    assert [part.data for part in form.images] == [small(), small()]
    openai_server.play(Fault.too_large(), Fault.too_large())
    _, error = await heard_until_it_failed(engine_at(openai_at(openai_server)), request())
    assert type(error) is TooLargeForProvider
    assert len(openai_server.posts) == 4


# Before anything is sent


async def test_without_a_key_nothing_is_sent(openai_server: OpenAIServer) -> None:
    engine = engine_at(openai_at(openai_server), key=None)
    words, error = await heard_until_it_failed(engine, request())
    assert (words, type(error)) == ([], KeyMissing)
    with pytest.raises(KeyMissing):
        await engine.check()
    assert openai_server.bytes_received == 0


@pytest.mark.parametrize("key", ["", "sk-ends-in\r\nx-other: 1", "sk-schlüssel", "sk with space"])
async def test_a_key_that_no_header_can_hold_is_not_sent(key: str, openai_server: OpenAIServer) -> None:
    words, error = await heard_until_it_failed(engine_at(openai_at(openai_server), key=key), request())
    assert (words, type(error)) == ([], KeyWrong)
    assert openai_server.bytes_received == 0


async def test_your_own_server_needs_its_model_named(own_server: OpenAIServer) -> None:
    words, error = await heard_until_it_failed(engine_at(home_at(own_server, model=None)), request())
    assert (words, type(error)) == ([], ModelNotChosen)


# What is said


def every_error(root: type[errors.HeadshotError] = ProviderError) -> list[type[errors.HeadshotError]]:
    return [root, *(each for child in root.__subclasses__() for each in every_error(child))]


@pytest.mark.parametrize("kind", every_error(), ids=label)
def test_every_error_says_what_happened_and_what_to_do(kind: type[errors.HeadshotError]) -> None:
    assert errors.by_code(kind.code()) is kind
    assert kind.__doc__
    assert 10 <= len(kind.title) <= 60
    assert not kind.title.endswith((".", "!"))
    assert kind.advice.endswith((".", "?"))
    assert "!" not in kind.advice
    assert "oops" not in kind.advice.lower()
    assert bool(kind.link) == bool(kind.link_text)
    if kind.link:
        assert kind.link.startswith(("https://platform.openai.com/", "https://status.openai.com"))
    if kind.may_be_charged and kind is not AnswerIsALink:
        assert "may have been charged" in kind.advice
    assert not (kind.may_be_charged and "Nothing is charged" in kind.advice)


def test_a_word_of_another_version_still_reads_well() -> None:
    assert errors.by_code("NoLongerKnown") is errors.JobError
    assert errors.by_code(None) is errors.JobError


async def test_the_key_a_provider_echoes_goes_nowhere(
    openai_server: OpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    echo = "sk-proj-***WXYZ"
    openai_server.play(
        Fault.status(401, code="invalid_api_key", message=f"Incorrect API key provided: {echo}.")
    )
    engine = engine_at(openai_at(openai_server))
    _, error = await heard_until_it_failed(engine, request())
    assert error is not None
    seen: BaseException | None = error
    while seen is not None:
        assert type(seen).__module__.startswith(("headshot_web", "builtins"))
        seen = seen.__context__
    told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    told += repr(vars(error)) + repr(engine) + caplog.text
    assert echo not in told
    assert KEY not in told
    assert "Change only the clothes" not in told


async def test_partial_pictures_before_a_refusal_make_the_charge_unclear(openai_server: OpenAIServer) -> None:
    openai_server.play(Fault.stream_error("moderation_blocked", "rejected by the safety system"))
    words, error = await heard_until_it_failed(engine_at(openai_at(openai_server)), request())
    assert any(isinstance(word, Partial) for word in words)
    assert type(error) is ModerationRefused
    assert error.receipt is not None
    assert error.receipt.outcome is Outcome.UNCLEAR


@pytest.mark.parametrize("code", ["rate_limit_exceeded", "server_is_overloaded", "model_not_found"])
async def test_what_is_refused_after_the_work_began_is_not_sent_again(
    code: str, openai_server: OpenAIServer
) -> None:
    openai_server.partials = 0
    for number, fault in enumerate((Fault.stream_error(code, code), Fault.error_with_200(code)), start=1):
        openai_server.play(fault)
        _, error = await heard_until_it_failed(engine_at(openai_at(openai_server)), request())
        assert error is not None
        assert len(openai_server.posts) == number


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
        ({}, None),
    ],
)
def test_every_way_to_ask_for_a_pause_is_understood(headers: dict[str, str], seconds: float | None) -> None:
    assert judge(429, headers, b"{}", is_openai=True).wait_s == seconds


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[1]", b'"no"', b"[" * 100_000, b"\xff\xfe", b'{"error": [1]}', b'{"detail": {}}']
)
@pytest.mark.parametrize("status", [300, 400, 401, 404, 413, 422, 429, 500, 503, 599])
def test_whatever_an_error_looks_like_there_is_a_sentence_for_it(status: int, body: bytes) -> None:
    error = judge(status, {}, body, is_openai=False).error
    assert issubclass(error, provider_errors.ProviderError)
    assert error.may_be_charged == (status >= 500)


async def test_a_redirect_gets_not_a_byte(openai_server: OpenAIServer, other_server: OpenAIServer) -> None:
    for status in (301, 302, 303, 307, 308):
        openai_server.play(Fault.redirect(other_server.base_url + "/images/edits", status=status))
        _, error = await heard_until_it_failed(engine_at(openai_at(openai_server)), request())
        assert type(error) is ProviderMoved
    assert other_server.bytes_received == 0
    assert len(openai_server.posts) == 5
