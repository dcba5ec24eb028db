"""The engine on this computer: named steps, one true answer, no network, no file outside the app's folder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from headshot_web.engines.on_device import OnDevice
from headshot_web.errors import AnswerUnreadable
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.model import Answer, Crop, EngineName, Progress, Remark, Request, Step
from tests import portraits
from tests.imaging.sitters import SMALL, jpeg, pixels, recipe

ROOT = Path(__file__).resolve().parents[2]
ALONE = """
import os, sys
from pathlib import Path

touched = []

def watch(event, args):
    if event.startswith("socket."):
        touched.append(["socket", event])
    elif event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        touched.append(["write", str(args[0])])
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.mkdir", "os.rename", "os.remove"):
        touched.append([event, str(args[0])])

from headshot_web.imaging.sitting import Sitting
from headshot_web.model import Backdrop, Crop, Light, Recipe, Scene, Size

sys.addaudithook(watch)
wish = Recipe(
    backdrop=Backdrop(scene=Scene.OFFICE, color="#8090a0"), light=Light.WINDOW, crop=Crop.PORTRAIT_4_5
)
size = Size(width_px=480, height_px=600)
made = Sitting.of(sys.stdin.buffer.read())
picture = made.headshot(wish, size).picture
made.preview(wish, size), made.before(Crop.PORTRAIT_4_5, size)
import json
print(json.dumps({"bytes": len(picture), "touched": touched}))
"""


def request() -> Request:
    return Request(picture=jpeg(portraits.hopper()), recipe=recipe(), size=SMALL[Crop.PORTRAIT_4_5])


async def test_the_steps_come_in_order_and_the_answer_last(shared_darkroom: Darkroom) -> None:
    engine = OnDevice(shared_darkroom)
    assert engine.name is EngineName.ON_DEVICE
    assert not engine.may_cost
    events = [event async for event in engine.render(request())]
    assert [event.step for event in events if isinstance(event, Progress)] == [
        Step.FRAMING,
        Step.CUTTING_OUT,
        Step.LIGHTING,
    ]
    answer = events[-1]
    assert isinstance(answer, Answer)
    (rendered,) = await engine.read(answer.raw)
    assert rendered.size == SMALL[Crop.PORTRAIT_4_5]
    assert pixels(rendered.picture).shape == (600, 480, 3)
    assert rendered.scale > 0.9


async def test_the_same_request_gives_the_same_answer(shared_darkroom: Darkroom) -> None:
    engine = OnDevice(shared_darkroom)
    one, other = [[event async for event in engine.render(request())][-1] for _ in range(2)]
    assert one == other


async def test_what_a_headshot_says_of_itself_survives_being_stored(shared_darkroom: Darkroom) -> None:
    engine = OnDevice(shared_darkroom)
    wish = Request(picture=jpeg(portraits.cat()), recipe=recipe(crop=Crop.SQUARE), size=SMALL[Crop.SQUARE])
    answer = [event async for event in engine.render(wish)][-1]
    assert isinstance(answer, Answer)
    (rendered,) = await engine.read(answer.raw)
    assert Remark.NO_FACE in rendered.remarks


@pytest.mark.parametrize("harm", ["empty", "cut", "other", "garbled"])
async def test_a_damaged_answer_is_refused(harm: str, shared_darkroom: Darkroom) -> None:
    engine = OnDevice(shared_darkroom)
    answer = [event async for event in engine.render(request())][-1]
    assert isinstance(answer, Answer)
    raw = {
        "empty": b"",
        "cut": answer.raw[:-100],
        "other": b"<html>not a headshot</html>",
        "garbled": answer.raw.replace(b'"scale"', b'"scala"'),
    }[harm]
    with pytest.raises(AnswerUnreadable):
        await engine.read(raw)


def test_a_headshot_needs_no_network_and_writes_no_file(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ALONE]
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-rn", "true"], check=False, capture_output=True).returncode == 0:
        command = [unshare, "-rn", *command]
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        command,
        input=jpeg(portraits.astronaut()),
        capture_output=True,
        check=False,
        cwd=home,
        env={"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr.decode()
    said = json.loads(done.stdout)
    assert said["bytes"] > 5000
    assert said["touched"] == []
    assert list(home.rglob("*")) == []
