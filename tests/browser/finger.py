"""A phone, and real fingers on its screen: touches that go through the browser's own gestures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator, Page

Point = tuple[float, float]

FRAME_MS = 16


def phone(browser: Browser) -> BrowserContext:
    """A phone of middle size, held upright."""
    return browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=1
    )


def centre(target: Locator) -> Point:
    """The middle of something on the screen."""
    box = target.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@dataclass
class Hand:
    """One or two fingers on a page."""

    page: Page
    line: CDPSession = field(init=False)

    def __post_init__(self) -> None:
        self.line = self.page.context.new_cdp_session(self.page)

    def put(self, *fingers: Point) -> None:
        """Lay fingers on the screen."""
        self._send("touchStart", fingers)

    def lift(self) -> None:
        """Take all fingers away."""
        self._send("touchEnd", ())

    def move(self, begin: Sequence[Point], end: Sequence[Point], steps: int = 12) -> None:
        """Move each finger from one point to another at the pace of a calm hand."""
        for step in range(1, steps + 1):
            part = step / steps
            self._send(
                "touchMove",
                [
                    (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part)
                    for a, b in zip(begin, end, strict=True)
                ],
            )

    def swipe(self, begin: Point, end: Point) -> None:
        """Draw one finger over the screen."""
        self.put(begin)
        self.move([begin], [end])
        self.lift()

    def spread(self, middle: Point, begin: float, end: float) -> None:
        """Draw two fingers apart, as one does to see something larger."""

        def at(far: float) -> list[Point]:
            return [(middle[0] - far, middle[1]), (middle[0] + far, middle[1])]

        self.put(*at(begin))
        self.move(at(begin), at(end))
        self.lift()

    def _send(self, kind: str, fingers: Sequence[Point]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
        self.line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        self.page.wait_for_timeout(FRAME_MS)
