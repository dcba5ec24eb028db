"""A booth in a process of its own, a Chromium whose camera sees a portrait, and a guest who touches it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.chromium import launch
from tests.browser.steps import SLOW_MS
from tests.doors import HERE, Served, free_port, start
from tests.portraits import astronaut

CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def portrait() -> Image.Image:
    """Somebody who stands before the booth."""
    return astronaut().crop((45, 0, 405, 270)).resize((1280, 960), Image.Resampling.BICUBIC)


def launch_before(player: Playwright, folder: Path) -> Browser:
    """Start a Chromium whose camera sees a portrait."""
    film = folder / "face.y4m"
    film.write_bytes(filmed(portrait()))
    return launch(player, *CAMERA, f"--use-file-for-fake-video-capture={film}")


def filmed(picture: Image.Image, per_second: int = 6) -> bytes:
    """A film (YUV4MPEG2, 4:2:0) that shows one picture; a few frames a second leave the computer its time."""
    light, blue, red = (np.asarray(part, np.float32) for part in picture.convert("YCbCr").split())
    quarters = (picture.height // 2, 2, picture.width // 2, 2)
    colours = [128 + (part.reshape(quarters).mean((1, 3)) - 128) * 224 / 255 for part in (blue, red)]
    planes = [light * 219 / 255 + 16, *colours]
    frame = b"FRAME\n" + b"".join(plane.round().astype(np.uint8).tobytes() for plane in planes)
    head = f"YUV4MPEG2 W{picture.width} H{picture.height} F{per_second}:1 Ip A1:1 C420jpeg\n"
    return head.encode() + frame * 2


def start_booth(
    folder: Path, port: int | None = None, env: dict[str, str] | None = None, **event: Any
) -> Served:
    """Open a booth for an event with these parts."""
    command = [str(HERE / "booth_server.py"), str(folder), str(port or free_port()), json.dumps(event)]
    return start(command, folder=folder, **(env or {}))


def touch(page: Page, name: str) -> None:
    """Touch a button, as soon as it is there and no second tap of the same finger could press it."""
    button = page.get_by_role("button", name=name)
    expect(button).to_be_enabled(timeout=SLOW_MS)
    page.wait_for_timeout(400)
    button.click()


def to_camera(page: Page, booth: Served) -> None:
    page.goto(booth.address)
    touch(page, "Touch to begin")
    touch(page, "Yes, I agree")
    expect(page.get_by_role("button", name="Take the photo")).to_be_enabled(timeout=SLOW_MS)


def to_looks(page: Page, booth: Served) -> None:
    to_camera(page, booth)
    touch(page, "Take the photo")
    touch(page, "Use this photo")
    expect(page.get_by_role("heading", name="Which one is you?")).to_be_visible(timeout=SLOW_MS)


def to_result(page: Page, booth: Served, look: str = "Advisor navy") -> None:
    to_looks(page, booth)
    page.wait_for_timeout(400)
    page.get_by_role("radio", name=look).click()
    touch(page, "Make my headshot")
    expect(page.get_by_role("heading", name="Here you are.")).to_be_visible(timeout=2 * SLOW_MS)
