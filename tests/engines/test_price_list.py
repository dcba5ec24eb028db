"""What a headshot costs is told truly before and exactly after; whoever knows better may say so."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from headshot_web import prompts, styles
from headshot_web.accounts import Usage
from headshot_web.engines.price_list import FILE_NAME, PriceList
from headshot_web.errors import BadPriceList
from headshot_web.imaging import delivery
from headshot_web.imaging.sizes import standard_size
from headshot_web.model import Crop, Quality, Size, Wishes
from tests import openai_pictures, portraits
from tests.openai_rules import Order

SHIPPED = PriceList.load()
SUNBURST, FLARE = "gpt-image-2.6-sunburst", "gpt-image-2.6-flare"
AT = Size(width_px=1024, height_px=1536)
OLD = "gpt-image-2.5-sunburst"


def changed(tmp_path: Path, text: str) -> PriceList:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    return PriceList.load(tmp_path / FILE_NAME)


def told(tmp_path: Path, text: str | bytes) -> str:
    (tmp_path / FILE_NAME).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadPriceList) as caught:
        PriceList.load(tmp_path / FILE_NAME)
    return caught.value.advice


# Models


def test_the_best_model_makes_the_headshot_and_the_quick_one_the_draft() -> None:
    assert (SHIPPED.model(Quality.FINAL), SHIPPED.model(Quality.DRAFT)) == (SUNBURST, FLARE)
    assert SHIPPED.wire_quality(SUNBURST, Quality.FINAL) == "high"
    assert SHIPPED.wire_quality(FLARE, Quality.DRAFT) == "low"
    assert SHIPPED.wire_quality("a model of somebody's own", Quality.FINAL) == "high"


def test_a_missing_model_is_replaced_by_its_own_family_first() -> None:
    assert SHIPPED.fallbacks(SUNBURST) == ("gpt-image-2.5-sunburst", "gpt-image-2")
    assert SHIPPED.fallbacks(FLARE) == ("gpt-image-2.5-flare", "gpt-image-2")
    assert SHIPPED.fallbacks("gpt-image-2") == ()
    assert SHIPPED.fallbacks("a model of somebody's own") == ()


def test_no_model_that_ends_stands_in_for_another() -> None:
    used = {SHIPPED.model(quality) for quality in Quality}
    used |= {name for model in SHIPPED.models for name in SHIPPED.fallbacks(model)}
    assert {SHIPPED.ends(name) for name in used} == {None}
    assert SHIPPED.ends("gpt-image-1.5") == date(2026, 12, 1)


def test_the_table_says_when_it_was_true_and_how_long_copies_are_kept() -> None:
    assert SHIPPED.dated >= date(2026, 11, 22)
    assert (SHIPPED.currency, SHIPPED.kept_days, SHIPPED.host) == ("USD", 30, "api.openai.com")


# Sizes


@pytest.mark.parametrize("quality", Quality)
@pytest.mark.parametrize("crop", Crop)
def test_every_size_asked_for_is_one_that_openai_draws_in_the_headshots_shape(
    crop: Crop, quality: Quality
) -> None:
    size = SHIPPED.wire_size(crop, quality)
    assert (size.width_px % 16, size.height_px % 16) == (0, 0)
    assert 655_360 <= size.width_px * size.height_px <= 3_686_400
    assert size.width_px / size.height_px == pytest.approx(crop.aspect, abs=1e-9)


@pytest.mark.parametrize("crop", Crop)
def test_a_finished_headshot_is_cut_from_a_looser_picture_without_enlarging(crop: Crop) -> None:
    drawn = SHIPPED.wire_size(crop, Quality.FINAL)
    assert 1.2 <= drawn.width_px / standard_size(crop).width_px <= 1.4


# Money


def test_a_cost_is_exact_to_the_last_digit() -> None:
    usage = Usage(text_in=901, pictures_in=1203, cached_in=203, pictures_out=1373)
    cost = SHIPPED.cost(OLD, usage)
    assert cost is not None
    assert cost.amount == (901 * 5 + 1000 * 8 + 203 * 2 + 1373 * 30) / Decimal(1_000_000)
    assert cost.currency == "USD"


def test_input_at_the_lower_price_is_never_counted_twice() -> None:
    for cached in (0, 5, 10, 15, 30):
        cost = SHIPPED.cost(OLD, Usage(text_in=10, pictures_in=10, cached_in=cached))
        assert cost is not None
        pictures, text = max(0, 10 - cached), 10 - max(0, min(cached, 20) - 10)
        assert cost.amount * 1_000_000 == text * 5 + pictures * 8 + min(cached, 20) * 2


@pytest.mark.parametrize(
    ("quality", "published"), [(Quality.DRAFT, "0.0047"), (Quality.FINAL, "0.0412")], ids=["low", "high"]
)
def test_the_published_price_of_a_picture_lies_in_what_is_told_before(
    quality: Quality, published: str
) -> None:
    estimate = SHIPPED.estimate(OLD, quality=quality, size=AT, pictures=0, partials=0)
    assert estimate is not None
    assert estimate.low < Decimal(published) + Decimal("0.005") < estimate.high + Decimal("0.001")
    assert estimate.high < 3 * Decimal(published) + Decimal("0.01")


@pytest.mark.parametrize("pictures", [1, 4])
@pytest.mark.parametrize("quality", Quality)
@pytest.mark.parametrize("crop", Crop)
@pytest.mark.parametrize("model", [OLD, "gpt-image-2.5-flare", SUNBURST, FLARE])
def test_what_it_cost_lies_in_what_was_told_before(
    model: str, crop: Crop, quality: Quality, pictures: int
) -> None:
    size = SHIPPED.wire_size(crop, quality)
    estimate = SHIPPED.estimate(model, quality=quality, size=size, pictures=pictures, partials=2)
    assert estimate is not None
    tokens = {Quality.DRAFT: Decimal(".0047"), Quality.FINAL: Decimal(".0412")}[quality] / 30 * 1_000_000
    drawn = round(tokens * size.width_px * size.height_px / (1024 * 1536))
    least = Usage(text_in=500, pictures_in=750 * pictures, cached_in=750 * pictures, pictures_out=drawn)
    most = Usage(text_in=1200, pictures_in=1625 * pictures, pictures_out=drawn + 200)
    for usage in (least, most):
        cost = SHIPPED.cost(model, usage)
        assert cost is not None
        assert estimate.low <= cost.amount <= estimate.high
    assert estimate.currency == "USD"


@pytest.mark.parametrize("pictures", [1, 4])
@pytest.mark.parametrize("quality", Quality)
@pytest.mark.parametrize("crop", Crop)
def test_what_openai_counts_for_a_real_order_lies_in_what_was_told_before(
    crop: Crop, quality: Quality, pictures: int
) -> None:
    size, model, look = SHIPPED.wire_size(crop, quality), SHIPPED.model(quality), styles.catalogue()[0]
    order = Order(
        prompt=prompts.prompt(look, styles.apply(look, Wishes(crop=crop)), pictures=pictures),
        images=(copied(portraits.hopper), copied(portraits.astronaut)) * (pictures // 2) or (small_copy(),),
        size=(size.width_px, size.height_px),
        quality=SHIPPED.wire_quality(model, quality),
        partial_images=2,
    )
    counted: Any = openai_pictures.usage(order)
    cost = SHIPPED.cost(
        model,
        Usage(
            text_in=counted["input_tokens_details"]["text_tokens"],
            pictures_in=counted["input_tokens_details"]["image_tokens"],
            pictures_out=counted["output_tokens"],
        ),
    )
    before = SHIPPED.estimate(model, quality=quality, size=size, pictures=pictures, partials=2)
    assert cost is not None
    assert before is not None
    assert before.low <= cost.amount <= before.high
    assert pictures > 1 or before.high < 10 * before.low


@functools.cache
def copied(picture: Callable[[], Image.Image]) -> bytes:
    """A working copy of a photo as large as photos are kept."""
    photo = picture().resize((1680, 2016))
    return delivery.working_copy(portraits.saved(photo, "JPEG"), crop=Crop.PORTRAIT_4_5, subject=None)


@functools.cache
def small_copy() -> bytes:
    """The working copy of a very small photo."""
    photo = portraits.saved(portraits.astronaut().resize((480, 480)), "JPEG")
    return delivery.working_copy(photo, crop=Crop.PORTRAIT_4_5, subject=None)


def test_more_pictures_larger_ones_and_previews_cost_more() -> None:
    def high(size: Size = AT, pictures: int = 1, partials: int = 0) -> Decimal:
        told_before = SHIPPED.estimate(
            SUNBURST, quality=Quality.FINAL, size=size, pictures=pictures, partials=partials
        )
        assert told_before is not None
        return told_before.high

    assert high() < high(pictures=2)
    assert high() < high(partials=2)
    assert high() < high(size=Size(width_px=1536, height_px=1920))


def test_nobody_is_told_a_price_that_nobody_knows() -> None:
    def known(model: str, host: str | None) -> list[bool]:
        usage = Usage(text_in=1)
        before = SHIPPED.estimate(model, quality=Quality.FINAL, size=AT, pictures=1, partials=0, host=host)
        return [before is not None, SHIPPED.cost(model, usage, host=host) is not None]

    assert known(SUNBURST, None) == known(SUNBURST, "api.openai.com") == [True, True]
    assert known(SUNBURST, "eu.api.openai.com") == [True, True]
    assert known(SUNBURST, "127.0.0.1:4000") == known(SUNBURST, "api.openai.com.example") == [False, False]
    assert known(SUNBURST, "myapi.openai.com") == [False, False]
    assert known("qwen-image-edit", None) == [False, False]
    assert known("gpt-image-1.5", None) == [False, False]


# A person's own table


def test_without_a_table_of_ones_own_the_shipped_one_holds(tmp_path: Path) -> None:
    none = PriceList.load(tmp_path / FILE_NAME)
    assert none.dated == SHIPPED.dated
    assert none.models == SHIPPED.models


def test_only_what_a_person_names_changes(tmp_path: Path) -> None:
    mine = changed(
        tmp_path, 'dated = 2027-01-05\n[prices."2.x"]\nimage_out = 40\n[sizes.draft]\n"1:1" = "832x832"'
    )
    usage = Usage(text_in=100, pictures_in=100, pictures_out=100)
    before, after = SHIPPED.cost(OLD, usage), mine.cost(OLD, usage)
    assert before is not None
    assert after is not None
    assert after.amount - before.amount == Decimal("0.001")
    assert mine.dated == date(2027, 1, 5)
    assert mine.wire_size(Crop.SQUARE, Quality.DRAFT) == Size(width_px=832, height_px=832)
    assert mine.wire_size(Crop.SQUARE, Quality.FINAL) == SHIPPED.wire_size(Crop.SQUARE, Quality.FINAL)
    assert mine.model(Quality.FINAL) == SUNBURST
    assert mine.models == SHIPPED.models


def test_a_new_model_can_be_named_before_the_next_version_of_the_app(tmp_path: Path) -> None:
    mine = changed(
        tmp_path,
        '[defaults]\nfinal = "gpt-image-3"\n[models."gpt-image-3"]\nnext = "gpt-image-2.6-sunburst"\n'
        'prices = "2.x"\ntokens = { ultra = [100, 200] }\nqualities = { final = "ultra" }',
    )
    assert mine.model(Quality.FINAL) == "gpt-image-3"
    assert mine.fallbacks("gpt-image-3") == (SUNBURST, "gpt-image-2.5-sunburst", "gpt-image-2")
    assert mine.wire_quality("gpt-image-3", Quality.FINAL) == "ultra"
    assert mine.estimate("gpt-image-3", quality=Quality.FINAL, size=AT, pictures=1, partials=0)


def test_a_server_of_ones_own_can_have_prices(tmp_path: Path) -> None:
    mine = changed(
        tmp_path,
        "[prices.ours]\ntext_in = 0\nimage_in = 0\ncached = 0\nimage_out = 2\n"
        '[models.flux]\nhost = "gpu.lan:8000"\nprices = "ours"\n',
    )
    cost = mine.cost("flux", Usage(text_in=9, pictures_out=500_000), host="gpu.lan:8000")
    assert cost is not None
    assert cost.amount == 1
    assert mine.cost("flux", Usage(pictures_out=1)) is None


@pytest.mark.parametrize(
    ("mistake", "names"),
    [
        ("dated = \n", "Line 1 "),
        ("currency = 'USD'\n\nkept_days = = 3", "Line 3 "),
        ("x = '''", "can't be understood"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("kept_dais = 3", "kept_dais"),
        ("kept_days = -1", "kept_days"),
        ("kept_days = 'long'", "kept_days"),
        ("dated = 'yesterday'", "dated"),
        ("currency = 'dollars'", "currency"),
        ("prices = 3", "prices"),
        ("[prices.'2.x']\nimage_out = -1", "prices → 2.x → image_out"),
        ("[prices.'2.x']\nimage_out = nan", "prices → 2.x → image_out"),
        ("[prices.'2.x']\nimage_out = 'free'", "prices → 2.x → image_out"),
        ("[prices.mine]\nimage_out = 1", "prices → mine → text_in"),
        ("[defaults]\nfinal = 'gpt-image-9'", "gpt-image-9"),
        ("[models.a]\nnext = 'b'", "“b”"),
        ("[models.a]\nnext = 'a'", "circle"),
        ("[models.a]\nprices = 'cheap'", "cheap"),
        ("[models.a]\ntokens = { high = [9, 1] }", "models → a → tokens → high"),
        ("[models.a]\ntokens = { high = [9] }", "models → a → tokens → high"),
        ("[sizes.final]\n'1:1' = '1000x1000'", "16"),
        ("[sizes.final]\n'1:1' = '512x512'", "655,360"),
        ("[sizes.final]\n'1:1' = '3840x3840'", "3,686,400"),
        ("[sizes.final]\n'1:1' = 'large'", "sizes → final → 1:1"),
        ("[sizes.final]\n'16:9' = '1024x1024'", "16:9"),
        ("x = " + "[" * 5_000 + "]" * 5_000, "deep"),
    ],
)  # fmt: skip
def test_every_mistake_is_told_in_a_sentence_that_says_where(
    tmp_path: Path, mistake: str | bytes, names: str
) -> None:
    advice = told(tmp_path, mistake)
    assert names in advice
    assert FILE_NAME in advice
    first = advice.split(". ")[0]
    assert len(first) < 160
    assert "\n" not in advice


def test_a_table_that_cannot_be_opened_is_told_too(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(BadPriceList, match="opened"):
        PriceList.load(tmp_path / FILE_NAME)
