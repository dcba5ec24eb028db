"""The two small networks that came with the app: one finds faces, one tells person from background."""

from __future__ import annotations

import functools
import hashlib
import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from headshot_web.errors import ModelsDamaged
from headshot_web.paths import models_dir

if TYPE_CHECKING:
    from pathlib import Path

Floats = npt.NDArray[np.floating[Any]]

CHECKSUMS = "checksums.json"


class Network(StrEnum):
    """A network, by the name of its file in `models`."""

    FACES = "face_detection_full_range.tflite"
    PERSON = "selfie_segmentation.tflite"


def verified(network: Network, folder: Path | None = None) -> bytes:
    """Read a network's file; raises `ModelsDamaged` when it is missing or not the one that was shipped."""
    where = folder or models_dir()
    try:
        expected = json.loads((where / CHECKSUMS).read_text(encoding="utf-8"))[network.value]
        content = (where / network.value).read_bytes()
    except (OSError, ValueError, KeyError) as error:
        raise ModelsDamaged from error
    if hashlib.sha256(content).hexdigest() != expected:
        raise ModelsDamaged
    return content


@functools.cache
def _interpreter(network: Network) -> Any:  # noqa: ANN401  # the runtime has no types
    """Load a network once a process, on one thread: more threads stall on a busy computer."""
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415  # only workers need the runtime

    interpreter = Interpreter(model_content=verified(network), num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def warm() -> None:
    """Load both networks, so that the first photo does not wait for them."""
    for network in Network:
        _interpreter(network)


def find(picture: Floats) -> tuple[Floats, Floats]:
    """Look for faces in one 192×192×3 picture (-1 to 1).

    Returns 2304×16 boxes and points, and 2304 raw scores.
    """
    interpreter = _interpreter(Network.FACES)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture[None])
    interpreter.invoke()
    boxes, scores = (interpreter.get_tensor(d["index"])[0] for d in interpreter.get_output_details())
    return boxes, scores[:, 0]


def person(picture: Floats) -> Floats:
    """Tell for each pixel of one 256×256×3 picture (0 to 1) how surely it is a person: 256×256, 0 to 1."""
    interpreter = _interpreter(Network.PERSON)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture[None])
    interpreter.invoke()
    mask: Floats = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0, :, :, 0]
    return mask
