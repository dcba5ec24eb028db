"""The webcam element; its script lies in static/components."""

from nicegui import ui

from headshot_web import words
from headshot_web.paths import static_dir


class Camera(ui.element, component=static_dir() / "components" / "camera.js"):
    """A camera over the whole page: mirrored live picture, countdown, take again, use."""

    def __init__(self) -> None:
        super().__init__()
        self.props["words"] = words.CAMERA
