"""The places that can stand behind a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from headshot_web.imaging.exteriors import bokeh, city, outdoors
from headshot_web.imaging.interiors import brick, library, room
from headshot_web.imaging.workplaces import corridor, office
from headshot_web.model import Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from headshot_web.imaging.canvas import Plane, Sheet
    from headshot_web.imaging.lamps import Lamp

SCENES: Final[dict[Scene, Callable[[Sheet, Lamp, Plane], Plane]]] = {
    Scene.BRICK: brick,
    Scene.OFFICE: office,
    Scene.LIBRARY: library,
    Scene.CORRIDOR: corridor,
    Scene.ROOM: room,
    Scene.OUTDOORS: outdoors,
    Scene.CITY: city,
    Scene.BOKEH: bokeh,
}
"""Each draws a place on a sheet, in a light, with a main colour: 3×H×W in linear light."""
