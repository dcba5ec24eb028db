"""Everything that can go wrong between this computer and OpenAI, each by a small name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

SERVER_WORDS = (
    "The server had an error while processing your request. Sorry about that! You can retry your request, or "
    "contact us through our help center at help.openai.com if you keep seeing this error."
)
QUOTA_WORDS = (
    "You exceeded your current quota, please check your plan and billing details. For more information on "
    "this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
)
MONEY_WORDS = {
    "insufficient_quota": QUOTA_WORDS,
    "credit_balance_exhausted": "Your credit balance is exhausted. Add credits to continue.",
    "billing_hard_limit_reached": "Billing hard limit has been reached.",
    "project_spend_limit_exceeded": "This project has reached its spend limit.",
    "organization_usage_limit_exceeded": "This organization has reached its usage limit.",
}
NOT_DRAWN = frozenset(
    {"answer", "text", "redirect", "reset", "reset_while_sending", "hang", "garbage", "bad_json"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong, and how long it takes until it does."""

    name: str
    details: Mapping[str, Any] = field(default_factory=dict)
    after_s: float = 0.0

    def later(self, seconds: float) -> Self:
        """The same fault, only after some time."""
        return dataclasses.replace(self, after_s=seconds)

    @property
    def drawn(self) -> bool:
        """Whether a picture is needed to play it."""
        return self.name not in NOT_DRAWN

    @property
    def label(self) -> str:
        """A short name for reports: what happens, with which status and code."""
        said = self.details.get("body")
        error = said.get("error") if isinstance(said, dict) else None
        words = [self.name, self.details.get("status"), error and error["code"], self.details.get("kind")]
        if isinstance(said, dict) and "detail" in said:
            words.append("detail")
        return "-".join(str(word) for word in words if word)

    def as_json(self) -> dict[str, Any]:
        """For a server in another process."""
        return {"name": self.name, "details": dict(self.details), "after_s": self.after_s}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """As `as_json` wrote it."""
        return cls(name=said["name"], details=said.get("details", {}), after_s=said.get("after_s", 0.0))

    @classmethod
    def none(cls) -> Self:
        """Answer well: a place in the queue without a fault."""
        return cls(name="none")

    # Refusals, in OpenAI's form

    @classmethod
    def status(
        cls, status: int, *, code: str | None = None, message: str = SERVER_WORDS, kind: str | None = None,
        param: str | None = None, retry_after: float | None = None,
    ) -> Self:  # fmt: skip
        """Any error in OpenAI's form."""
        kind = kind or ("server_error" if status >= 500 else "invalid_request_error")
        body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
        return cls.answer(status, body, retry_after=retry_after)

    @classmethod
    def answer(cls, status: int, body: object, *, retry_after: float | None = None) -> Self:
        """Any status with any JSON."""
        return cls(name="answer", details={"status": status, "body": body, "retry_after": retry_after})

    @classmethod
    def overloaded(cls, retry_after: float | None = 1) -> Self:
        """Too many others at once."""
        words = "The server is currently overloaded with other requests. Please retry after a brief wait."
        return cls.status(503, code="server_is_overloaded", message=words, retry_after=retry_after)

    @classmethod
    def rate_limited(cls, retry_after: float | None = 1) -> Self:
        """Too many pictures in this minute."""
        words = (
            "Rate limit reached for gpt-image-2.6 (for limit gpt-image) in organization org-loopback on "
            f"input-images per min: Limit 5, Used 5, Requested 1. Please try again in {retry_after or 12:g}s."
        )
        return cls.status(
            429, code="rate_limit_exceeded", message=words, kind="input-images", retry_after=retry_after
        )

    @classmethod
    def slow_down(cls, retry_after: float | None = 1) -> Self:
        """Too sudden a rise."""
        words = "Please reduce your request rate to its original level, then raise it gradually."
        return cls.status(429, code="slow_down", message=words, retry_after=retry_after)

    @classmethod
    def no_money(cls, code: str = "insufficient_quota", *, status: int = 429) -> Self:
        """The account has nothing left, or may spend no more; `MONEY_WORDS` names the codes."""
        words = MONEY_WORDS.get(code, f"Spend limit reached ({code}).")
        return cls.status(status, code=code, message=words, kind="insufficient_quota")

    @classmethod
    def wrong_key(cls, key: str = "sk-proj-revoked00000000000000wxyz") -> Self:
        """The key no longer counts; the words echo a part of it."""
        words = (
            f"Incorrect API key provided: {key[:8]}{'*' * 20}{key[-4:]}. "
            "You can find your API key at https://platform.openai.com/account/api-keys."
        )
        return cls.status(401, code="invalid_api_key", message=words)

    @classmethod
    def missing_scope(cls, scope: str = "api.model.read", *, status: int = 403) -> Self:
        """A key that was given some permissions only, and lacks this one."""
        words = (
            f"You have insufficient permissions for this operation. Missing scopes: {scope}. Check that you "
            "have the correct role in your organization (Reader, Writer, Owner) and project (Member, Owner), "
            "and if you're using a restricted API key, that it has the necessary scopes."
        )
        return cls.status(status, code="missing_scope", message=words)

    @classmethod
    def unverified(cls, model: str = "gpt-image-2.6-sunburst") -> Self:
        """The organisation must show who it is; there is no code."""
        words = (
            f"Your organization must be verified to use the model `{model}`. Please go to: "
            "https://platform.openai.com/settings/organization/general and click on Verify Organization. "
            "If you just verified, it can take up to 15 minutes for access to propagate."
        )
        return cls.status(403, message=words)

    @classmethod
    def country(cls) -> Self:
        """Not served from here."""
        words = "Country, region, or territory not supported"
        return cls.status(
            403, code="unsupported_country_region_territory", message=words, kind="request_forbidden"
        )

    @classmethod
    def no_model(cls, model: str = "gpt-image-2.6-sunburst") -> Self:
        """The model is shut down or not for this account."""
        words = f"The model '{model}' does not exist or you do not have access to it."
        return cls.status(404, code="model_not_found", message=words, param="model")

    @classmethod
    def too_large(cls) -> Self:
        """More bytes than are taken."""
        return cls.status(413, message="Maximum content size limit (52428800) exceeded (52428801 bytes read)")

    @classmethod
    def moderation(cls) -> Self:
        """The safety system says no."""
        words = (
            "Your request was rejected by the safety system. If you believe this is an error, contact us at "
            "help.openai.com and include the request ID req_loopback. safety_violations=[sexual]."
        )
        return cls.status(400, code="moderation_blocked", message=words, kind="image_generation_user_error")

    @classmethod
    def setting(cls, param: str, code: str = "invalid_value") -> Self:
        """A setting that this model refuses."""
        return cls.status(
            400, code=code, message=f"Invalid value for '{param}' with this model.", param=param
        )

    # Other people's errors

    @classmethod
    def detail(cls, words: str = "Image generation failed: out of memory", *, status: int = 500) -> Self:
        """FastAPI's form, as somebody's own server says it."""
        return cls.answer(status, {"detail": words})

    @classmethod
    def detail_list(cls, param: str = "size") -> Self:
        """FastAPI's form for a form it could not read."""
        found = {
            "type": "value_error",
            "loc": ["body", param],
            "msg": f"Value error, bad {param}",
            "input": "",
        }
        return cls.answer(422, {"detail": [found]})

    @classmethod
    def text(cls, words: str, *, status: int = 500, kind: str = "text/plain") -> Self:
        """No JSON at all."""
        return cls(name="text", details={"status": status, "words": words, "kind": kind})

    @classmethod
    def gateway(cls, status: int = 502) -> Self:
        """A page of the machine in front of OpenAI."""
        words = f"<html><head><title>{status}</title></head><body><h1>{status}</h1>cloudflare</body></html>"
        return cls.text(words, status=status, kind="text/html")

    @classmethod
    def portal(cls) -> Self:
        """A guest network's sign-in page, with 200."""
        words = "<!doctype html><html><title>Welcome to the guest network</title>Please sign in.</html>"
        return cls.text(words, status=200, kind="text/html; charset=utf-8")

    @classmethod
    def redirect(cls, to: str, *, status: int = 307) -> Self:
        """Somewhere else, please: the address of another host."""
        return cls(name="redirect", details={"to": to, "status": status})

    # The wire

    @classmethod
    def reset(cls) -> Self:
        """The whole request came; the connection breaks before a word of the answer."""
        return cls(name="reset")

    @classmethod
    def reset_while_sending(cls, after_bytes: int = 1000) -> Self:
        """The connection breaks while the request is still on its way."""
        return cls(name="reset_while_sending", details={"after_bytes": after_bytes})

    @classmethod
    def half_body(cls) -> Self:
        """Half of the promised answer, then the line is closed."""
        return cls(name="half_body")

    @classmethod
    def hang(cls) -> Self:
        """Never a word."""
        return cls(name="hang")

    @classmethod
    def drip(cls, seconds: float = 1.0, pieces: int = 20) -> Self:
        """The answer comes whole, but drop by drop."""
        return cls(name="drip", details={"seconds": seconds, "pieces": pieces})

    @classmethod
    def garbage(cls) -> Self:
        """Bytes that are no HTTP."""
        return cls(name="garbage")

    # Streams

    @classmethod
    def json_for_stream(cls) -> Self:
        """A whole good answer in one JSON although a stream was asked for."""
        return cls(name="json_for_stream")

    @classmethod
    def cut_stream(cls) -> Self:
        """Partial pictures, then a clean end without the finished one."""
        return cls(name="cut_stream")

    @classmethod
    def reset_stream(cls) -> Self:
        """Partial pictures, then the connection breaks."""
        return cls(name="reset_stream")

    @classmethod
    def cut_completed(cls) -> Self:
        """The finished picture's event ends in its middle, and so does the stream."""
        return cls(name="cut_completed")

    @classmethod
    def stream_error(cls, code: str = "server_error", message: str = SERVER_WORDS) -> Self:
        """Partial pictures, then an error inside the stream."""
        return cls(name="stream_error", details={"code": code, "message": message})

    # Answers that look well and are not

    @classmethod
    def bad_json(cls) -> Self:
        """JSON that breaks off."""
        return cls(name="bad_json")

    @classmethod
    def error_with_200(cls, code: str = "server_error") -> Self:
        """An error that says 200."""
        return cls.status(200, code=code, kind="server_error")

    @classmethod
    def no_data(cls) -> Self:
        """`data` is null."""
        return cls(name="no_data", details={"data": None})

    @classmethod
    def empty_data(cls) -> Self:
        """`data` is an empty list."""
        return cls(name="no_data", details={"data": []})

    @classmethod
    def no_picture(cls) -> Self:
        """An entry without a picture."""
        return cls(name="no_data", details={"data": [{"b64_json": None}]})

    @classmethod
    def url(cls) -> Self:
        """An address where the picture should be."""
        return cls(name="no_data", details={"data": [{"url": "https://pictures.example/1.png"}]})

    @classmethod
    def no_usage(cls) -> Self:
        """Nothing about what it cost."""
        return cls(name="no_usage")

    @classmethod
    def cut_base64(cls) -> Self:
        """Base64 that breaks off where it cannot end."""
        return cls(name="cut_base64")

    @classmethod
    def cut_picture(cls) -> Self:
        """Good base64 of the first half of a picture."""
        return cls(name="cut_picture")

    @classmethod
    def not_a_picture(cls) -> Self:
        """Good base64 of something else."""
        return cls(name="not_a_picture")

    @classmethod
    def speck(cls) -> Self:
        """A picture of one pixel."""
        return cls(name="drawn_at", details={"size": [1, 1]})

    @classmethod
    def other_size(cls, width: int, height: int) -> Self:
        """A picture of another size than was asked for, in px."""
        return cls(name="drawn_at", details={"size": [width, height]})

    @classmethod
    def checkerboard(cls) -> Self:
        """A transparent backdrop that is only painted on."""
        return cls(name="checkerboard")
