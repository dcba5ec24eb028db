"""The catalogue of looks, and how a person's own wishes change one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from headshot_web.errors import BadWish, NoSuchStyle
from headshot_web.model import Backdrop, Crop, Light, Recipe, Scene, Style, StyleId, Wishes

JOB_SEARCH: Final = "Job search"
COMPANY_PAGE: Final = "Company page"
HEALTH: Final = "Health"
LAW_AND_FINANCE: Final = "Law and finance"
STAGE_AND_PRESS: Final = "Stage and press"
OWN_CLOTHES: Final = "My own clothes"

_HEX_COLOR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_PLAIN = frozenset({Scene.GRADIENT, Scene.PAPER, Scene.TEXTURE, Scene.PLASTER})
_SHORT_HEX = 4


def catalogue() -> tuple[Style, ...]:
    """Every look, in the order in which they are shown."""
    return _CATALOGUE


def style(id_: StyleId | str) -> Style:
    """One look by its id; raises `NoSuchStyle`."""
    try:
        return _BY_ID[StyleId(id_)]
    except KeyError:
        raise NoSuchStyle from None


def name(id_: StyleId | str) -> str:
    """Say what a look is called, also one that is no longer in the catalogue."""
    known = _BY_ID.get(StyleId(id_))
    return known.name if known else id_.replace("-", " ").capitalize()


def apply(look: Style, wishes: Wishes) -> Recipe:
    """Give the look's recipe with what the person changed; raises `BadWish`.

    A colour is wished for what stands behind the person. A drawn place has no one colour,
    so there the wish gives a plain backdrop in exactly that colour, under the same light.
    """
    recipe = look.recipe
    if wishes.backdrop_color is not None:
        scene = recipe.backdrop.scene if recipe.backdrop.scene in _PLAIN else Scene.GRADIENT
        recipe = replace(recipe, backdrop=Backdrop(scene=scene, color=_color(wishes.backdrop_color)))
    if wishes.crop is not None:
        recipe = replace(recipe, crop=_crop(wishes.crop))
    return recipe


def _color(wish: str) -> str:
    """Write a colour as `#rrggbb` in small letters, from `#rrggbb` or `#rgb`."""
    text = wish.strip().lower()
    if not _HEX_COLOR.fullmatch(text):
        raise BadWish
    if len(text) == _SHORT_HEX:
        text = "#" + "".join(2 * digit for digit in text[1:])
    return text


def _crop(wish: Crop | str) -> Crop:
    try:
        return Crop(wish)
    except ValueError:
        raise BadWish from None


def _look(  # noqa: PLR0913, PLR0917 (one argument for each column of the catalogue)
    id_: str,
    name: str,
    audience: str,
    group: str,
    attire: str,
    scene: Scene,
    color: str,
    light: Light,
    crop: Crop,
    *,
    keeps_clothes: bool = False,
    monochrome: bool = False,
) -> Style:
    backdrop = Backdrop(scene=scene, color=color)
    return Style(
        id=StyleId(id_),
        name=name,
        audience=audience,
        group=group,
        attire=attire,
        keeps_clothes=keeps_clothes,
        recipe=Recipe(backdrop=backdrop, light=light, crop=crop, monochrome=monochrome),
    )


_CATALOGUE: Final[tuple[Style, ...]] = (
    _look(
        "linkedin-daylight", "LinkedIn daylight", "Job seekers", JOB_SEARCH,
        "Plain blazer over a plain top",
        Scene.PAPER, "#b8b0a6", Light.WINDOW, Crop.SQUARE,
    ),
    _look(
        "boardroom-charcoal", "Boardroom charcoal", "Executives", COMPANY_PAGE,
        "Dark tailored suit",
        Scene.GRADIENT, "#34363a", Light.CLASSIC, Crop.PORTRAIT_4_5,
    ),
    _look(
        "founder-loft", "Founder loft", "Founders, start-ups", COMPANY_PAGE,
        "T-shirt or knit under a jacket",
        Scene.BRICK, "#87604f", Light.WINDOW, Crop.PORTRAIT_4_5,
    ),
    _look(
        "consultant-cream", "Consultant cream", "Consulting", LAW_AND_FINANCE,
        "Light blazer",
        Scene.PAPER, "#ece2d2", Light.HIGH_KEY, Crop.PORTRAIT_4_5,
    ),
    _look(
        "advisor-navy", "Advisor navy", "Finance, insurance", LAW_AND_FINANCE,
        "Navy suit",
        Scene.GRADIENT, "#22344f", Light.CLASSIC, Crop.SQUARE,
    ),
    _look(
        "outdoor-green", "Outdoor green", "Non-profits, education", COMPANY_PAGE,
        "Smart casual",
        Scene.OUTDOORS, "#667a4f", Light.OPEN_SHADE, Crop.PORTRAIT_3_4,
    ),
    _look(
        "business-casual", "Business casual", "Tech, marketing", JOB_SEARCH,
        "Knit or open collar",
        Scene.TEXTURE, "#8b8d90", Light.EVEN, Crop.PORTRAIT_4_5,
    ),
    _look(
        "counsel-library", "Counsel library", "Law", LAW_AND_FINANCE,
        "Navy suit, white shirt",
        Scene.LIBRARY, "#6b4a33", Light.WARM, Crop.PORTRAIT_4_5,
    ),
    _look(
        "clinic-white-coat", "Clinic white coat", "Doctors, pharmacists", HEALTH,
        "White coat without a badge",
        Scene.CORRIDOR, "#dbe6ea", Light.HIGH_KEY, Crop.PORTRAIT_4_5,
    ),
    _look(
        "therapists-room", "Therapist’s room", "Therapists, coaches", HEALTH,
        "Soft knit",
        Scene.ROOM, "#d8c7ad", Light.WARM, Crop.PORTRAIT_3_4,
    ),
    _look(
        "ward-scrubs", "Ward scrubs", "Nurses, vets", HEALTH,
        "Solid scrubs",
        Scene.PAPER, "#9fb09a", Light.EVEN, Crop.SQUARE,
    ),
    _look(
        "engineer-minimal", "Engineer minimal", "Developers", JOB_SEARCH,
        "Plain crew neck",
        Scene.PLASTER, "#bcbdbb", Light.EVEN, Crop.SQUARE,
    ),
    _look(
        "open-office", "Open office", "Sales, HR", COMPANY_PAGE,
        "Smart shirt",
        Scene.OFFICE, "#a8b4bd", Light.OPEN_SHADE, Crop.PORTRAIT_4_5,
    ),
    _look(
        "city-glass", "City glass", "Architects, property", COMPANY_PAGE,
        "Coat or blazer",
        Scene.CITY, "#8fa0ae", Light.OPEN_SHADE, Crop.PORTRAIT_2_3,
    ),
    _look(
        "golden-hour", "Golden hour", "Personal brands", JOB_SEARCH,
        "Light neutral top",
        Scene.OUTDOORS, "#b8925a", Light.WARM, Crop.PORTRAIT_2_3,
    ),
    _look(
        "brand-colour", "Brand colour", "Marketing teams", COMPANY_PAGE,
        "Neutral top",
        Scene.GRADIENT, "#1f7a78", Light.EVEN, Crop.SQUARE,
    ),
    _look(
        "editorial-mono", "Editorial mono", "Artists, writers", STAGE_AND_PRESS,
        "Dark solid top",
        Scene.TEXTURE, "#76746f", Light.CLASSIC, Crop.PORTRAIT_3_4,
        monochrome=True,
    ),
    _look(
        "creative-director", "Creative director", "Designers", STAGE_AND_PRESS,
        "Black turtleneck",
        Scene.PLASTER, "#8f8377", Light.WINDOW, Crop.PORTRAIT_4_5,
    ),
    _look(
        "casting-theatrical", "Casting theatrical", "Actors", STAGE_AND_PRESS,
        "Dark layers",
        Scene.TEXTURE, "#3b332d", Light.LOW_KEY, Crop.PORTRAIT_4_5,
    ),
    _look(
        "casting-commercial", "Casting commercial", "Actors", STAGE_AND_PRESS,
        "Colour T-shirt or denim",
        Scene.GRADIENT, "#bcd3da", Light.HIGH_KEY, Crop.PORTRAIT_4_5,
    ),
    _look(
        "stage", "Stage", "Speakers", STAGE_AND_PRESS,
        "Dark jacket",
        Scene.BOKEH, "#2a2140", Light.LOW_KEY, Crop.PORTRAIT_3_4,
    ),
    _look(
        "author-study", "Author’s study", "Writers, scholars", STAGE_AND_PRESS,
        "Textured knit",
        Scene.LIBRARY, "#3d2d22", Light.LOW_KEY, Crop.PORTRAIT_2_3,
    ),
    _look(
        "my-own-clothes", "My own clothes", "Anyone", OWN_CLOTHES,
        "Yours, as photographed",
        Scene.GRADIENT, "#5d6a63", Light.OPEN_SHADE, Crop.PORTRAIT_4_5,
        keeps_clothes=True,
    ),
    _look(
        "uniform-of-your-trade", "Uniform of your trade", "Crews, fire, pilots", OWN_CLOTHES,
        "Your own uniform, exactly",
        Scene.GRADIENT, "#6f7780", Light.CLASSIC, Crop.PORTRAIT_2_3,
        keeps_clothes=True,
    ),
)  # fmt: skip

_BY_ID: Final = {look.id: look for look in _CATALOGUE}
