"""What a look says to a provider: layers of words; a person's wish takes a layer's place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from headshot_web.model import Crop, Light, Scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headshot_web.model import Backdrop, Recipe, Style

MOST_CHARACTERS: Final = 4000

KEEP: Final = {
    "face": "the face: its shape and every feature, nose, jaw, chin, ears and proportions",
    "age": "the apparent age, with every line and wrinkle",
    "skin": "the skin: its tone and texture, pores, freckles, moles, scars, birthmarks, vitiligo",
    "eyes": "the eyes: their colour and shape, brows, lashes",
    "glasses": "any glasses, exactly as they are",
    "hair": "the hair: its colour and any grey, its texture (straight, curls, coils, braids, locs), style, "
    "parting and hairline",
    "beard": "any facial hair",
    "mouth": "the mouth: lips, teeth, gaps, braces",
    "head covering": "any head covering, such as a hijab, turban or kippah, worn exactly as it is; what it "
    "covers stays covered",
    "aids": "any hearing aid, prosthesis, medical device, wheelchair or cane",
    "signs": "any tattoo, piercing, jewellery or sign of faith",
    "body": "the body: its shape, weight, shoulders, neck and posture",
    "expression": "the expression and the direction of the gaze",
}
"""What stays as it is in image 1, by what a person would call it; what is not named, a model may change."""
OWN_CLOTHES: Final = (
    "the clothes: every garment with its colour, fabric, cut, folds, buttons, lettering, badges and "
    "insignia; none invented, none taken away"
)

_SCENES: Final = {
    Scene.GRADIENT: "a plain seamless studio backdrop in {color}, a little brighter behind the head and "
    "falling off softly towards the edges",
    Scene.PAPER: "a plain sheet of seamless paper in {color}, smooth and even",
    Scene.TEXTURE: "a hand-painted canvas in {color}, with faint mottling and out of focus",
    Scene.PLASTER: "a bare plaster wall in {color}, with a fine quiet grain and out of focus",
    Scene.BRICK: "a brick wall of a loft, well behind the person and out of focus, mainly {color}",
    Scene.OFFICE: "a bright open office far behind the person, strongly out of focus, mainly {color}",
    Scene.LIBRARY: "shelves of books behind the person, strongly out of focus, mainly {color}",
    Scene.CORRIDOR: "a bright, clean corridor of a clinic, strongly out of focus, mainly {color}",
    Scene.ROOM: "a calm room with a plant and a lamp, strongly out of focus, mainly {color}",
    Scene.OUTDOORS: "trees and grass far behind the person, strongly out of focus, mainly {color}",
    Scene.CITY: "tall glass façades far behind the person, strongly out of focus, mainly {color}",
    Scene.BOKEH: "a dark stage with a few large soft discs of light, mainly {color}",
}
_LIGHTS: Final = {
    Light.EVEN: "soft and even from a large source in front, with hardly a shadow",
    Light.WINDOW: "soft daylight from a large window at the left, the right side a little darker but open",
    Light.CLASSIC: "one large soft key light from the upper left at 45 degrees, a gentle shadow opposite",
    Light.LOW_KEY: "one soft key light from the left in dark surroundings, with a thin rim of light; both "
    "eyes stay clearly visible",
    Light.HIGH_KEY: "bright and airy from all around, with only the underside of the jaw softly shaded",
    Light.OPEN_SHADE: "the soft daylight of open shade, neutral to slightly cool",
    Light.WARM: "low and warm from one side, as from a lamp or a late sun, with soft shadows",
}
_CLOTHES: Final = {
    "linkedin-daylight": "a plain mid-toned blazer over a plain light top",
    "boardroom-charcoal": "a dark, well tailored suit with a plain light shirt or top, no tie",
    "founder-loft": "a plain T-shirt or fine knit under a simple jacket",
    "consultant-cream": "a light, softly tailored blazer over a plain top",
    "advisor-navy": "a navy suit with a plain light shirt or top",
    "outdoor-green": "smart casual clothes: a plain overshirt or light jacket over a plain top",
    "business-casual": "a fine plain knit over an open collar",
    "counsel-library": "a navy suit with a white shirt",
    "clinic-white-coat": "a clean white medical coat without a badge, over a plain top",
    "therapists-room": "a soft knit in a quiet warm colour",
    "ward-scrubs": "clean scrubs in one solid colour, without a badge",
    "engineer-minimal": "a plain crew neck top in one quiet colour",
    "open-office": "a smart plain shirt with an open collar",
    "city-glass": "a plain coat or blazer in a quiet colour",
    "golden-hour": "a plain light top in a neutral colour",
    "brand-colour": "a plain top in a neutral grey or off-white",
    "editorial-mono": "a dark solid top without a pattern",
    "creative-director": "a plain black turtleneck",
    "casting-theatrical": "simple dark layers: a dark jacket open over a dark top",
    "casting-commercial": "a plain T-shirt in one friendly colour, or a denim shirt",
    "stage": "a dark jacket over a plain dark top",
    "author-study": "a textured knit in a deep quiet colour",
}
_LIMITS: Final = (
    "One person only. Add no text, logo, badge, flag, watermark, border or frame, and no object that is not "
    "named here."
)
_SHAPES: Final = {
    Crop.SQUARE: "square",
    Crop.PORTRAIT_4_5: "upright 4:5",
    Crop.PORTRAIT_2_3: "upright 2:3",
    Crop.PORTRAIT_3_4: "upright 3:4",
}
_COLORS: Final = {
    "black": "#101010", "charcoal grey": "#35373b", "dark grey": "#55575a", "mid grey": "#808284",
    "cool grey": "#8f9aa3", "light grey": "#bcbdbb", "pale grey": "#d9dadb", "white": "#fafafa",
    "off-white": "#f0ece4", "cream": "#ece2d2", "beige": "#d8c7ad", "warm grey": "#b8b0a6",
    "taupe": "#8f8377", "warm brown": "#6b4a33", "dark brown": "#3b2e25", "terracotta": "#b5654a",
    "brick red": "#87503f", "red": "#c62828", "dark red": "#6d1f24", "rust": "#a04a20",
    "orange": "#ef7d1a", "ochre": "#b8925a", "gold": "#d0a030", "yellow": "#f2d022",
    "pale yellow": "#f3e9a6", "olive green": "#667a4f", "lime green": "#9ccc3c", "green": "#2e8b3d",
    "dark green": "#0a5c10", "bottle green": "#1f3d2c", "sage green": "#9fb09a",
    "mint green": "#b8e0c8", "grey green": "#5d6a63",
    "teal": "#1f7a78", "dark teal": "#0e4a4a", "turquoise": "#30c0b8", "pale blue": "#bcd3da",
    "ice blue": "#dbe6ea", "sky blue": "#6fb4e6", "blue grey": "#6f7f8f", "steel blue": "#4a6f95",
    "blue": "#1f55d0", "navy blue": "#22344f", "midnight blue": "#141c38", "indigo": "#3b3a8c",
    "violet": "#7a3fb0", "lilac": "#c4acdc", "dark violet": "#2a2140", "plum": "#5e2a50",
    "magenta": "#c8208c", "pink": "#f0a0bc", "pale pink": "#f4d8dc", "raspberry": "#a8204c",
}  # fmt: skip


def prompt(style: Style, recipe: Recipe, *, pictures: int) -> str:
    """Say a look in words; `pictures` is how many photos of the person go along.

    What a person wished for lies in `recipe` and takes the place of the look's own.
    """
    kept = (*KEEP.values(), OWN_CLOTHES) if style.keeps_clothes else tuple(KEEP.values())
    layers = (
        _roles(pictures),
        _task(recipe),
        _listed("Change only these things:", _changes(style, recipe)),
        _listed("Keep everything else of the person exactly as in image 1, before all of the above:", kept),
        "Where image 1 shows none of these, add none.",
        _photograph(recipe),
        _LIMITS,
    )
    return "\n\n".join(layers)


def color_name(color: str) -> str:
    """Name a colour (`#rrggbb`) by the nearest of some fifty everyday names."""
    wanted = _lab(color)
    return min(
        _COLORS, key=lambda name: sum((a - b) ** 2 for a, b in zip(_lab(_COLORS[name]), wanted, strict=True))
    )


def _roles(pictures: int) -> str:
    """Say what each picture is for."""
    first = "Image 1: the person, to be edited."
    if pictures <= 1:
        return first
    more = {2: "Image 2", 3: "Images 2 and 3"}.get(pictures, f"Images 2 to {pictures}")
    return (
        f"{first} {more}: the same person from other angles, for likeness only; take no clothes, backdrop, "
        "light, pose or expression from there."
    )


def _task(recipe: Recipe) -> str:
    kind = "black-and-white photograph" if recipe.monochrome else "photograph"
    return (
        f"Edit image 1 into a professional headshot of this same person: a photorealistic {kind}, as taken "
        "by a portrait photographer with an 85 mm lens. Whoever knows the person must recognise them at once."
    )


def _changes(style: Style, recipe: Recipe) -> tuple[str, ...]:
    """Say what becomes different, and nothing else does."""
    light = f"the light: {_LIGHTS[recipe.light]}. It never lightens, darkens or tints the skin itself"
    clothes = () if style.keeps_clothes else (_clothes(style),)
    return (f"the backdrop: {_backdrop(recipe.backdrop)}", light, *clothes, _framing(recipe.crop))


def _backdrop(backdrop: Backdrop) -> str:
    color = f"{color_name(backdrop.color)} ({backdrop.color})"
    return _SCENES[backdrop.scene].format(color=color) + "; no other people, no readable text"


def _clothes(style: Style) -> str:
    worn = _CLOTHES.get(style.id) or style.attire[:1].lower() + style.attire[1:]
    return (
        f"the clothes: {worn}. Real, well-fitting and plainly cut, made for this body as it is, covering "
        "at least as much as the clothes in image 1; no logo, no lettering"
    )


def _framing(crop: Crop) -> str:
    """Ask for more room than is wanted: the headshot is cut out of it here."""
    return (
        f"the framing: {_SHAPES[crop]}, loose, from above the head down to the middle of the chest, the "
        "person in the middle. Both shoulders and the whole head with hair or head covering are inside, with "
        "clear room above and beside them; the head is about one third of the picture's height, the eyes "
        "about two fifths from the top. Continue naturally what image 1 cuts off. No hands"
    )


def _photograph(recipe: Recipe) -> str:
    words = (
        "It is an unretouched photograph: natural skin with visible texture, pores and fine hairs, natural "
        "eyes, single strands of hair, real cloth. No beautifying, smoothing, slimming, reshaping, whitening "
        "or added make-up; no plastic skin, no illustration, no render."
    )
    if recipe.monochrome:
        words += " All colours are shown as their true greys; skin is as light or dark as it is."
    return words


def _listed(title: str, lines: Sequence[str]) -> str:
    return "\n".join((title, *(f"- {line}." for line in lines)))


def _lab(color: str) -> tuple[float, float, float]:
    """Turn `#rrggbb` into CIE L*a*b* (D65), in which distances are what eyes see."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    x = _root((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505)
    y = _root(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    z = _root((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004


def _root(value: float) -> float:
    return float(value ** (1 / 3)) if value > 0.008856 else 7.787 * value + 16 / 116  # noqa: PLR2004
